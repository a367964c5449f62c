namespace Chorale.Server;

/// <summary>How far a response is.</summary>
enum ResponseStatus
{
    /// <summary>It waits in the background for its turn.</summary>
    Queued,

    /// <summary>The model is answering.</summary>
    InProgress,

    /// <summary>The model ended its answer, or calls a tool.</summary>
    Completed,

    /// <summary>A limit cut it, or the process that made it went down.</summary>
    Incomplete,

    /// <summary>It ended in an error.</summary>
    Failed,

    /// <summary>The client ended it.</summary>
    Cancelled,
}
