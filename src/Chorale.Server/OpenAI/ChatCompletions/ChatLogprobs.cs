using System.Text.Json.Serialization;

namespace Chorale.Server;

/// <summary>Log-probabilities of the ids of the visible content.</summary>
sealed record ChatLogprobs(IReadOnlyList<TokenLogprob> Content)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<TokenLogprob>? Refusal => null;
}
