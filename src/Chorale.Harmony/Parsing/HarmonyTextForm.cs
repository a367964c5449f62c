namespace Chorale.Harmony;

/// <summary>How Harmony stands in text.</summary>
public enum HarmonyTextForm
{
    /// <summary>
    /// <see cref="Stripped"/> where the text begins as only stripped text does, with a channel's name stuck to the first
    /// word; otherwise <see cref="Marked"/>.
    /// </summary>
    Auto,

    /// <summary>Control tokens are spelled out: <c>&lt;|channel|&gt;final&lt;|message|&gt;Hi</c>.</summary>
    Marked,

    /// <summary>Control tokens were left out, as engines do that skip special tokens: <c>analysisLet me see.assistantfinalHi</c>.</summary>
    Stripped,
}
