namespace Chorale.Training;

/// <summary>A rule of <c>encode_conversations_with_harmony</c> for what an assistant message is.</summary>
public enum HarmonyEncodingRule
{
    /// <summary>Since June 2026: non-empty <c>thinking</c> is reasoning, then the first of the calls, otherwise the content is the answer.</summary>
    Current,

    /// <summary>Until June 2026: where the key <c>thinking</c> is there, whatever it holds, the content is the reasoning; otherwise the first call, otherwise the answer.</summary>
    UntilJune2026,
}
