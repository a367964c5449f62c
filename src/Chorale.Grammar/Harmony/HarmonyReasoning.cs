namespace Chorale.Grammar;

/// <summary>How many messages of reasoning (channel <c>analysis</c>, to nobody) a turn may have.</summary>
public enum HarmonyReasoning
{
    /// <summary>Any number.</summary>
    Free,

    /// <summary>One or none.</summary>
    Once,

    /// <summary>None: the header goes straight to the answer or the call.</summary>
    None,
}
