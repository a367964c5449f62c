namespace Chorale.Server;

/// <summary>How the server serves. Immutable; the defaults suit one machine and its own user.</summary>
public sealed record ServerOptions
{
    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    /// <summary>Keys of which a request must bring one; none asks for none.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>How many requests are answered at the same time.</summary>
    public int Parallel { get; init => field = AtLeast(value, 1); } = 4;

    /// <summary>How many more may wait; one more is refused with 429.</summary>
    public int QueueLength { get; init => field = AtLeast(value, 0); } = 64;

    /// <summary>The largest body, in bytes.</summary>
    public long MaxBodyBytes { get; init => field = AtLeast(value, 1024); } = 32L << 20;

    /// <summary>How many messages or items a request may hold.</summary>
    public int MaxMessages { get; init => field = AtLeast(value, 1); } = 4096;

    /// <summary>How many tools a request may declare.</summary>
    public int MaxTools { get; init => field = AtLeast(value, 0); } = 512;

    /// <summary>How deep its JSON may nest.</summary>
    public int MaxJsonDepth { get; init => field = AtLeast(value, 8); } = 128;

    /// <summary>How many choices (<c>n</c>) or prompts a request may ask for.</summary>
    public int MaxChoices { get; init => field = AtLeast(value, 1); } = 128;

    /// <summary>How many ids an answer may have, whatever the request says; null leaves it to the context.</summary>
    public int? MaxOutputTokens { get; init => field = value is null ? null : AtLeast(value.Value, 1); }

    /// <summary>How long an answer may take from when it is begun; then it ends as one that reached its limit of ids. Null does not bound it.</summary>
    public TimeSpan? RequestTimeout { get; init => field = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A time-out is longer than nothing."); }

    /// <summary>After how long a silence a stream sends a comment, so that nothing between takes it for dead.</summary>
    public TimeSpan KeepAlive { get; init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "An interval is longer than nothing."); } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stop waits for running answers.</summary>
    public TimeSpan ShutdownTimeout { get; init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A time is not negative."); } = TimeSpan.FromMinutes(5);

    /// <summary>Where responses are kept: null in memory until the process ends, or a PostgreSQL database, <c>postgres://user:password@host/database</c>.</summary>
    public string? Store { get; init; }

    /// <summary>How many stored responses are kept; the oldest go first.</summary>
    public int MaxStoredResponses { get; init => field = AtLeast(value, 0); } = 10_000;

    /// <summary>How long a stored response is kept.</summary>
    public TimeSpan StoredResponseLifetime { get; init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A lifetime is longer than nothing."); } = TimeSpan.FromDays(30);

    /// <summary>
    /// The 32 bytes that reasoning is sealed with for clients that keep it themselves (<c>reasoning.encrypted_content</c>); null draws a key that lives as long as the process.
    /// </summary>
    public ReadOnlyMemory<byte>? SealingKey { get; init => field = value is null or { Length: 32 } ? value : throw new ArgumentException("A sealing key has 32 bytes.", nameof(value)); }

    /// <summary>Under which names Chat Completions gives reasoning.</summary>
    public ReasoningFields ReasoningFields { get; init; } = ReasoningFields.Both;

    /// <summary>Origins whose pages may call the server, or <c>*</c>; none by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Whether only the model's own names are served; otherwise also those of OpenAI's hosted models, so that programs run as they are.</summary>
    public bool StrictModelNames { get; init; }

    /// <summary>Whether the log shows what requests hold. Headers are never shown.</summary>
    public bool LogContent { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = TimeProvider.System;

    static int AtLeast(int value, int least) => value >= least ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"At least {least}.");

    static long AtLeast(long value, long least) => value >= least ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"At least {least}.");
}
