using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Inference.Tests;

/// <summary>Choosing ids: exact cases, the filters against a plain sort, and frequencies against probabilities.</summary>
public sealed class SamplerTests
{
    static readonly float[] Logits = [0.1f, 2f, -1f, 2f, 0.7f];

    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        // Of the authors' C code, from the state 1, 2, 3, 4; and seeded with 0 through SplitMix64.
        Xoshiro256 random = new(1, 2, 3, 4);
        Assert.Equal([11520UL, 0, 1509978240, 1215971899390074240], Enumerable.Range(0, 4).Select(_ => random.Next()));
        Xoshiro256 seeded = new(0);
        Assert.Equal([11091344671253066420UL, 13793997310169335082], Enumerable.Range(0, 2).Select(_ => seeded.Next()));
    }

    [Fact]
    public void Greedy_takes_the_lowest_of_equals() => Assert.Equal(1, new Sampler(SamplingOptions.Greedy).Sample(Logits));

    [Fact]
    public void Greedy_takes_the_best_that_the_mask_allows() => Assert.Equal(4, new Sampler(SamplingOptions.Greedy).Sample(Logits, [0b10101]));

    [Fact]
    public void A_mask_that_allows_nothing_is_an_error()
    {
        Assert.Throws<ArgumentException>(() => new Sampler(new()).Sample(Logits, [0b100000]));
        Assert.Throws<ArgumentException>(() => new Sampler(new()).Sample(new float[65], [1]));
        Assert.Throws<ArgumentException>(() => new Sampler(new()).Sample([]));
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_never_chosen_where_there_is_another()
    {
        float[] logits = [float.NaN, float.NegativeInfinity, 1f, float.NaN];
        for (int seed = 0; seed < 20; seed++)
            Assert.Equal(2, new Sampler(new() { Seed = seed, TopP = 0.5f, TopK = 3, MinP = 0.1f }).Sample(logits));
        Assert.Equal(0, new Sampler(new() { Seed = 1 }).Sample([float.NaN, float.NaN]));
        Assert.Equal(0, new Sampler(new() { Seed = 1 }).Sample([float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Equal(1, new Sampler(new() { Seed = 1 }).Sample([0, float.PositiveInfinity, 5]));
        Assert.Equal(1, new Sampler(new() { Seed = 1, Temperature = 1e-30f }).Sample([0, 5, 4.999f]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_ids()
    {
        float[] logits = [.. Enumerable.Range(0, 100).Select(i => (float)Math.Sin(i))];
        int[] Draw(long? seed)
        {
            Sampler sampler = new(new() { Seed = seed, TopP = 0.9f });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Sample(logits))];
        }
        Assert.Equal(Draw(17), Draw(17));
        Assert.NotEqual(Draw(17), Draw(18));
        Assert.NotEqual(Draw(null), Draw(null));
    }

    [Theory]
    [InlineData(1f, 1f, 0, 0f)]
    [InlineData(0.5f, 1f, 0, 0f)]
    [InlineData(2f, 0.8f, 0, 0f)]
    [InlineData(1f, 1f, 2, 0f)]
    [InlineData(1f, 1f, 0, 0.3f)]
    public void Frequencies_follow_the_probabilities(float temperature, float topP, int topK, float minP)
    {
        const int Draws = 20_000;
        SamplingOptions options = new() { Temperature = temperature, TopP = topP, TopK = topK, MinP = minP, Seed = 5 };
        Dictionary<int, double> expected = Reference(options, Logits, null);
        Sampler sampler = new(options);
        int[] counts = new int[Logits.Length];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Sample(Logits)]++;
        for (int id = 0; id < counts.Length; id++)
        {
            double p = expected.GetValueOrDefault(id);
            Assert.True(Math.Abs(counts[id] - (p * Draws)) <= 4 * Math.Sqrt(p * (1 - p) * Draws), $"id {id}: {counts[id]} of {Draws}, expected {p}.");
        }
    }

    [Fact]
    public void The_filters_leave_what_a_plain_sort_leaves() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 200).SelectMany(n => Gen.Choose(int.MinValue, int.MaxValue).Select(seed => (n, seed))).ToArbitrary(), t =>
        {
            Random random = new(t.seed);
            // Whole numbers make ties, fine ones make near ties.
            float[] logits = [.. Enumerable.Range(0, t.n).Select(_ => random.Next(3) == 0 ? (float)(random.NextDouble() * 8) : random.Next(-6, 7))];
            ulong[]? mask = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, TokenMask.Words(t.n)).Select(_ => (ulong)random.NextInt64() | 1)];
            SamplingOptions options = new()
            {
                Temperature = 0.05f + (float)(random.NextDouble() * 1.9),
                TopP = random.Next(2) == 0 ? 1 : 0.01f + (float)(random.NextDouble() * 0.98),
                TopK = random.Next(2) * random.Next(1, 250),
                MinP = random.Next(2) * (float)random.NextDouble(),
                Seed = t.seed,
            };
            int[] survivors = [.. new Sampler(options).Survivors(logits, mask).Select(s => s.Id).Order()];
            Dictionary<int, double> expected = Reference(options, logits, mask);
            int drawn = new Sampler(options).Sample(logits, mask);
            return survivors.SequenceEqual(expected.Keys.Order()) && expected.ContainsKey(drawn);
        }));

    [Fact]
    public void Penalties_and_bias_change_the_logits_as_their_definitions_read() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int vocab = random.Next(2, 90);
            int[] prompt = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(vocab))];
            int[] answer = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(vocab))];
            SamplingOptions options = AnyPenalties(random, vocab) with { Temperature = 0.7f, TopK = random.Next(2) * 5, Seed = seed };
            float[] logits = [.. Enumerable.Range(0, vocab).Select(_ => (float)(random.NextDouble() * 12) - 6)];
            Sampler sampler = new(options, prompt);
            foreach (int id in answer)
                sampler.Accept(id);
            Dictionary<int, double> expected = Reference(options, Penalised(options, logits, prompt, answer), null);
            (int Id, float Weight)[] survivors = sampler.Survivors(logits);
            double total = survivors.Sum(s => (double)s.Weight);
            return survivors.Select(s => s.Id).Order().SequenceEqual(expected.Keys.Order())
                && Array.TrueForAll(survivors, s => Math.Abs((s.Weight / total) - expected[s.Id]) < 1e-5);
        }));

    [Fact]
    public void Choosing_among_a_few_ids_is_choosing_under_their_mask() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            int vocab = random.Next(1, 300);
            int[] few = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(vocab)).Distinct().Order()];
            ulong[] mask = new ulong[TokenMask.Words(vocab) + 1];
            foreach (int id in few)
                mask[id / 64] |= 1UL << (id % 64);
            mask[(vocab + 5) / 64] |= 1UL << ((vocab + 5) % 64);    // past the vocabulary
            int[] listed = new int[few.Length];
            Assert.Equal(few.Length, TokenMask.List(mask, vocab, listed));
            Assert.Equal(few, listed);
            Assert.Equal(Math.Min(few.Length, 4), TokenMask.CountUpTo(mask, vocab, 4));

            SamplingOptions options = AnyPenalties(random, vocab) with { Temperature = random.Next(3) * 0.6f, TopP = 0.9f, MinP = random.Next(2) * 0.1f, Seed = seed };
            Sampler whole = new(options, [few[0]]), among = new(options, [few[0]]);
            for (int step = 0; step < 8; step++)
            {
                float[] logits = [.. Enumerable.Range(0, vocab).Select(_ => random.Next(9) == 0 ? float.NegativeInfinity : random.Next(-3, 4))];
                int chosen = whole.Sample(logits, mask);
                if (chosen != among.SampleAmong(few, [.. few.Select(id => logits[id])]))
                    return false;
                whole.Accept(chosen);
                among.Accept(chosen);
            }
            return true;
        }));

    [Fact]
    public void The_frequency_penalty_counts_the_answer_and_not_the_prompt()
    {
        Sampler sampler = new(SamplingOptions.Greedy with { FrequencyPenalty = 0.5f, PresencePenalty = 0.5f }, prompt: [1, 1, 1]);
        float[] logits = [0, 3, 1.9f];
        List<int> ids = [];
        for (int i = 0; i < 4; i++)
        {
            ids.Add(sampler.Sample(logits));
            sampler.Accept(ids[^1]);
        }
        Assert.Equal([1, 1, 2, 1], ids);    // 3, then 2, then 1.5 against 1.9, then 1.5 against 0.9
    }

    [Fact]
    public void The_repetition_penalty_looks_back_as_far_as_its_window()
    {
        float[] logits = [1, 1.5f, -1];
        SamplingOptions options = SamplingOptions.Greedy with { RepetitionPenalty = 2 };
        Assert.Equal(0, new Sampler(options, [1, 2, 2]).Sample(logits));
        Assert.Equal(1, new Sampler(options with { RepetitionWindow = 2 }, [1, 2, 2]).Sample(logits));
        Assert.Equal(1, new Sampler(options with { RepetitionWindow = 0 }, [1, 1]).Sample(logits));
        Sampler sampler = new(options with { RepetitionWindow = 2 }, [1, 2]);
        Assert.Equal(0, sampler.Sample(logits));
        sampler.Accept(0);
        sampler.Accept(2);
        Assert.Equal(1, sampler.Sample(logits));
    }

    [Fact]
    public void A_bias_bans_and_forces()
    {
        SamplingOptions options = new() { Seed = 1, LogitBias = new Dictionary<int, float> { [1] = -100, [4] = 100, [77] = 5 } };
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(4, new Sampler(options).Sample(Logits)));
        Assert.Equal(3, new Sampler(SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [1] = -100 } }).Sample(Logits));
    }

    [Fact]
    public void A_single_allowed_id_takes_no_random_number()
    {
        Sampler plain = new(new() { Seed = 9 }), mixed = new(new() { Seed = 9 });
        int[] expected = [.. Enumerable.Range(0, 20).Select(_ => plain.Sample(Logits))];
        Assert.Equal(expected, Enumerable.Range(0, 20).Select(_ =>
        {
            Assert.Equal(2, mixed.Sample(Logits, [0b100]));
            return mixed.Sample(Logits);
        }));
    }

    [Fact]
    public void Choosing_allocates_nothing_once_the_buffers_have_grown()
    {
        float[] logits = [.. Enumerable.Range(0, 5000).Select(i => (float)Math.Sin(i) * 5)];
        SamplingOptions options = new() { Seed = 1, TopK = 50, TopP = 0.9f, MinP = 0.01f, LogitBias = new Dictionary<int, float> { [1] = 1 }, RepetitionPenalty = 1.1f };
        Sampler sampler = new(options, Enumerable.Range(0, 100).ToArray());
        for (int i = 0; i < 3; i++)
            sampler.Sample(logits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            sampler.Sample(logits);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static SamplingOptions AnyPenalties(Random random, int vocab) => new()
    {
        RepetitionPenalty = random.Next(2) == 0 ? 1 : 0.5f + (float)random.NextDouble(),
        RepetitionWindow = random.Next(2) == 0 ? null : random.Next(30),
        FrequencyPenalty = random.Next(2) * (float)((random.NextDouble() * 4) - 2),
        PresencePenalty = random.Next(2) * (float)((random.NextDouble() * 4) - 2),
        LogitBias = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(vocab)).Distinct().ToDictionary(id => id, _ => (float)(random.NextDouble() * 10) - 5),
    };

    /// <summary>Penalties and bias as their definitions read.</summary>
    static float[] Penalised(SamplingOptions options, float[] logits, int[] prompt, int[] answer)
    {
        int[] all = [.. prompt, .. answer];
        int[] recent = options.RepetitionWindow is { } window ? [.. all.TakeLast(window)] : all;
        return [.. logits.Select((logit, id) =>
        {
            if (recent.Contains(id))
                logit = logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty;
            int count = answer.Count(other => other == id);
            logit -= count * options.FrequencyPenalty;
            logit -= count > 0 ? options.PresencePenalty : 0;
            return logit + options.LogitBias.GetValueOrDefault(id);
        })];
    }

    [Fact]
    public void Options_are_checked_where_they_are_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Temperature", () => new SamplingOptions { Temperature = 2.1f });
        Assert.Throws<ArgumentOutOfRangeException>("Temperature", () => new SamplingOptions { Temperature = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("TopP", () => new SamplingOptions { TopP = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("TopK", () => new SamplingOptions { TopK = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("MinP", () => new SamplingOptions { MinP = 1.5f });
        Assert.Throws<ArgumentOutOfRangeException>("RepetitionPenalty", () => new SamplingOptions { RepetitionPenalty = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("RepetitionWindow", () => new SamplingOptions { RepetitionWindow = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("FrequencyPenalty", () => new SamplingOptions { FrequencyPenalty = 2.5f });
        Assert.Throws<ArgumentOutOfRangeException>("PresencePenalty", () => new SamplingOptions { PresencePenalty = -2.5f });
        Assert.Throws<ArgumentOutOfRangeException>("LogitBias", () => new SamplingOptions { LogitBias = new Dictionary<int, float> { [3] = 101 } });
        Assert.Throws<ArgumentOutOfRangeException>("MaxTokens", () => new GenerationRequest { Prompt = default, MaxTokens = -1 });
    }

    [Fact]
    public void The_most_likely_ids_come_best_first_with_their_log_probabilities()
    {
        double logSumExp = Math.Log(Logits.Sum(l => Math.Exp(l)));
        Assert.Equal(logSumExp, LogProbabilities.LogSumExp(Logits), 1e-9);
        TokenLogProbability[] top = LogProbabilities.Top(Logits, logSumExp, 3);
        Assert.Equal([1, 3, 4], top.Select(t => t.Id));
        Assert.Equal(2 - logSumExp, top[0].LogProbability, 1e-6);
        Assert.Equal(5, LogProbabilities.Top(Logits, logSumExp, 50).Length);
        Assert.Empty(LogProbabilities.Top(Logits, logSumExp, 0));
    }

    /// <summary>The filters as their definitions read.</summary>
    static Dictionary<int, double> Reference(SamplingOptions options, float[] logits, ulong[]? mask)
    {
        List<int> best = [.. Enumerable.Range(0, logits.Length).Where(id => TokenMask.Allows(mask, id)).OrderByDescending(id => logits[id]).ThenBy(id => id)];
        if (options.TopK > 0)
            best = [.. best.Take(options.TopK)];
        float Weight(int id) => (float)Math.Exp(((double)logits[id] - logits[best[0]]) * (1.0 / options.Temperature));
        double total = best.Order().Sum(id => (double)Weight(id)), sum = 0;
        int kept = 0;
        while (kept < best.Count && (kept == 0 || options.TopP >= 1 || sum < options.TopP * total))
            sum += Weight(best[kept++]);
        best = [.. best.Take(kept).Where(id => Weight(id) >= options.MinP)];
        double left = best.Sum(id => (double)Weight(id));
        return best.ToDictionary(id => id, id => Weight(id) / left);
    }
}
