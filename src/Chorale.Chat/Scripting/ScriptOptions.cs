namespace Chorale.Chat;

/// <summary>What a <see cref="ScriptedGenerator"/> pretends to be.</summary>
public sealed record ScriptOptions
{
    /// <summary>How many ids a sequence may hold, prompt and answer together.</summary>
    public int ContextLength { get; init => field = value >= 2 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A context holds 2 ids or more."); } = 131_072;

    /// <summary>How many of the last requests are kept.</summary>
    public int KeptRequests { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "0 or more."); } = 256;

    /// <summary>The clock for delays; null is the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }
}
