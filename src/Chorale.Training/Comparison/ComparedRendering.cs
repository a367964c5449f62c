namespace Chorale.Training;

/// <summary>What one renderer made of a history.</summary>
public sealed class ComparedRendering
{
    internal ComparedRendering(string name, string text, MarkerFamily? family, IReadOnlyList<RenderedBlock> blocks)
    {
        Name = name;
        Text = text;
        Family = family;
        Blocks = blocks;
    }

    internal ComparedRendering(string name, string error)
        : this(name, "", family: null, []) => Error = error;

    /// <summary>The renderer's name.</summary>
    public string Name { get; }

    /// <summary>The text; empty where the history was refused.</summary>
    public string Text { get; }

    /// <summary>Why the history was refused; null where it was not.</summary>
    public string? Error { get; }

    /// <summary>The messages in it, which together are the text.</summary>
    public IReadOnlyList<RenderedBlock> Blocks { get; }

    internal MarkerFamily? Family { get; }
}
