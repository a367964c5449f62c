using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>How hard the model shall think, as OpenAI's APIs say it and as gpt-oss understands it.</summary>
/// <param name="Effort">What the system message says.</param>
/// <param name="MaxReasoningTokens">The most ids of reasoning; null does not bound it.</param>
/// <param name="Effective">The word for what is done.</param>
sealed record EffortRequest(ReasoningEffort Effort, int? MaxReasoningTokens, string Effective)
{
    /// <summary>Some ids of reasoning, as little as <c>minimal</c> says.</summary>
    const int Minimal = 64;

    /// <summary>What is done where a request does not say.</summary>
    public static EffortRequest Default { get; } = new(ReasoningEffort.Medium, null, "medium");

    /// <summary>Reads a word; null is the default.</summary>
    /// <exception cref="ApiException">No such word.</exception>
    public static EffortRequest Read(RequestValue? effort)
    {
        if (effort is not { } value)
            return Default;
        return value.Text() switch
        {
            "none" => new(ReasoningEffort.Low, 0, "none"),
            "minimal" => new(ReasoningEffort.Low, Minimal, "minimal"),
            "low" => new(ReasoningEffort.Low, null, "low"),
            "medium" => Default,
            "high" or "xhigh" or "max" => new(ReasoningEffort.High, null, "high"),
            { } other => throw ApiException.Invalid(
                $"Invalid value: '{RequestValue.Shorten(other)}'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.", value.Path, "invalid_value"),
        };
    }
}
