using System.Text.Json;

namespace Chorale.Cli.Tests;

public class RenderTests
{
    /// <summary>A turn of thought, call, result, thought and answer, and the next question.</summary>
    const string Talk = """
        {"messages":[
        {"role":"user","content":"Paris?"},
        {"role":"assistant","channel":"analysis","content":"the tool"},
        {"role":"assistant","channel":"commentary","recipient":"functions.f","content_type":"<|constrain|>json","content":"{}"},
        {"role":"tool","name":"functions.f","recipient":"assistant","channel":"commentary","content":"18"},
        {"role":"assistant","channel":"analysis","content":"got it"},
        {"role":"assistant","channel":"final","content":"18 °C"}]}
        """;

    static string OneLine => Talk.ReplaceLineEndings("");

    [Theory]
    [InlineData("harmony", false, false)]
    [InlineData("template", false, true)]
    [InlineData("per_turn", true, true)]
    [InlineData("none", true, true)]
    public async Task The_rule_is_chosen_by_name(string rule, bool first, bool second)
    {
        CommandLine run = await CommandLine.RunAsync(Talk, ["render", "--for", "training", "--drop", rule]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal((first, second), (run.Output.Contains("the tool", StringComparison.Ordinal), run.Output.Contains("got it", StringComparison.Ordinal)));
        Assert.EndsWith("<|return|>\n", run.Output, StringComparison.Ordinal);
        CommandLine batch = await CommandLine.RunAsync($$"""{"id":1,"for":"training","auto_drop_analysis":true,"drop":"{{rule}}","conversation":{{OneLine}}}""", ["render", "--jsonl"]);
        Assert.Equal(run.Output, batch.Json[0].GetProperty("text").GetString() + "\n");
    }

    [Fact]
    public async Task A_rule_that_is_none_of_them_is_refused_with_their_names()
    {
        (await CommandLine.RunAsync(Talk, ["render", "--drop", "some"])).AssertFails(ExitCodes.Usage, "some", "per_turn");
        CommandLine batch = await CommandLine.RunAsync($$"""{"id":1,"drop":"some","conversation":{{OneLine}}}""", ["render", "--jsonl"]);
        Assert.Equal("'drop' must be one of harmony, none, template, per_turn, found \"some\"", batch.Json[0].GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_report_is_a_table_on_standard_error()
    {
        CommandLine plain = await CommandLine.RunAsync(Talk, ["render"]);
        CommandLine told = await CommandLine.RunAsync(Talk, ["render", "--report"]);
        Assert.Equal(plain.Output, told.Output);
        Assert.Equal("", plain.Error);
        Assert.Contains("dropped", told.Error, StringComparison.Ordinal);
        Assert.Contains("stands before the first final", told.Error, StringComparison.Ordinal);
        Assert.Contains("rule harmony: 2 of 6 messages dropped, 16 ids saved", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_as_json_adds_up()
    {
        CommandLine run = await CommandLine.RunAsync(Talk, ["render", "--report", "--json"]);
        Assert.Equal("", run.Error);
        JsonElement answer = run.Json[0];
        JsonElement report = answer.GetProperty("report");
        Assert.Equal("harmony", report.GetProperty("rule").GetString());
        Assert.Equal("completion", report.GetProperty("for").GetString());
        Assert.Equal(answer.GetProperty("tokens").GetArrayLength(), report.GetProperty("total_ids").GetInt32());
        List<JsonElement> messages = [.. report.GetProperty("messages").EnumerateArray()];
        Assert.Equal([true, false, true, true, false, true], messages.Select(message => message.GetProperty("kept").GetBoolean()));
        Assert.Equal("before_first_final", messages[1].GetProperty("reason").GetString());
        Assert.Equal(report.GetProperty("saved_ids").GetInt32(), messages[1].GetProperty("ids").GetInt32() + messages[4].GetProperty("ids").GetInt32());
        Assert.Equal(report.GetProperty("total_ids").GetInt32(), report.GetProperty("start_ids").GetInt32()
            + messages.Where(message => message.GetProperty("kept").GetBoolean()).Sum(message => message.GetProperty("ids").GetInt32()));
    }

    [Fact]
    public async Task A_batch_line_gets_its_report_where_it_asks_for_it()
    {
        CommandLine run = await CommandLine.RunAsync($$"""
            {"id":1,"report":true,"conversation":{{OneLine}}}
            {"id":2,"conversation":{{OneLine}}}
            """, ["render", "--jsonl"]);
        Assert.Equal([true, false], run.Json.Select(line => line.TryGetProperty("report", out _)));
        Assert.Equal(run.Json[0].GetProperty("tokens").GetRawText(), run.Json[1].GetProperty("tokens").GetRawText());
    }

    [Fact]
    public async Task Json_without_a_report_is_tokens_and_text()
    {
        CommandLine run = await CommandLine.RunAsync(Talk, ["render", "--json"]);
        Assert.Equal(["tokens", "text"], run.Json[0].EnumerateObject().Select(member => member.Name));
    }
}
