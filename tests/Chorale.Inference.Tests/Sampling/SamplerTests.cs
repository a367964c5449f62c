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
    public void Options_are_checked_where_they_are_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Temperature", () => new SamplingOptions { Temperature = 2.1f });
        Assert.Throws<ArgumentOutOfRangeException>("Temperature", () => new SamplingOptions { Temperature = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("TopP", () => new SamplingOptions { TopP = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("TopK", () => new SamplingOptions { TopK = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("MinP", () => new SamplingOptions { MinP = 1.5f });
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
