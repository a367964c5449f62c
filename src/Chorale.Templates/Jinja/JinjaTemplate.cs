namespace Chorale.Templates;

sealed class JinjaTemplate : IRenderer
{
    public static JinjaTemplate Parse(string source, TemplateLimits limits) => new();

    public void Render(Rendering rendering)
    {
    }
}
