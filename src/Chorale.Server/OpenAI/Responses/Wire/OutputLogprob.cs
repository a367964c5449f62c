using System.Text;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Server;

/// <summary>How likely an id was, and the likeliest in its place.</summary>
/// <param name="Token">Its text; bytes that are no whole character are shown as U+FFFD.</param>
/// <param name="Logprob">The natural logarithm of its probability.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="TopLogprobs">The likeliest ids; null within such a list.</param>
sealed record OutputLogprob(string Token, float Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<OutputLogprob>? TopLogprobs = null)
{
    /// <summary>What stands for a probability of 0, which has no logarithm.</summary>
    const float Impossible = -9999;

    public static OutputLogprob Of(GeneratedToken token, Tokenizer tokenizer) =>
        Of(token.Id, token.LogProbability ?? 0, tokenizer) with { TopLogprobs = [.. token.TopLogProbabilities.Select(top => Of(top.Id, top.LogProbability, tokenizer))] };

    static OutputLogprob Of(int id, float logProbability, Tokenizer tokenizer)
    {
        tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes);    // an id that the vocabulary does not know has none
        return new(Encoding.UTF8.GetString(bytes), Math.Max(logProbability, Impossible), bytes.ToArray().Select(part => (int)part).ToArray());
    }
}
