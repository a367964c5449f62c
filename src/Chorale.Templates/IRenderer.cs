namespace Chorale.Templates;

/// <summary>A template, however it is carried out. Immutable; threads may share it.</summary>
interface IRenderer
{
    /// <summary>Whether it marks what the assistant says.</summary>
    bool HasGeneration { get; }

    /// <summary>Appends the text to <see cref="Rendering.Output"/>.</summary>
    /// <exception cref="TemplateRenderException">It cannot be rendered; the place is told by <see cref="Rendering.Line"/> and <see cref="Rendering.MessageIndex"/>.</exception>
    void Render(Rendering rendering);
}
