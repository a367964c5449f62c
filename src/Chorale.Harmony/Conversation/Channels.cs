namespace Chorale.Harmony;

/// <summary>The channels that gpt-oss knows. A channel is any string; nothing checks it against these.</summary>
public static class Channels
{
    /// <summary>Reasoning, not meant for the user.</summary>
    public const string Analysis = "analysis";

    /// <summary>Function calls, and words to the user between them.</summary>
    public const string Commentary = "commentary";

    /// <summary>The answer.</summary>
    public const string Final = "final";

    /// <summary>The shared instance of a known name, so that parsed messages don't each hold their own.</summary>
    internal static string Intern(string name) => name switch
    {
        Analysis => Analysis,
        Commentary => Commentary,
        Final => Final,
        _ => name,
    };
}
