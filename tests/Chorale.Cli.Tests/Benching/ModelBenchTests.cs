using System.Text.Json;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class ModelBenchTests
{
    [Fact]
    public void A_token_of_20b_reads_what_the_roofline_counts()
    {
        TokenCost cost = TokenCost.Of(new SyntheticModel(SyntheticShape.Published[0]).Tensors, Config);
        Assert.Equal(2_574_705_396, cost.Total);
        Assert.Equal((1_269_043_200 + ExpertBiases, 676_823_040, 615_329_280), (cost.Experts, cost.Attention, cost.Output));
        Assert.Equal(941_904_116, TokenCost.Of(new SyntheticModel(SyntheticShape.Published[0] with { Layers = 4 }).Tensors, Config).Total);
    }

    [Theory]
    [InlineData("pub-a-hf")]
    [InlineData("pub-a-original")]
    [InlineData("pub-b-hf")]
    [InlineData("pub-b-original")]
    public void A_token_costs_the_same_in_every_layout(string folder)
    {
        using Checkpoint other = Checkpoint.Open(TestData.PathOf($"model/{folder}")), gguf = Checkpoint.Open(TestData.PathOf($"model/{folder[..5]}.gguf"));
        ModelConfig config = Config with { NumLocalExperts = folder[4] == 'a' ? 4 : 8, NumExpertsPerTok = 2, VocabSize = 512 };
        TokenCost found = TokenCost.Of(other.Tensors, config), expected = TokenCost.Of(gguf.Tensors, config);
        Assert.Equal((expected.Attention, expected.Output), (found.Attention, found.Output));
        Assert.InRange(found.Experts, 0.9 * expected.Experts, expected.Experts);    // biases are bfloat16 here, float32 there
        Assert.InRange(found.Other, 0.4 * expected.Other, expected.Other);
    }

    const int ExpertBiases = 24 * 4 * 3 * 2880 * sizeof(float);

    [Theory]
    [InlineData(3, 1, 5, 3, "3.0 (1.0..5.0)")]
    [InlineData(2.5, 1, 4, 4, "2.5 (1.0..4.0)")]
    [InlineData(1, 1, 1, 1, "1.0 (1.0..1.0)")]
    public void The_median_lies_in_the_middle(double median, double min, double max, int count, string text)
    {
        double[] values = count == 3 ? [5, 1, 3] : [.. Enumerable.Range(1, count).Select(i => (double)i).Reverse()];
        Spread spread = Spread.Of(values);
        Assert.Equal((median, min, max, text), (spread.Median, spread.Min, spread.Max, spread.ToString()));
        Assert.Equal("2,500 (1,000..4,000)", Spread.Of([4000, 1000, 2500]).ToString());
    }

    [Fact]
    public async Task Each_number_of_threads_is_loaded_and_measured()
    {
        List<string> started = [];
        ModelBenchSettings settings = new() { Prefill = [5, 20], Decode = [3], Depth = [0, 30], Threads = [1, 2], Rounds = 2, Warmup = 0, BandwidthProbeByteCount = 1 << 20 };
        ModelBenchReport report = await new ModelBench(settings, started.Add, TestContext.Current.CancellationToken).RunAsync(TinyShape.PubAFile);

        Assert.Equal([1, 2], report.Runs.Select(run => run.Threads));
        Assert.Equal((2, 4), (report.Layers, report.Experts));
        Assert.Equal(["1 thread: load", "1 thread: first prompt", "1 thread: prefill 5", "1 thread: prefill 20", "1 thread: decode 3", "1 thread: decode 3 after 30"], started.Take(6));
        Assert.All(report.Runs, run =>
        {
            Assert.Equal([("prefill", 5, 0), ("prefill", 20, 0), ("decode", 3, 0), ("decode", 3, 30)], run.Results.Select(result => (result.Test, result.Tokens, result.Depth)));
            Assert.All(run.Results, result => Assert.True(0 < result.TokensPerS.Min && result.TokensPerS.Min <= result.TokensPerS.Median && result.TokensPerS.Median <= result.TokensPerS.Max));
            Assert.All(run.Results, result => Assert.Equal(result.Test == "decode", result.BandwidthShare is not null));
            Assert.True(run.LoadS > 0 && run.FirstPromptS > 0 && 0 < run.LoadedBytes && run.LoadedBytes <= run.PeakBytes);
        });
    }

    [Fact]
    public async Task Answers_are_made_alone_in_a_crowd_with_forced_ids_and_with_guesses()
    {
        CommandLine run = await CommandLine.RunAsync(
            "bench", TinyShape.PubAFile, "--prefill", "none", "--decode", "12", "--sequences", "1,3", "--forced", "60", "--draft", "4", "--threads", "1", "--rounds", "1", "--warmup", "0", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement[] results = [.. run.Json[0].GetProperty("runs")[0].GetProperty("results").EnumerateArray()];
        Assert.Equal(
            ["decode 12", "answer 12", "answer 12 × 3", "answer 12, 60 % forced", "answer 12, 4 guessed right"],
            results.Select(result => result.GetProperty("name").GetString()));
        Assert.All(results, result => Assert.True(result.GetProperty("tokens_per_s").GetProperty("median").GetDouble() > 0));
        Assert.Equal((3, 60, 4), (results[2].GetProperty("sequences").GetInt32(), results[3].GetProperty("forced_percent").GetInt32(), results[4].GetProperty("draft").GetInt32()));
    }

    [Fact]
    public void The_rate_of_a_crowd_counts_while_all_are_there()
    {
        long second = System.Diagnostics.Stopwatch.Frequency;
        // From 2 s, when the second has begun, to 5 s, when the first has ended: 3 ids of the one and 6 of the other.
        Assert.Equal(3, AnswerMeasure.Rate([[0, second, 2 * second, 3 * second, 4 * second, 5 * second], [.. Enumerable.Range(0, 9).Select(i => (2 * second) + (i * second / 2))]]), tolerance: 1e-9);
        // One after the other: 2 of each in 4 s, but for the first of all.
        Assert.Equal(0.75, AnswerMeasure.Rate([[0, second], [3 * second, 4 * second]]), tolerance: 1e-9);
    }

    [Theory]
    [InlineData(50, 4)]
    [InlineData(60, 6)]
    [InlineData(80, 16)]
    [InlineData(1, 1)]
    public void A_share_of_the_ids_is_forced_in_runs(int percent, int run)
    {
        int[] ids = [.. Enumerable.Range(100, 7)];
        ForcedPattern pattern = new(percent, ids);
        List<int> forced = [];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < ForcedPattern.FreeRun; i++)
            {
                Assert.Equal(ConstraintStep.Free, pattern.NextStep([], forced));
                pattern.Accept(1);
            }
            Assert.Equal(ConstraintStep.Forced, pattern.NextStep([], forced));
            Assert.Equal(run, forced.Count);
            forced.Skip(1).ToList().ForEach(pattern.Accept);
            List<int> rest = [];
            Assert.Equal(ConstraintStep.Forced, pattern.NextStep([], rest));    // in the middle of a run
            Assert.Single(rest);
            pattern.Accept(forced[^1]);
            forced.Clear();
        }
    }

    [Fact]
    public async Task Json_is_one_object_in_snake_case()
    {
        CommandLine run = await CommandLine.RunAsync("bench", TinyShape.PubAFile, "--prefill", "8,9", "--decode", "none", "--threads", "1", "--rounds", "1", "--warmup", "0", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement report = run.Json[0];
        Assert.Equal("pub-a.q8", Path.GetFileNameWithoutExtension(report.GetProperty("path").GetString()));
        Assert.Equal(2, report.GetProperty("layers").GetInt32());
        JsonElement parts = report.GetProperty("bytes_per_token_of");
        Assert.Equal(report.GetProperty("bytes_per_token").GetInt64(), parts.EnumerateObject().Sum(part => part.Value.GetInt64()));
        JsonElement only = report.GetProperty("runs")[0];
        Assert.Equal(1, only.GetProperty("threads").GetInt32());
        Assert.Equal([8, 9], only.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("tokens").GetInt32()));
        JsonElement rate = only.GetProperty("results")[0].GetProperty("tokens_per_s");
        Assert.Equal(rate.GetProperty("min").GetDouble(), rate.GetProperty("max").GetDouble());
        Assert.False(only.GetProperty("results")[0].TryGetProperty("bandwidth_share", out _));
    }

    [Fact]
    public async Task The_table_names_what_was_measured()
    {
        CommandLine run = await CommandLine.RunAsync("bench", TinyShape.PubAFile, "--prefill", "8", "--decode", "2", "--depth", "4", "--threads", "1", "--rounds", "1", "--warmup", "0");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (string word in new[] { "pub-a", "2 layers, 4 experts", "prefill 8", "decode 2 after 4", "tokens/s", "memory GB/s", "share", "load s", "peak GB", "Median (min..max) of 1" })
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_given_is_as_the_help_says()
    {
        CommandLine run = await CommandLine.RunAsync("bench", TinyShape.PubAFile, "--rounds", "1", "--warmup", "0", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(("fast", "repack"), (run.Json[0].GetProperty("precision").GetString(), run.Json[0].GetProperty("loading").GetString()));
        JsonElement only = Assert.Single(run.Json[0].GetProperty("runs").EnumerateArray());
        Assert.Equal(Environment.ProcessorCount, only.GetProperty("threads").GetInt32());
        Assert.Equal([("prefill", 512), ("decode", 128)], only.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("test").GetString(), result.GetProperty("tokens").GetInt32())));
    }

    [Theory]
    [InlineData("--prefill", "0")]
    [InlineData("--prefill", "1,,2")]
    [InlineData("--prefill", "many")]
    [InlineData("--decode", "-1")]
    [InlineData("--depth", "none")]
    [InlineData("--threads", "0")]
    [InlineData("--threads", "1,2,4000")]
    [InlineData("--sequences", "0")]
    [InlineData("--forced", "100")]
    [InlineData("--draft", "0")]
    [InlineData("--precision", "exact", "--loading", "repack")]
    [InlineData("--rounds", "0")]
    [InlineData("--warmup", "-1")]
    [InlineData("--prefill", "9000")]
    [InlineData("--depth", "8192", "--decode", "1")]
    [InlineData("--layers", "4")]
    [InlineData("--write-only")]
    [InlineData("--synthetic", "gpt-oss-20b")]
    public async Task Numbers_out_of_range_and_options_that_do_not_fit_are_wrong_usage(params string[] args) =>
        (await CommandLine.RunAsync(["bench", TinyShape.PubAFile, .. args])).AssertFails(ExitCodes.Usage);

    [Theory]
    [InlineData("--synthetic", "gpt-oss-7b")]
    [InlineData("--synthetic", "gpt-oss-20b", "--layers", "0")]
    [InlineData("--synthetic", "gpt-oss-20b", "--layers", "25")]
    public async Task A_shape_that_does_not_exist_is_wrong_usage(params string[] args) =>
        (await CommandLine.RunAsync(["bench", .. args])).AssertFails(ExitCodes.Usage);

    static ModelConfig Config => new()
    {
        NumHiddenLayers = 24,
        HiddenSize = 2880,
        IntermediateSize = 2880,
        NumLocalExperts = 32,
        NumExpertsPerTok = 4,
        NumAttentionHeads = 64,
        NumKeyValueHeads = 8,
        HeadDim = 64,
        VocabSize = 201_088,
        SlidingWindow = 128,
        MaxPositionEmbeddings = 131_072,
        RopeTheta = 150_000,
        RopeScaling = new() { Factor = 32, OriginalMaxPositionEmbeddings = 4096 },
        RmsNormEps = 1e-5f,
    };
}
