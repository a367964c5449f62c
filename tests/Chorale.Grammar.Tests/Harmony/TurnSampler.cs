using System.Numerics;

namespace Chorale.Grammar.Tests;

/// <summary>Writes texts of a grammar at random, as a model without any sense would.</summary>
static class TurnSampler
{
    /// <summary>Chooses among what the mask allows until nothing may follow.</summary>
    /// <param name="grammar">What the text is of.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="budget">The most ids.</param>
    public static int[] Sample(CompiledGrammar grammar, Random random, int budget)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        List<int> ids = [];
        while (matcher.FillMask(mask, budget - ids.Count))
        {
            int id = Choose(mask, random, grammar.Vocabulary.Tokenizer.SpecialTokens.Values);
            Assert.True(matcher.TryAccept(id));
            ids.Add(id);
        }
        Assert.True(matcher.IsComplete);
        return [.. ids];
    }

    /// <summary>Any allowed id alike, but now and then a control token where there is one: free text would hardly ever end otherwise.</summary>
    static int Choose(ulong[] mask, Random random, IEnumerable<int> specials)
    {
        int[] allowedSpecials = [.. specials.Where(id => (mask[id / 64] >> (id % 64) & 1) != 0)];
        if (allowedSpecials.Length > 0 && random.Next(6) == 0)
            return allowedSpecials[random.Next(allowedSpecials.Length)];
        int left = random.Next(mask.Sum(word => BitOperations.PopCount(word)));
        int word = 0;
        while (left >= BitOperations.PopCount(mask[word]))
            left -= BitOperations.PopCount(mask[word++]);
        ulong rest = mask[word];
        for (int skipped = 0; skipped < left; skipped++)
            rest &= rest - 1;
        return (word * 64) + BitOperations.TrailingZeroCount(rest);
    }
}
