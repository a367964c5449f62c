using System.Numerics;

namespace Chorale.Grammar.Tests;

/// <summary>Writes texts of a grammar at random, as a model without any sense would.</summary>
static class TurnSampler
{
    static readonly string[] Controls = ["<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>", "<|return|>", "<|call|>"];

    /// <summary>Chooses among what the mask allows until nothing may follow.</summary>
    /// <param name="grammar">What the text is of.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="budget">The most ids.</param>
    public static int[] Sample(CompiledGrammar grammar, Random random, int budget)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        int[] controls = [.. Controls.Select(name => grammar.Vocabulary.Tokenizer.SpecialTokens[name])];
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        List<int> ids = [];
        while (matcher.FillMask(mask, budget - ids.Count))
        {
            int id = Choose(mask, random, controls);
            Assert.True(matcher.TryAccept(id));
            ids.Add(id);
        }
        Assert.True(matcher.IsComplete);
        return [.. ids];
    }

    /// <summary>Any allowed id alike, but now and then a control token where there is one: free text would hardly ever end otherwise.</summary>
    static int Choose(ulong[] mask, Random random, int[] controls)
    {
        int[] allowedControls = [.. controls.Where(id => (mask[id / 64] >> (id % 64) & 1) != 0)];
        if (allowedControls.Length > 0 && random.Next(6) == 0)
            return allowedControls[random.Next(allowedControls.Length)];
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
