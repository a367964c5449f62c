using System.Text.Json;
using Chorale.Inference;

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
    }

    [Fact]
    public void Each_number_of_threads_is_loaded_and_measured()
    {
        List<string> started = [];
        ModelBenchSettings settings = new() { Prefill = [5, 20], Decode = [3], Depth = [0, 30], Threads = [1, 2], Rounds = 2, Warmup = 0, BandwidthProbeByteCount = 1 << 20 };
        ModelBenchReport report = new ModelBench(settings, started.Add, TestContext.Current.CancellationToken).Run(TinyShape.PubAFile);

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
