namespace Chorale.Server;

/// <summary>The types of events: only such as clients know, since some end their reading at one that they do not.</summary>
static class EventTypes
{
    public const string
        Created = "response.created",
        Queued = "response.queued",
        InProgress = "response.in_progress",
        Completed = "response.completed",
        Incomplete = "response.incomplete",
        Failed = "response.failed",
        ItemAdded = "response.output_item.added",
        ItemDone = "response.output_item.done",
        PartAdded = "response.content_part.added",
        PartDone = "response.content_part.done",
        TextDelta = "response.output_text.delta",
        TextDone = "response.output_text.done",
        ReasoningDelta = "response.reasoning_text.delta",
        ReasoningDone = "response.reasoning_text.done",
        SummaryPartAdded = "response.reasoning_summary_part.added",
        SummaryPartDone = "response.reasoning_summary_part.done",
        SummaryDelta = "response.reasoning_summary_text.delta",
        SummaryDone = "response.reasoning_summary_text.done",
        ArgumentsDelta = "response.function_call_arguments.delta",
        ArgumentsDone = "response.function_call_arguments.done",
        InputDelta = "response.custom_tool_call_input.delta",
        InputDone = "response.custom_tool_call_input.done";

    /// <summary>Whether it is a response's last event.</summary>
    public static bool IsLast(string type) => type is Completed or Incomplete or Failed;

    /// <summary>Whether it may be sent only when it, and all before it, is kept.</summary>
    public static bool IsDurable(string type) => type is Created or ItemDone || IsLast(type);
}
