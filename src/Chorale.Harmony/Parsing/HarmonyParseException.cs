namespace Chorale.Harmony;

/// <summary>An id that a parser refuses. The message is the official one.</summary>
public sealed class HarmonyParseException : HarmonyException
{
    internal HarmonyParseException(string message, int tokenIndex, string? detail = null)
        : base(message)
    {
        TokenIndex = tokenIndex;
        Detail = detail;
    }

    /// <summary>The place of the refused id among all that were pushed, from 0; at the end of the stream, their number.</summary>
    public int TokenIndex { get; }

    /// <summary>The cause, which the official message leaves out; null where the message tells all.</summary>
    public string? Detail { get; }
}
