using System.Text.Json;

namespace Chorale.Cli.Tests;

public class RenderSchemasTests
{
    static string Conversation(string parameters) =>
        $$$"""{"messages":[{"role":"developer","content":[{"type":"developer_content","tools":{"functions":{"name":"functions","tools":[{"name":"f","description":"","parameters":{{{parameters}}} } ] } } } ] } ] }""";

    const string Choice = """{"type":"object","properties":{"id":{"anyOf":[{"type":"string"},{"type":"number"}]}}}""";

    [Theory]
    [InlineData("official", "id?: any,")]
    [InlineData("complete", "id?: string | number,")]
    public async Task The_style_is_chosen_by_name(string style, string expected)
    {
        CommandLine run = await CommandLine.RunAsync(Conversation(Choice), ["render", "--schemas", style]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        CommandLine batch = await CommandLine.RunAsync($$"""{"id":1,"schemas":"{{style}}","conversation":{{Conversation(Choice)}}}""", ["render", "--jsonl"]);
        Assert.Equal(run.Output, batch.Json[0].GetProperty("text").GetString() + "\n");
        JsonElement message = JsonDocument.Parse(Conversation(Choice)).RootElement.GetProperty("messages")[0];
        CommandLine one = await CommandLine.RunAsync($$"""{"id":1,"for":"message","schemas":"{{style}}","message":{{message.GetRawText()}}}""", ["render", "--jsonl"]);
        Assert.Contains(expected, one.Json[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Official_is_the_default()
    {
        Assert.Contains("id?: any,", (await CommandLine.RunAsync(Conversation(Choice), ["render"])).Output, StringComparison.Ordinal);
        CommandLine batch = await CommandLine.RunAsync($$"""{"id":1,"conversation":{{Conversation(Choice)}}}""", ["render", "--jsonl"]);
        Assert.Contains("id?: any,", batch.Json[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_cannot_be_read_is_its_lines_error_and_the_next_goes_on()
    {
        string bad = Conversation("""{"properties":{"id":{"$ref":"#/$defs/Id"}}}""");
        CommandLine batch = await CommandLine.RunAsync(
            $$"""
            {"id":1,"schemas":"complete","conversation":{{bad}}}
            {"id":2,"schemas":"official","conversation":{{bad}}}
            {"id":3,"schemas":"other","conversation":{{bad}}}
            """, ["render", "--jsonl"]);
        const string problem = "The parameters of functions.f cannot be read at $.properties.id.$ref: \"#/$defs/Id\" leads nowhere, expected the place of a schema.";
        Assert.Equal(0, batch.ExitCode);
        Assert.Equal(problem, batch.Json[0].GetProperty("error").GetProperty("message").GetString());
        Assert.Contains("(_: any) => any", batch.Json[1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("'schemas' must be \"official\" or \"complete\", found \"other\"", batch.Json[2].GetProperty("error").GetProperty("message").GetString());
        (await CommandLine.RunAsync(bad, ["render", "--schemas", "complete"])).AssertFails(ExitCodes.Failure, problem);
        (await CommandLine.RunAsync(bad, ["render", "--schemas", "other"])).AssertFails(ExitCodes.Usage, "other", "complete");
    }
}
