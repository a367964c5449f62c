namespace Chorale.Server;

/// <summary>How much a model shall think and whether that is shown, by whatever name a client of Chat Completions has for it.</summary>
/// <param name="Effort">How hard.</param>
/// <param name="MaxTokens">At most so many ids of reasoning; 0 is none, null sets no limit.</param>
/// <param name="IsShown">Whether the client wants to read it.</param>
sealed record ReasoningRequest(EffortRequest Effort, int? MaxTokens, bool IsShown)
{
    static readonly EffortRequest Off = new(Harmony.ReasoningEffort.Low, 0, "none");

    /// <summary>Reads <c>reasoning_effort</c>, <c>reasoning</c>, <c>think</c>, <c>chat_template_kwargs</c> and <c>include_reasoning</c>; the first that says how much decides.</summary>
    /// <exception cref="ApiException">A value is not one of those there are.</exception>
    public static ReasoningRequest Read(RequestObject request)
    {
        RequestObject? reasoning = request.OptionalObject("reasoning");
        RequestObject? template = request.OptionalObject("chat_template_kwargs");
        RequestValue? think = request.Get("think");
        RequestValue? word = request.Get("reasoning_effort") ?? reasoning?.Get("effort") ?? template?.Get("reasoning_effort") ?? (think is { IsText: true } ? think : null);
        bool isOff = word is null
            && (think is { IsText: false } flag ? !flag.Boolean() : reasoning?.OptionalBoolean("enabled") == false || template?.OptionalBoolean("enable_thinking") == false);
        EffortRequest effort = isOff ? Off : EffortRequest.Read(word);
        int? limit = reasoning is { } bounded ? SamplingReader.ReadLimit(bounded, "max_tokens", 0) : null;
        bool isShown = request.OptionalBoolean("include_reasoning") != false && reasoning?.OptionalBoolean("exclude") != true;
        return new(effort, limit is { } most ? Math.Min(most, effort.MaxReasoningTokens ?? most) : effort.MaxReasoningTokens, isShown);
    }
}
