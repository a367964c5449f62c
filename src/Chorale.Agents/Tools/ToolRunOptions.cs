namespace Chorale.Agents;

/// <summary>How calls are run. Immutable.</summary>
public sealed record ToolRunOptions
{
    /// <summary>How long a call may take, approval not counted; null never ends one.</summary>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A call needs some time.");
    } = TimeSpan.FromSeconds(60);

    /// <summary>How many characters of a result the model is told, at least 1; what is longer is cut, and says so.</summary>
    public int MaxResultLength { get; init => field = AtLeastOne(value); } = 32_768;

    /// <summary>How many calls of a turn run at the same time, at least 1.</summary>
    public int MaxParallel { get; init => field = AtLeastOne(value); } = 8;

    /// <summary>How many calls of a turn are run at all, at least 1; the others are answered with this number.</summary>
    public int MaxCalls { get; init => field = AtLeastOne(value); } = 64;

    /// <summary>
    /// Asked before a call is run, one call after the other; null runs all but those that say they need approval (<see cref="Microsoft.Extensions.AI.ApprovalRequiredAIFunction"/>), which are then refused.
    /// </summary>
    public Func<ToolCall, CancellationToken, ValueTask<Approval>>? Approve { get; init; }

    /// <summary>What the model is told of a function that threw; null tells the exception's message.</summary>
    public Func<ToolCall, Exception, string>? DescribeFailure { get; init; }

    /// <summary>For functions that take services as parameters.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>The clock of time-outs and durations.</summary>
    public TimeProvider TimeProvider { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = TimeProvider.System;

    static int AtLeastOne(int value) => value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least 1.");
}
