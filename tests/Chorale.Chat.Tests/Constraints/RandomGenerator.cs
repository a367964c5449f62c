using System.Numerics;
using System.Runtime.CompilerServices;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat.Tests;

/// <summary>A model without any sense: what its constraint allows it takes at random, and now and then a control token where it may.</summary>
sealed class RandomGenerator(Tokenizer tokenizer, int seed) : ITokenGenerator
{
    readonly Random _random = new(seed);

    public int ContextLength { get; init; } = 4096;

    public int VocabularySize { get; init; } = tokenizer.VocabularySize;

    /// <summary>One in so many choices is a control token, where one is allowed.</summary>
    public int Specials { get; init; } = 8;

    /// <summary>What it chooses first.</summary>
    public Queue<int> First { get; init; } = [];

    /// <summary>How many ids were forced.</summary>
    public int ForcedCount { get; private set; }

    public GenerationRequest? Last { get; private set; }

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        Last = request;
        ulong[] mask = new ulong[(VocabularySize + 63) / 64];
        List<int> forced = [];
        for (int count = 0, nextForced = 0; count < (request.MaxTokens ?? int.MaxValue);)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (nextForced == forced.Count)
            {
                forced.Clear();
                nextForced = 0;
                Array.Fill(mask, ulong.MaxValue);
                switch (request.Constraint!.NextStep(mask, forced))
                {
                    case ConstraintStep.End:
                        yield break;
                    case ConstraintStep.Masked:
                        forced.Add(Choose(mask));
                        break;
                    case ConstraintStep.Forced:
                        Assert.NotEmpty(forced);
                        ForcedCount += forced.Count;
                        break;
                    default:
                        Assert.Fail("A constraint leaves nothing free.");
                        break;
                }
            }
            int id = forced[nextForced++];
            count++;
            request.Constraint!.Accept(id);
            FinishReason? finish = request.StopIds.Contains(id) ? FinishReason.Stop
                : count == request.MaxTokens ? FinishReason.MaxTokens
                : request.Prompt.Length + count == ContextLength ? FinishReason.ContextLength
                : null;
            yield return new(id) { Finish = finish };
            if (finish is not null)
                yield break;
        }
    }

    int Choose(ulong[] mask)
    {
        if (First.TryDequeue(out int first))
        {
            Assert.NotEqual(0UL, mask[first / 64] >> (first % 64) & 1);
            return first;
        }
        int[] specials = [.. tokenizer.SpecialTokens.Values.Where(id => id < VocabularySize && (mask[id / 64] >> (id % 64) & 1) != 0)];
        if (specials.Length > 0 && _random.Next(Specials) == 0)
            return specials[_random.Next(specials.Length)];
        int left = _random.Next(mask.Sum(word => BitOperations.PopCount(word)));
        int word = 0;
        ulong rest = mask[0];
        while (true)
        {
            if (rest == 0)
                rest = mask[++word];
            else if (left-- == 0)
                return (word * 64) + BitOperations.TrailingZeroCount(rest);
            else
                rest &= rest - 1;
        }
    }
}
