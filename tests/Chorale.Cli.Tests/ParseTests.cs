using System.Text.Json;

namespace Chorale.Cli.Tests;

public class ParseTests
{
    static async Task<JsonElement> AnswerAsync(string line)
    {
        CommandLine run = await CommandLine.RunAsync(line, ["parse", "--jsonl"]);
        return Assert.Single(run.Json);
    }

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    [Fact]
    public async Task Whatever_the_model_wrote_is_answered_with_messages_and_diagnostics()
    {
        JsonElement answer = await AnswerAsync("""{"id":1,"text":"<|channel|>––commentary to=functions.f json<|message|>{}<|call|>"}""");
        Assert.False(answer.TryGetProperty("error", out _));
        Assert.Equal("commentary", Text(answer.GetProperty("messages")[0], "channel"));
        JsonElement diagnostic = Assert.Single(answer.GetProperty("diagnostics").EnumerateArray());
        Assert.Equal("channel_repaired", Text(diagnostic, "code"));
        Assert.Equal(11, diagnostic.GetProperty("index").GetInt32());
        Assert.Equal("––commentary", Text(diagnostic, "found"));
        Assert.Contains("read as commentary", Text(diagnostic, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_that_nobody_knows_are_answered_too()
    {
        JsonElement answer = await AnswerAsync("""{"id":1,"tokens":[4294967295,200005,200008,201089]}""");
        Assert.Equal("\uFFFD", Text(Assert.Single(answer.GetProperty("messages").EnumerateArray()), "content"));
        Assert.Equal(["unknown_token", "channel_missing", "unknown_token", "missing_end"], answer.GetProperty("diagnostics").EnumerateArray().Select(diagnostic => Text(diagnostic, "code")));
    }

    [Theory]
    [InlineData("""["get_weather"]""")]
    [InlineData("""["browser.search", "get_weather"]""")]
    [InlineData("""[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}}]""")]
    [InlineData("""[{"name":"get_weather"}]""")]
    [InlineData("""["f", {"type":"function","name":"get_weather"}]""")]
    public async Task Calls_are_resolved_against_the_tools_of_the_line(string tools)
    {
        JsonElement answer = await AnswerAsync($$"""{"id":1,"text":"<|channel|>analysis to=get_weather code<|message|>{}<|call|>","tools":{{tools}}}""");
        JsonElement call = Assert.Single(answer.GetProperty("calls").EnumerateArray());
        Assert.Equal(("get_weather", "functions", "get_weather", "{}"), (Text(call, "name"), Text(call, "namespace"), Text(call, "recipient"), Text(call, "arguments")));
        Assert.True(call.GetProperty("declared").GetBoolean());
        Assert.Equal(0, answer.GetProperty("diagnostics").GetArrayLength());
    }

    [Fact]
    public async Task Arguments_are_kept_whole_and_repaired_where_the_line_asks_for_it()
    {
        const string line = """{"id":1,"text":"<|channel|>commentary to=functions.f json<|message|>{\"a\":1}]<|call|>","tools":["f"]""";
        JsonElement kept = Assert.Single((await AnswerAsync($"{line}}}")).GetProperty("calls").EnumerateArray());
        Assert.Equal("{\"a\":1}]", Text(kept, "arguments"));
        Assert.False(kept.TryGetProperty("raw", out _));

        JsonElement answer = await AnswerAsync($"{line},\"repair\":true}}");
        JsonElement repaired = Assert.Single(answer.GetProperty("calls").EnumerateArray());
        Assert.Equal(("{\"a\":1}", "{\"a\":1}]"), (Text(repaired, "arguments"), Text(repaired, "raw")));
        Assert.Equal("arguments_repaired", Text(answer.GetProperty("diagnostics")[0], "code"));
    }

    [Fact]
    public async Task Stripped_text_is_recognised_or_named()
    {
        JsonElement auto = await AnswerAsync("""{"id":1,"text":"analysisHm.assistantfinalFour."}""");
        Assert.Equal(["analysis", "final"], auto.GetProperty("messages").EnumerateArray().Select(message => Text(message, "channel")));
        JsonElement marked = await AnswerAsync("""{"id":1,"text":"analysisHm.assistantfinalFour.","form":"marked"}""");
        Assert.Equal("final", Text(Assert.Single(marked.GetProperty("messages").EnumerateArray()), "channel"));
        JsonElement wrong = await AnswerAsync("""{"id":1,"text":"a","form":"glued"}""");
        Assert.Contains("'form' must be", Text(wrong.GetProperty("error"), "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_shows_messages_and_says_on_stderr_what_it_repaired()
    {
        CommandLine run = await CommandLine.RunAsync("I can't help with that.<|return|>\n", ["parse", "--text"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\"channel\": \"final\"", run.Output, StringComparison.Ordinal);
        Assert.Contains("[0] missing_header: ", run.Error, StringComparison.Ordinal);

        CommandLine strict = await CommandLine.RunAsync("I can't help with that.<|return|>\n", ["parse", "--text", "--strict"]);
        Assert.Equal(1, strict.ExitCode);
    }
}
