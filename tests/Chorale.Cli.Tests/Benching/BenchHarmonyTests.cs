using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class BenchHarmonyTests
{
    static string Bench(string name) => TestData.PathOf($"bench/{name}");

    [Fact]
    public async Task A_conversation_is_tokenized_rendered_twice_over_and_parsed()
    {
        CommandLine run = await CommandLine.RunAsync("bench", "harmony", Bench("simple3.conv.json"), "--iterations", "3", "--warmup", "0", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        List<JsonElement> results = Results(run);
        Assert.Equal(["tokenize", "render", "render, cached", "parse"], results.Select(result => result.GetProperty("step").GetString()));
        Assert.All(results, result =>
        {
            Assert.Equal("simple3.conv.json", result.GetProperty("input").GetString());
            Assert.Equal((1, 3, 3), (Number(result, "conversations"), Number(result, "messages"), Number(result, "iterations")));
            double min = result.GetProperty("min_s").GetDouble(), median = result.GetProperty("median_s").GetDouble(), max = result.GetProperty("max_s").GetDouble();
            Assert.True(0 < min && min <= median && median <= max && min <= result.GetProperty("mean_s").GetDouble());
            Assert.Equal(Number(result, "tokens") / median, result.GetProperty("tokens_per_s").GetDouble(), tolerance: 1);
        });
        Assert.Equal((91, 91, 89), (Number(results[1], "tokens"), Number(results[2], "tokens"), Number(results[3], "tokens")));
    }

    [Fact]
    public async Task A_text_is_tokenized_and_back()
    {
        CommandLine run = await CommandLine.RunAsync("bench", "harmony", Bench("licences.txt"), "--iterations", "1", "--warmup", "0", "--json");
        Assert.Equal(["tokenize", "detokenize"], Results(run).Select(result => result.GetProperty("step").GetString()));
        Assert.All(Results(run), result => Assert.Equal((35_820, 169_740), (Number(result, "tokens"), Number(result, "bytes"))));
    }

    [Fact]
    public async Task It_renders_by_the_rule_and_the_style_it_is_given()
    {
        using TemporaryFile file = new(".json", """
            {"messages":[
            {"role":"developer","content":[{"type":"developer_content","tools":{"functions":{"name":"functions","description":null,"tools":[
                {"name":"f","description":"F.","parameters":{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"number"}]}}}}]}}}]},
            {"role":"assistant","channel":"analysis","content":"a long thought about what to answer"},
            {"role":"assistant","channel":"final","content":"ho"}]}
            """);
        async Task<int> TokensAsync(string drop, string schemas) => Number(
            Results(await CommandLine.RunAsync("bench", "harmony", file.Path, "--iterations", "1", "--warmup", "0", "--json", "--drop", drop, "--schemas", schemas))[1], "tokens");
        int official = await TokensAsync("harmony", "official");
        Assert.True(official < await TokensAsync("none", "official"));
        Assert.True(official < await TokensAsync("harmony", "complete"));
    }

    [Fact]
    public async Task Json_lines_are_conversations_bare_or_as_render_takes_them()
    {
        const string Conversation = """{"messages":[{"role":"user","content":"hi"},{"role":"assistant","channel":"final","content":"ho"}]}""";
        using TemporaryFile file = new(".jsonl", $$"""
            {{Conversation}}

            {"id":1,"conversation":{{Conversation}},"for":"training"}
            """);
        CommandLine run = await CommandLine.RunAsync("bench", "harmony", file.Path, "--iterations", "1", "--warmup", "0", "--json");
        Assert.All(Results(run), result => Assert.Equal((2, 4), (Number(result, "conversations"), Number(result, "messages"))));
    }

    [Fact]
    public async Task Without_a_file_there_is_a_set_of_its_own()
    {
        CommandLine run = await CommandLine.RunAsync("bench", "harmony", "--iterations", "1", "--warmup", "0");
        Assert.Equal(0, run.ExitCode);
        foreach (string word in new[] { "short chat", "render, cached", "detokenize", "median", "MB/s", "one thread" })
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".json", "{\"messages\":[", "is not JSON")]
    [InlineData(".json", "{\"messages\":[{\"role\":\"nobody\",\"content\":\"x\"}]}", "is no conversation", "nobody")]
    [InlineData(".json", "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}", "cannot be rendered", "message 0")]
    [InlineData(".jsonl", "{\"messages\":[]}\n\nnonsense", "line 3", "is not JSON")]
    [InlineData(".txt", " \n", "is empty")]
    public async Task A_bad_file_is_named_with_its_line_and_what_is_wrong(string extension, string content, params string[] words)
    {
        using TemporaryFile file = new(extension, content);
        (await CommandLine.RunAsync("bench", "harmony", file.Path)).AssertFails(ExitCodes.Failure, [Path.GetFileName(file.Path), .. words]);
    }

    [Fact]
    public async Task A_missing_file_and_numbers_out_of_range_are_refused()
    {
        (await CommandLine.RunAsync("bench", "harmony", "nowhere.json")).AssertFails(ExitCodes.Failure, "nowhere.json", "does not exist");
        (await CommandLine.RunAsync("bench", "harmony", "--iterations", "0")).AssertFails(ExitCodes.Usage, "--iterations");
    }

    static List<JsonElement> Results(CommandLine run) => [.. run.Json[0].GetProperty("results").EnumerateArray()];

    static int Number(JsonElement result, string name) => result.GetProperty(name).GetInt32();

    sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string extension, string content)
        {
            Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}{extension}");
            File.WriteAllText(Path, content);
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
