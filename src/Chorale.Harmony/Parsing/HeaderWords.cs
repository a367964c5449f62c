namespace Chorale.Harmony;

/// <summary>The words that headers are made of.</summary>
static class HeaderWords
{
    /// <summary>What a recipient stands behind.</summary>
    public const string To = "to=";

    /// <summary>The namespace of the caller's own functions, as it stands before a name.</summary>
    public const string Functions = "functions.";

    /// <summary>The channels that gpt-oss was trained with.</summary>
    public static readonly string[] Channels = [Harmony.Channels.Analysis, Harmony.Channels.Commentary, Harmony.Channels.Final];

    /// <summary>The content types that it was trained with.</summary>
    public static readonly string[] ContentTypes = ["json", "code"];

    public static bool IsChannel(string word) => Array.IndexOf(Channels, word) >= 0;

    public static bool IsContentType(string word) => Array.IndexOf(ContentTypes, word) >= 0;

    public static bool IsRecipient(string word) => word.StartsWith(To, StringComparison.Ordinal);
}
