namespace Chorale.Harmony;

/// <summary>Plain text. Control-token spellings in it stay text: rendering encodes it as ordinary text.</summary>
/// <param name="Text">The text; a lone surrogate counts as U+FFFD.</param>
public sealed record TextContent(string Text) : ContentPart
{
    /// <summary>The text, never null.</summary>
    public string Text { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = Text ?? throw new ArgumentNullException(nameof(Text));
}
