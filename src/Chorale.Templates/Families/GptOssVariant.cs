namespace Chorale.Templates;

/// <summary>The published versions of gpt-oss's template that have a native renderer.</summary>
enum GptOssVariant
{
    /// <summary>OpenAI's, of 2025-08-08.</summary>
    Current,

    /// <summary>Unsloth's, of 2026.</summary>
    Unsloth,

    /// <summary>Unsloth's, of August 2025: the reasoning of earlier turns is shown with the answer's text.</summary>
    UnslothEarly,
}
