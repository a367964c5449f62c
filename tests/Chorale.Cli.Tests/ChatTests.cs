using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class ChatTests
{
    [Fact]
    public async Task A_prompt_is_answered_on_stdout_and_reasoned_about_on_stderr()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "What is 17 + 25?");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("17 + 25 = 42.\n", run.Output);
        Assert.StartsWith("17 + 25 = 30 + 12 = 42.\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("tokens", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output + run.Error);
    }

    [Fact]
    public async Task Reasoning_can_be_hidden()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--hide-reasoning", "What is 17 + 25?");
        Assert.Equal("17 + 25 = 42.\n", run.Output);
        Assert.DoesNotContain("30 + 12", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Effort_changes_how_long_it_reasons()
    {
        CommandLine low = await CommandLine.RunAsync("chat", "--effort", "low", "What is 17 + 25?");
        CommandLine high = await CommandLine.RunAsync("chat", "--effort", "high", "What is 17 + 25?");
        Assert.Equal("17 + 25 = 42.\n", low.Output);
        Assert.Equal("17 + 25 = 42.\n", high.Output);
        Assert.StartsWith("[prompt", low.Error, StringComparison.Ordinal);
        Assert.Contains("Tens: 10 + 20 = 30.", high.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "chat", "What", "is", "17 + 25?" }, "")]
    [InlineData(new[] { "chat", "What is 17 + 25?" }, "  \n\n")]
    [InlineData(new[] { "chat", "-" }, "What is 17 + 25?\n")]
    [InlineData(new[] { "chat" }, "What is 17 + 25?")]
    [InlineData(new[] { "chat" }, "\n\"\"\"\nWhat is 17 + 25?\n\"\"\"\n")]
    public async Task The_prompt_may_come_from_arguments_or_a_pipe(string[] args, string input)
    {
        CommandLine run = await CommandLine.RunAsync(input, args);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("17 + 25 = 42.\n", run.Output);
    }

    [Fact]
    public async Task Text_piped_in_beside_a_prompt_is_appended()
    {
        CommandLine run = await CommandLine.RunAsync("strawberry\n", ["chat", "--json", "Spell it."]);
        string content = run.Json[0].GetProperty("messages")[1].GetProperty("content").GetString()!;
        Assert.Equal("Spell it.\n\nstrawberry", content);
    }

    [Fact]
    public async Task Lines_from_a_pipe_are_turns_of_one_conversation()
    {
        CommandLine run = await CommandLine.RunAsync("""
            What is 17 + 25?
            What is the capital of Japan?
            Who are you?
            """, ["chat", "--json"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Json.Count);
        Assert.Equal("17 + 25 = 42.", run.Json[0].GetProperty("answer").GetString());
        Assert.Equal("The capital of Japan is Tokyo.", run.Json[1].GetProperty("answer").GetString());
        Assert.Contains("gpt-oss-nano", run.Json[2].GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(["user", "user", "user"], run.Json[2].GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()).Where(r => r == "user"));
        Assert.True(run.Json[2].GetProperty("usage").GetProperty("cached_prompt_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Commands_work_in_a_conversation()
    {
        CommandLine run = await CommandLine.RunAsync("""
            /effort low
            What is 17 + 25?
            /reset
            /effort high
            /raw
            What is the capital of Japan?
            /help
            /nonsense
            /exit
            never said
            """, ["chat"]);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("17 + 25 = 42.\n<|channel|>analysis<|message|>", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("<|channel|>final<|message|>The capital of Japan is Tokyo.<|return|>\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Reasoning: high", run.Error, StringComparison.Ordinal);   // the raw prompt
        Assert.DoesNotContain("17 + 25", run.Error[run.Error.IndexOf("Reasoning: high", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("'/nonsense' is no command", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("never said", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_tells_answer_reasoning_usage_and_conversation()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--json", "--instructions", "Be brief.", "What is 17 + 25?");
        JsonElement turn = Assert.Single(run.Json);
        Assert.Equal("stop", turn.GetProperty("finish").GetString());
        JsonElement usage = turn.GetProperty("usage");
        Assert.Equal(turn.GetProperty("tokens").GetArrayLength(), usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("reasoning_tokens").GetInt32() + usage.GetProperty("final_tokens").GetInt32());
        Assert.Equal("system", turn.GetProperty("messages")[0].GetProperty("role").GetString());
        Assert.Equal("2026-11-21", turn.GetProperty("messages")[0].GetProperty("content")[0].GetProperty("conversation_start_date").GetString());
        Assert.Equal("Be brief.", turn.GetProperty("messages")[1].GetProperty("content")[0].GetProperty("instructions").GetString());

        CommandLine rendered = await CommandLine.RunAsync($$"""{"messages":{{turn.GetProperty("messages").GetRawText()}}}""", ["render", "--for", "conversation"]);
        Assert.Equal(0, rendered.ExitCode);
        Assert.Contains("Be brief.", rendered.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_ends_the_answer_and_says_so()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--max-tokens", "6", "--effort", "low", "What is 17 + 25?");
        Assert.Equal(0, run.ExitCode);
        Assert.NotEqual("17 + 25 = 42.\n", run.Output);
        Assert.Contains("reached the limit of 6", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_context_ends_the_answer_and_says_so()
    {
        CommandLine whole = await CommandLine.RunAsync("chat", "--json", "What is 17 + 25?");
        int prompt = whole.Json[0].GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        CommandLine run = await CommandLine.RunAsync("chat", "--context", $"{prompt + 8}", "What is 17 + 25?");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"the context of {prompt + 8} ids is full", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_names_both_lengths()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--context", "50", "What is 17 + 25?");
        run.AssertFails(ExitCodes.Failure, "50", "ids");
    }

    [Fact]
    public async Task A_context_beyond_the_model_is_refused() =>
        (await CommandLine.RunAsync("chat", "--context", "5000", "Hi")).AssertFails(ExitCodes.Failure, "5000", "4096");

    [Fact]
    public async Task Nothing_to_say_is_wrong_usage()
    {
        (await CommandLine.RunAsync("chat")).AssertFails(ExitCodes.Usage, "nothing to answer");
        (await CommandLine.RunAsync("chat", "")).AssertFails(ExitCodes.Usage, "empty");
    }

    [Fact]
    public async Task An_interrupt_stops_the_answer()
    {
        CommandLine run = await CommandLine.RunAsync([], ["chat", "--effort", "low", "Who are you?"], interruptAt: 2);
        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.StartsWith("I", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Chorale.", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("[stopped]\n", run.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupt_stops_the_answer_and_not_the_conversation()
    {
        CommandLine run = await CommandLine.RunAsync("Who are you?\nWhat is 17 + 25?\n"u8.ToArray(), ["chat", "--effort", "low"], interruptAt: 2);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[stopped]", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n17 + 25 = 42.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_recorded_model_may_talk()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "Hi", "--model", TestData.PathOf("model/pub-b.gguf"), "--max-tokens", "20", "--seed", "3");
        Assert.Equal(0, run.ExitCode);
    }
}
