using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>How much a model shall think, by whatever name a client has for it.</summary>
/// <param name="Effort">What the model is told.</param>
/// <param name="MaxTokens">At most so many ids of reasoning; 0 is none, null sets no limit.</param>
/// <param name="IsShown">Whether the client wants to read it.</param>
sealed record ReasoningRequest(ReasoningEffort Effort, int? MaxTokens, bool IsShown)
{
    /// <summary>Ids that <c>minimal</c> leaves for reasoning.</summary>
    const int MinimalTokens = 128;

    /// <summary>The effort as the wire has it.</summary>
    public string Name => MaxTokens == 0 ? "none" : NameOf(Effort);

    /// <summary>Reads <c>reasoning_effort</c>, <c>reasoning</c>, <c>think</c>, <c>chat_template_kwargs</c> and <c>include_reasoning</c>; the first that says how much decides.</summary>
    /// <exception cref="ApiException">A value is not one of those there are.</exception>
    public static ReasoningRequest Read(RequestObject request)
    {
        RequestObject? reasoning = request.OptionalObject("reasoning");
        RequestObject? template = request.OptionalObject("chat_template_kwargs");
        (ReasoningEffort Effort, int? MaxTokens) asked =
            EffortIn(request, "reasoning_effort")
            ?? EffortIn(reasoning, "effort")
            ?? EffortIn(template, "reasoning_effort")
            ?? Think(request)
            ?? (IsFalse(reasoning, "enabled") || IsFalse(template, "enable_thinking") ? (ReasoningEffort.Low, 0) : (ReasoningEffort.Medium, null));
        int? limit = reasoning is { } bounded && SamplingReader.ReadLimit(bounded, "max_tokens", 0) is { } max ? Math.Min(max, asked.MaxTokens ?? max) : asked.MaxTokens;
        bool isShown = request.OptionalBoolean("include_reasoning") != false && !(reasoning is { } shown && shown.OptionalBoolean("exclude") == true);
        return new(asked.Effort, limit, isShown);
    }

    static (ReasoningEffort Effort, int? MaxTokens)? Think(RequestObject request) => request.OptionalValue("think") switch
    {
        null or { Kind: JsonValueKind.True } => null,
        { Kind: JsonValueKind.False } => (ReasoningEffort.Low, 0),
        _ => EffortIn(request, "think"),
    };

    static (ReasoningEffort Effort, int? MaxTokens)? EffortIn(RequestObject? from, string name) => from is not { } found ? null : found.OptionalText(name) switch
    {
        null => null,
        "none" => (ReasoningEffort.Low, 0),
        "minimal" => (ReasoningEffort.Low, MinimalTokens),
        "low" => (ReasoningEffort.Low, null),
        "medium" => (ReasoningEffort.Medium, null),
        "high" or "xhigh" or "max" => (ReasoningEffort.High, null),
        { } other => throw ApiException.Invalid($"Found '{(other.Length <= 32 ? other : other[..32])}', expected none, minimal, low, medium, high, xhigh or max.", found.PathOf(name), "invalid_value"),
    };

    static bool IsFalse(RequestObject? from, string name) => from is { } found && found.OptionalBoolean(name) == false;

    static string NameOf(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.Low => "low",
        ReasoningEffort.High => "high",
        _ => "medium",
    };
}
