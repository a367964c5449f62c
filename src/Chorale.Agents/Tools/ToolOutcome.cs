namespace Chorale.Agents;

/// <summary>What became of a call. The model is told of each of these in a message.</summary>
public enum ToolOutcome
{
    /// <summary>The function gave a result.</summary>
    Succeeded,

    /// <summary>The function threw.</summary>
    Failed,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>It was not approved, and not run.</summary>
    Refused,

    /// <summary>There is no such tool.</summary>
    UnknownTool,

    /// <summary>The arguments are not what the function takes; it was not run.</summary>
    InvalidArguments,

    /// <summary>More calls than may be made: it was not run.</summary>
    OverLimit,

    /// <summary>The run was cancelled before there was a result.</summary>
    Cancelled,
}
