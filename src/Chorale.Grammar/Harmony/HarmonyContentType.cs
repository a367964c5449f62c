namespace Chorale.Grammar;

/// <summary>What a call's header says of its content.</summary>
public enum HarmonyContentType
{
    /// <summary><c> &lt;|constrain|&gt;json</c>, as gpt-oss calls functions.</summary>
    Json,

    /// <summary><c> code</c>, as gpt-oss calls the tools it was trained with.</summary>
    Code,

    /// <summary>Nothing.</summary>
    None,
}
