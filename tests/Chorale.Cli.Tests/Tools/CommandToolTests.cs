using System.Text.Json;
using Chorale.Agents;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Cli.Tests;

public sealed class CommandToolTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chorale-tools-");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("""{"text":"a b; touch x $(id) `id` > y | z & \" '"}""", """a b; touch x $(id) `id` > y | z & " '|""")]
    [InlineData("""{"text":"-x","count":5,"flag":true}""", "-x|5|n=5,true|")]
    [InlineData("""{"text":"","files":["a","b c"]}""", "|a|b c|")]
    [InlineData("""{"text":"x","count":null}""", "x|")]
    public async Task Arguments_become_words_and_nothing_else(string arguments, string printed)
    {
        ToolResult result = await RunAsync("""{"name":"t","parameters":{"type":"object","properties":{"text":{"type":"string"},"count":{"type":["integer","null"]},"flag":{"type":"boolean"},"files":{"type":"array","items":{"type":"string"}}}},"command":["printf","%s|","{text}",["{count}","n={count},{flag}"],"{files}"]}""", arguments);
        Assert.Equal((ToolOutcome.Succeeded, printed), (result.Outcome, result.Text));
    }

    [Fact]
    public async Task A_command_without_placeholders_reads_its_arguments_as_JSON()
    {
        ToolResult result = await RunAsync("""{"name":"t","parameters":{"type":"object","properties":{"a":{}}},"command":["cat"]}""", """{ "a": ["é", 1.50] }""");
        Assert.Equal("""{"a":["é",1.50]}""", result.Text);
    }

    [Fact]
    public async Task A_command_that_fails_tells_its_exit_code_and_what_it_printed()
    {
        ToolResult result = await RunAsync("""{"name":"t","command":["cat","no-such-file"]}""", "{}");
        Assert.Equal(ToolOutcome.Failed, result.Outcome);
        Assert.StartsWith("functions.t failed: exit code 1\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("no-such-file", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_given_up_is_killed_with_all_that_it_started()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked at in /proc.");
        string pids = Path.Combine(_folder.FullName, "pids");
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task run = RunAsync($$"""{"name":"t","command":["sh","-c","sleep 1000 & echo $$ $! > {{pids}}; wait"]}""", "{}", source.Token);
        string[] started = [];
        while (started.Length < 2)    // until the shell has told of both
        {
            await Task.Delay(5, Cancellation);
            started = File.Exists(pids) ? (await File.ReadAllTextAsync(pids, Cancellation)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];
        }
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        foreach (string pid in started)
        {
            while (IsRunning(pid))    // it dies as soon as the system gets to it
                await Task.Delay(5, Cancellation);
        }
    }

    [Fact]
    public async Task A_tool_says_how_long_it_may_take()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no cat on Windows.");
        IReadOnlyList<AgentTools> tools = await ReadAsync("""[{"name":"a","command":["cat"],"timeout":0.5},{"name":"b","command":["cat"]}]""");
        Assert.Equal(TimeSpan.FromSeconds(0.5), tools[0].Functions[0].AdditionalProperties[ToolRunner.TimeoutKey]);
        Assert.False(tools[0].Functions[1].AdditionalProperties.ContainsKey(ToolRunner.TimeoutKey));
    }

    [Fact]
    public async Task Endless_output_is_bounded()
    {
        ToolResult result = await RunAsync("""{"name":"t","command":["sh","-c","yes | head -c 5000000"]}""", "{}");
        Assert.True(result.IsCut);
        Assert.True(result.Text.Length < 40_000);
    }

    [Fact]
    public async Task Folder_and_environment_are_those_of_the_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "sub"));
        ToolResult result = await RunAsync("""{"name":"t","command":["sh","-c","echo $GREETING; pwd"],"directory":"sub","environment":{"GREETING":"hello"}}""", "{}");
        Assert.StartsWith("hello\n", result.Text, StringComparison.Ordinal);
        Assert.EndsWith("/sub", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_beside_the_file_is_found_by_its_path_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is one of Unix.");
        string script = Path.Combine(_folder.FullName, "hello");
        await File.WriteAllTextAsync(script, "#!/bin/sh\necho hello\n", Cancellation);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal("hello", (await RunAsync("""{"name":"t","command":["./hello"]}""", "{}")).Text);
        Assert.Contains("there is no program 'hello'", (await Assert.ThrowsAsync<CliException>(() => RunAsync("""{"name":"t","command":["hello"]}""", "{}"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespaces_group_tools()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no cat on Windows.");
        IReadOnlyList<AgentTools> tools = await ReadAsync("""[{"name":"a","namespace":"git","command":["cat"]},{"name":"a","command":["cat"]},{"name":"b","namespace":"git","command":["cat"]}]""");
        Assert.Equal(["git: a b", "functions: a"], tools.Select(space => $"{space.Name}: {string.Join(' ', space.Functions.Select(function => function.Name))}"));
    }

    async Task<ToolResult> RunAsync(string tool, string arguments, CancellationToken? cancellationToken = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs are those of Unix.");
        IReadOnlyList<AgentTools> tools = await ReadAsync($"[{tool}]");
        CallResolver resolver = new(tools.Select(space => space.ToNamespace()));
        HarmonyCall call = resolver.Resolve(HarmonyHistory.Call("t", arguments))!;
        ToolResult? result = null;
        await foreach (AgentStep step in new ToolRunner(tools).RunAsync([call], cancellationToken: cancellationToken ?? Cancellation))
            result = (step as CallCompleted)?.Result;
        return result!;
    }

    async Task<IReadOnlyList<AgentTools>> ReadAsync(string file)
    {
        string path = Path.Combine(_folder.FullName, "tools.json");
        await File.WriteAllTextAsync(path, file, Cancellation);
        return await CommandToolFile.ReadAsync(new FileInfo(path), Cancellation);
    }

    static bool IsRunning(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;    // it is gone
        }
    }
}
