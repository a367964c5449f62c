namespace Chorale.Templates;

/// <summary>The published versions of Qwen3's template.</summary>
enum Qwen3Variant
{
    /// <summary>The current one.</summary>
    Current,

    /// <summary>The one it was launched with, in April 2025.</summary>
    Launch,

    /// <summary>Of the models without reasoning, July 2025.</summary>
    Instruct2507,

    /// <summary>Of the models that always reason, July 2025.</summary>
    Thinking2507,
}
