namespace Chorale.Server;

/// <summary>The names of <see cref="ResponseStatus"/> on the wire.</summary>
static class ResponseStatuses
{
    /// <summary>Whether nothing will follow.</summary>
    public static bool IsEnd(this ResponseStatus status) => status is not (ResponseStatus.Queued or ResponseStatus.InProgress);

    public static string NameOf(this ResponseStatus status) => status switch
    {
        ResponseStatus.Queued => "queued",
        ResponseStatus.InProgress => "in_progress",
        ResponseStatus.Completed => "completed",
        ResponseStatus.Incomplete => "incomplete",
        ResponseStatus.Failed => "failed",
        _ => "cancelled",
    };

    /// <exception cref="FormatException">No status has this name.</exception>
    public static ResponseStatus Parse(string name) => name switch
    {
        "queued" => ResponseStatus.Queued,
        "in_progress" => ResponseStatus.InProgress,
        "completed" => ResponseStatus.Completed,
        "incomplete" => ResponseStatus.Incomplete,
        "failed" => ResponseStatus.Failed,
        "cancelled" => ResponseStatus.Cancelled,
        _ => throw new FormatException($"'{name}' is no status of a response."),
    };
}
