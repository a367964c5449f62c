using System.Text.Json;

namespace Chorale.Cli.Tests;

public sealed class DatasetTests : IDisposable
{
    const string Rows = """
        {"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","thinking":"t"},{"role":"user","content":"r"},{"role":"assistant","content":"b","thinking":"u"}]}
        {"x":1}
        {"instruction":"do","output":"done"}

        """;

    readonly string _folder = Directory.CreateTempSubdirectory("chorale-dataset").FullName;

    string PathOf(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Build_writes_samples_names_bad_rows_and_tells_what_it_did()
    {
        CommandLine run = await CommandLine.RunAsync(Rows, ["dataset", "build", "-", "--out", PathOf("out.jsonl")]);
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("-:2: found a row with \"x\"", run.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^  bad +1$", run.Error);
        Assert.Equal(3, (await File.ReadAllLinesAsync(PathOf("out.jsonl"), TestContext.Current.CancellationToken)).Length);
        Assert.False(File.Exists(PathOf("out.jsonl.partial")));
    }

    [Fact]
    public async Task Strict_ends_at_the_first_bad_row_and_leaves_no_file()
    {
        CommandLine run = await CommandLine.RunAsync(Rows, ["dataset", "build", "-", "--out", PathOf("out.jsonl"), "--strict"]);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("stopped at the first bad row, -:2", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Lines_go_to_standard_output_with_today_s_date_and_their_source()
    {
        CommandLine run = await CommandLine.RunAsync(Rows, ["dataset", "build", "-", "--out", "-", "--as", "text", "--source"]);
        Assert.Equal(3, run.Json.Count);
        Assert.Contains("Current date: 2026-11-21", run.Json[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"file":"-","line":1,"turn":2}""", run.Json[1].GetProperty("source").GetRawText());
        Assert.Equal("<|channel|>final<|message|>done<|return|>", run.Json[2].GetProperty("segments")[1][0].GetString());
    }

    [Fact]
    public async Task Parts_have_their_names_in_those_of_the_files()
    {
        string rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{{\"prompt\":\"q{i}\",\"completion\":\"a\"}}\n"));
        CommandLine run = await CommandLine.RunAsync(rows, ["dataset", "build", "-", "--out", PathOf("d.jsonl.gz"), "--split", "train=0.5,test=0.5"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["d.test.jsonl.gz", "d.train.jsonl.gz"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        CommandLine stats = await CommandLine.RunAsync("dataset", "stats", PathOf("d.test.jsonl.gz"), PathOf("d.train.jsonl.gz"), "--json");
        Assert.Equal(40, stats.Json[0].GetProperty("samples").GetInt32());
        CommandLine folder = await CommandLine.RunAsync("dataset", "stats", _folder, "--json");
        Assert.Equal(stats.Output, folder.Output);
    }

    [Fact]
    public async Task Statistics_are_a_table_json_or_a_page()
    {
        CommandLine table = await CommandLine.RunAsync(Rows, ["dataset", "stats", "-"]);
        Assert.Contains("learnt ids", table.Output, StringComparison.Ordinal);
        Assert.Contains("█", table.Output, StringComparison.Ordinal);
        JsonElement json = (await CommandLine.RunAsync(Rows, ["dataset", "stats", "-", "--json"])).Json[0];
        Assert.Equal((3, 1, 3), (json.GetProperty("rows").GetProperty("read").GetInt32(), json.GetProperty("rows").GetProperty("bad").GetInt32(), json.GetProperty("samples").GetInt32()));
        CommandLine page = await CommandLine.RunAsync(Rows, ["dataset", "stats", "-", "--html", PathOf("s.html")]);
        Assert.Equal((0, ""), (page.ExitCode, page.Output));
        Assert.Contains("<div class=\"bars\">", await File.ReadAllTextAsync(PathOf("s.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_prints_a_sample_with_what_is_learnt_in_brackets()
    {
        CommandLine run = await CommandLine.RunAsync(Rows, ["dataset", "show", "2", "-", "--date", "2026-01-02"]);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("sample 2: -:1, turn 2; ", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("<|start|>user<|message|>r<|end|>\n<|start|>assistant⟦<|channel|>analysis<|message|>u<|end|>⟧\n⟦<|start|>assistant<|channel|>final<|message|>b<|return|>⟧\n", run.Output, StringComparison.Ordinal);
        (await CommandLine.RunAsync("""{"prompt":"q","completion":"a"}""", ["dataset", "show", "2", "-"])).AssertFails(ExitCodes.Failure, "There is no sample 2; there are 1.");
    }

    [Theory]
    [InlineData("build", "x.jsonl")]
    [InlineData("build", "x.jsonl", "--out", "y", "--date", "soon")]
    [InlineData("build", "x.jsonl", "--out", "y", "--date", "2026-01-02..2026-01-01")]
    [InlineData("build", "x.jsonl", "--out", "y", "--split", "train=0.5")]
    [InlineData("build", "x.jsonl", "--out", "y", "--learn", "all")]
    [InlineData("build", "x.jsonl", "--out", "y", "--format", "csv")]
    [InlineData("build", "x.jsonl", "--out", "y", "--max-tokens", "0")]
    [InlineData("show", "0", "x.jsonl")]
    public async Task Wrong_usage_is_2(params string[] args) => Assert.Equal(ExitCodes.Usage, (await CommandLine.RunAsync(["dataset", .. args])).ExitCode);

    [Fact]
    public async Task Files_that_are_not_there_or_are_both_ends_are_refused()
    {
        (await CommandLine.RunAsync("dataset", "stats", PathOf("none.jsonl"))).AssertFails(ExitCodes.Failure, "does not exist");
        await File.WriteAllTextAsync(PathOf("d.jsonl"), Rows, TestContext.Current.CancellationToken);
        (await CommandLine.RunAsync("dataset", "build", PathOf("d.jsonl"), "--out", PathOf("d.jsonl"))).AssertFails(ExitCodes.Usage, "is an input");
        (await CommandLine.RunAsync("dataset", "build", PathOf("d.jsonl"), "--out", PathOf("e.jsonl"), "--pack", "100", "--as", "text")).AssertFails(ExitCodes.Failure, "Only ids can be packed");
        Assert.Equal(["d.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }
}
