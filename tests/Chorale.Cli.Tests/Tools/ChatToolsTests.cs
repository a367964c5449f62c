using System.Text.Json;

namespace Chorale.Cli.Tests;

public sealed class ChatToolsTests : IDisposable
{
    const string Price = """{"name":"getProduct","description":"Gets the price of a product.","parameters":{"type":"object","properties":{"product":{"type":"string"}},"required":["product"]},"command":["printf","%s","{{\"price\":3.5,\"currency\":\"CAD\"}}"]}""";

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chorale-tools-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Demo_tools_are_called_without_asking_and_their_results_read()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--demo-tools", "What is the weather in Tokyo?");
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("→ functions.get_current_weather {\"location\":\"Tokyo\"}\nIt is ", run.Output, StringComparison.Ordinal);
        Assert.Contains("[functions.get_current_weather gave: {\"temperature\":", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_a_line_for_each_turn_and_the_results_in_the_conversation()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--demo-tools", "--json", "What is the temperature for user #60075?");
        Assert.Equal(3, run.Json.Count);
        Assert.Equal(["getUserLocation", "get_current_weather"], run.Json.Take(2).Select(turn => turn.GetProperty("calls")[0].GetProperty("name").GetString()!.Split('.')[^1]));
        Assert.Equal("stop", run.Json[2].GetProperty("finish").GetString());
        Assert.Equal(2, run.Json[2].GetProperty("messages").EnumerateArray().Count(message => message.GetProperty("role").GetString() == "tool"));
    }

    [Fact]
    public async Task A_command_is_run_when_everything_is_approved()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no printf on Windows.");
        CommandLine run = await CommandLine.RunAsync("chat", "--tools", Write(Price), "--yes", "What is the price of flour?");
        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("The price of flour is 3.5 CAD.\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("printf %s '{\"price\":3.5,\"currency\":\"CAD\"}']", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_nothing_is_run_unless_everything_is_approved()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no printf on Windows.");
        CommandLine run = await CommandLine.RunAsync("chat", "--tools", Write(Price), "What is the price of flour?");
        run.AssertFails(ExitCodes.Usage, "nobody can be asked", "--yes");
    }

    [Theory]
    [InlineData("y\n", "gave: {\"price\"")]
    [InlineData("n\n", "gave no result: The call of functions.getProduct was not approved, so it was not run.]")]
    [InlineData("", "gave no result: The call of functions.getProduct was not approved, so it was not run.]")]
    [InlineData("ask the shop\n", "was not approved, so it was not run. The user says: ask the shop]")]
    public async Task At_a_terminal_every_command_is_asked_about(string typed, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no printf on Windows.");
        CommandLine run = await CommandLine.RunTypedAsync(typed, "chat", "--tools", Write(Price), "What is the price of flour?");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("The model wants to call functions.getProduct, which runs\n", run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Always_is_asked_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no printf on Windows.");
        CommandLine run = await CommandLine.RunTypedAsync("What is the price of flour?\na\nWhat is the price of milk?\n/tools\n", "chat", "--tools", Write(Price));
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(run.Error, "Run it\\?"));
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(run.Error, "gave: "));
        Assert.Contains("functions.getProduct: Gets the price of a product.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rounds_have_a_limit()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--demo-tools", "--json", "--max-rounds", "1", "What is the temperature for user #60075?");
        Assert.Equal(2, run.Json.Count);
        Assert.Equal(1, run.Json[0].GetProperty("calls").GetArrayLength());
        Assert.Equal(JsonValueKind.String, run.Json[1].GetProperty("answer").ValueKind);
        Assert.False(run.Json[1].TryGetProperty("calls", out JsonElement calls) && calls.GetArrayLength() > 0);
    }

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("{\"tool\":[]}", "$: found 'tool'")]
    [InlineData("[]", "found 0 tools")]
    [InlineData("[5]", "$[0]: found 5, expected a tool")]
    [InlineData("[{\"name\":\"a\"}]", "$[0].command: found nothing")]
    [InlineData("[{\"name\":\"a b\",\"command\":[\"cat\"]}]", "$[0].name: found 'a b'")]
    [InlineData("[{\"command\":[\"cat\"]}]", "expected 'name'")]
    [InlineData("[{\"name\":\"a\",\"command\":\"cat x | sh\"}]", "There is no shell")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"{program}\"]}]", "without placeholders")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"no-such-program-anywhere\"]}]", "there is no program")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\",\"{path}\"]}]", "{path}, which 'parameters' do not declare")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\",\"{path\"]}]", "a brace that is not closed")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"],\"comand\":1}]", "found 'comand'")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"],\"timeout\":0}]", "$[0].timeout: found 0")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"],\"stdin\":\"all\"}]", "expected \"arguments\" or \"none\"")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"],\"directory\":\"nowhere\"}]", "there is no folder")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"],\"environment\":{\"A\":1}}]", "$[0].environment.A")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"]},{\"name\":\"a\",\"command\":[\"cat\"]}]", "another tool is called 'a'")]
    [InlineData("[{\"name\":\"a\",\"command\":[\"cat\"],\"description\":\"\\ud800\"}]", "is not Unicode")]
    public async Task What_is_wrong_with_a_file_is_said_with_its_place(string file, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no cat on Windows.");
        string path = Path.Combine(_folder.FullName, "tools.json");
        await File.WriteAllTextAsync(path, file, TestContext.Current.CancellationToken);
        CommandLine run = await CommandLine.RunAsync("chat", "--tools", path, "--yes", "Hi");
        run.AssertFails(ExitCodes.Failure, expected);
    }

    [Fact]
    public async Task Yes_alone_is_wrong_usage()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--yes", "Hi");
        run.AssertFails(ExitCodes.Usage, "--yes goes with --tools");
    }

    string Write(string tool)
    {
        string path = Path.Combine(_folder.FullName, "tools.json");
        File.WriteAllText(path, $$"""{"tools":[{{tool}}]}""");
        return path;
    }
}
