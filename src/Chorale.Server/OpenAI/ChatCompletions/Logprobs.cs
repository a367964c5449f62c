using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Server;

/// <summary>Log-probabilities as the APIs write them.</summary>
static class Logprobs
{
    /// <summary>Stands for minus infinity, which JSON does not have.</summary>
    const float Impossible = -9999;

    /// <summary>A chosen id and its rivals.</summary>
    public static TokenLogprob Of(Tokenizer tokenizer, GeneratedToken token) => new(
        TextOf(tokenizer, token.Id),
        Finite(token.LogProbability ?? 0),
        BytesOf(tokenizer, token.Id),
        [.. token.TopLogProbabilities.Select(top => new TopLogprob(TextOf(tokenizer, top.Id), Finite(top.LogProbability), BytesOf(tokenizer, top.Id)))]);

    /// <summary>A number that JSON has.</summary>
    public static float Finite(float logProbability) => float.IsFinite(logProbability) ? logProbability : Impossible;

    /// <summary>The text of an id; a part of a character is U+FFFD.</summary>
    public static string TextOf(Tokenizer tokenizer, int id) => tokenizer.DecodeLossy([id]);

    /// <summary>The bytes of an id as numbers.</summary>
    public static IReadOnlyList<int> BytesOf(Tokenizer tokenizer, int id) =>
        tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) ? [.. bytes.ToArray().Select(b => (int)b)] : [];
}
