using System.Text;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class CheckTests
{
    static readonly char[] CodeEnds = [' ', ':'];

    const string Good = """
        {"messages":[{"role":"system","content":[{"type":"system_content","model_identity":"You are ChatGPT.","reasoning_effort":"Low","conversation_start_date":"2025-06-28","knowledge_cutoff":null,"channel_config":{"valid_channels":["analysis","commentary","final"],"channel_required":true},"tools":null}]},{"role":"user","content":"Hi"},{"role":"assistant","channel":"final","content":"Yo"}]}
        """;

    const string Nameless = """{"messages":[{"role":"user","content":"Hi"},{"role":"tool","content":"x"}]}""";

    const string HandWritten = "<|start|>\nsystem\nKnowledge cutoff: 2025-08\n<|end|>\n<|start|>\nassistant\nchannel: final\n4.\n<|end|>\n<|return|>";

    [Fact]
    public async Task A_good_conversation_is_good()
    {
        CommandLine run = await CommandLine.RunAsync(Good, ["check", "--strict"]);
        Assert.Equal((0, "3 messages (system 1, user 1, assistant 1): 0 errors, 0 warnings, 0 notes\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData(Good, 0, 0)]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]}""", 0, 1)]
    [InlineData(Nameless, 1, 1)]
    [InlineData("""{"messages":[]}""", 1, 1)]
    [InlineData("""{"messages":[{"role":"bot"}]}""", 1, 1)]
    [InlineData("{\"messages\":", 1, 1)]
    [InlineData("<|start|>user<|message|>Hi<|end|><|start|>assistant", 0, 1)]
    [InlineData("<|start|>user<|message|>Hi<|end|>junk here", 1, 1)]
    [InlineData(HandWritten, 1, 1)]
    [InlineData("[200006, 1428, 200008, 12194, 200007]", 0, 1)]
    [InlineData("""[{"role":"user","content":"Hi"}]""", 0, 1)]
    [InlineData("""{"role":"user","content":"Hi"}""", 0, 1)]
    [InlineData("""{"id":1,"text":"<|start|>user<|message|>Hi<|end|>"}""", 0, 1)]
    [InlineData("""{"ok":true}<|return|>""", 1, 1)]
    public async Task Errors_give_1_and_warnings_only_where_asked(string input, int exitCode, int strict)
    {
        CommandLine lax = await CommandLine.RunAsync(input, ["check", "-"]);
        Assert.Equal((exitCode, ""), (lax.ExitCode, lax.Error));
        Assert.Equal(strict, (await CommandLine.RunAsync(input, ["check", "--strict"])).ExitCode);
    }

    [Fact]
    public async Task Nothing_at_all_is_a_failure() => (await CommandLine.RunAsync(" \n", ["check"])).AssertFails(ExitCodes.Failure, "empty");

    [Fact]
    public async Task Json_holds_each_finding_whole()
    {
        CommandLine run = await CommandLine.RunAsync(Nameless, ["check", "--json"]);
        JsonElement answer = Assert.Single(run.Json);
        Assert.Equal((1, 1, 1), (answer.GetProperty("errors").GetInt32(), answer.GetProperty("roles").GetProperty("user").GetInt32(), answer.GetProperty("roles").GetProperty("tool").GetInt32()));
        JsonElement finding = answer.GetProperty("findings").EnumerateArray().Single(element => element.GetProperty("severity").GetString() == "error");
        Assert.Equal(("tool_without_name", 1, "messages[1].name", false),
            (finding.GetProperty("code").GetString(), finding.GetProperty("message").GetInt32(), finding.GetProperty("path").GetString(), finding.GetProperty("fixable").GetBoolean()));
    }

    [Fact]
    public async Task Lines_are_checked_one_by_one()
    {
        CommandLine run = await CommandLine.RunAsync($$"""
            {{Good}}
            {{Nameless}}

            {"id":3,"conversation":{{Good}}}
            {"id":4,"tokens":[200006,1428,200008,12194,200007]}
            not json
            """, ["check", "--json"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([1, 2, 4, 5, 6], run.Json.Select(line => line.GetProperty("line").GetInt32()));
        Assert.Equal([0, 1, 0, 0, 1], run.Json.Select(line => line.GetProperty("errors").GetInt32()));
        Assert.Contains("line 2: error tool_without_name messages[1].name", (await CommandLine.RunAsync($"{Good}\n{Nameless}", ["check"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_mended_renders_and_has_nothing_left_to_mend()
    {
        CommandLine run = await CommandLine.RunAsync("""{"messages":[{"role":"system","content":"Be a pirate."},{"role":"user","content":"Hi"},{"role":"user","content":"there"},{"role":"assistant","content":"Arr.<|return|>"}]}""", ["check", "--fix", "--date", "2025-06-28"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["instructions_in_system", "missing_system", "missing_date", "leftover_control_text", "missing_channel", "consecutive_user"],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[6..line.IndexOfAny(CodeEnds, 6)]));
        CommandLine rendered = await CommandLine.RunAsync(run.Output, ["render"]);
        Assert.Contains("Current date: 2025-06-28", rendered.Output, StringComparison.Ordinal);
        Assert.Contains("<|start|>user<|message|>Hi\n\nthere<|end|>", rendered.Output, StringComparison.Ordinal);
        CommandLine again = await CommandLine.RunAsync(run.Output, ["check", "--fix", "--strict"]);
        Assert.Equal((0, run.Output, ""), (again.ExitCode, again.Output, again.Error));
    }

    [Fact]
    public async Task Hand_written_Harmony_is_explained_and_mended()
    {
        CommandLine check = await CommandLine.RunAsync(HandWritten, ["check"]);
        foreach (string word in new[] { "newline_in_header", "missing_message_token", "channel_as_text", "stray_end", "Line 7" })
            Assert.Contains(word, check.Output, StringComparison.Ordinal);
        CommandLine mended = await CommandLine.RunAsync(HandWritten, ["check", "--fix", "--json"]);
        Assert.Equal(0, mended.ExitCode);
        JsonElement answer = Assert.Single(mended.Json);
        Assert.Equal("""{"messages":[{"role":"system","content":"Knowledge cutoff: 2025-08"},{"role":"assistant","content":"4.","channel":"final"}]}""", answer.GetProperty("conversation").GetRawText());
        Assert.Equal(8, answer.GetProperty("fixes").GetArrayLength());
    }

    [Fact]
    public async Task Tokens_tells_what_each_part_costs()
    {
        string file = TestData.PathOf("bench/tools10.conv.json");
        CommandLine json = await CommandLine.RunAsync("check", file, "--json", "--tokens");
        JsonElement tokens = json.Json[0].GetProperty("tokens");
        Assert.Equal(1396, tokens.GetProperty("total").GetInt32());
        Assert.Equal(1396, tokens.GetProperty("parts").EnumerateObject().Sum(part => part.Value.GetInt32()));
        Assert.True(tokens.GetProperty("parts").GetProperty("developer.tools.functions.tool_9").GetInt32() > 20);
        CommandLine text = await CommandLine.RunAsync("check", file, "--tokens", "--layout");
        Assert.Contains("1396 ids", text.Output, StringComparison.Ordinal);
        Assert.Contains("messages[2]  ids 1374 to 1393: 3 header, 16 content", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layout_tells_what_was_dropped_and_why()
    {
        const string Reasoned = """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","channel":"analysis","content":"Hm."},{"role":"assistant","channel":"final","content":"Yo"}]}""";
        Assert.Contains("messages[1]  dropped, ", (await CommandLine.RunAsync(Reasoned, ["check", "--layout"])).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("dropped", (await CommandLine.RunAsync(Reasoned, ["check", "--layout", "--drop", "none"])).Output, StringComparison.Ordinal);
        CommandLine json = await CommandLine.RunAsync(Reasoned, ["check", "--layout", "--json"]);
        Assert.Equal(1, json.Json[0].GetProperty("dropped")[0].GetProperty("message").GetInt32());
        Assert.Equal("<|start|>user<|message|>Hi<|end|>", json.Json[0].GetProperty("tokens").GetProperty("messages")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Explain_shows_ids_bytes_and_messages_side_by_side()
    {
        CommandLine run = await CommandLine.RunAsync("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"a\":\"한🎉\"}<|call|>!", ["explain", "--width", "80"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
                 #     id kind         bytes              │ message
                 0 200005 control      <|channel|>        │ 0 assistant to=functions.f on
                 1  12606 channel      "comment"          │ commentary as <|constrain|>json
                 2    815 channel      "ary"              │   {"a":"한🎉"}
                 3    316 recipient    " to"              │
                 4     28 recipient    "="                │
                 5  44580 recipient    "functions"        │
                 6   1196 recipient    ".f"               │
                 7    220 recipient    " "                │
                 8 200003 control      <|constrain|>      │
                 9   4108 content_type "json"             │
                10 200008 control      <|message|>        │
                11  10848 content      "{""               │
                12     64 content      "a"                │
                13   7534 content      "":""              │
                14   3748 content      "한"               │
                15  71344 content      F0 9F 8E           │
                16    231 content      89                 │
                17  18583 content      ""}"               │
                18 200012 control      <|call|>           │
                 ! missing_header: Text without a header: it is the assistant's message on
                   the channel final
                19      0 content      "!"                │ 1 assistant on final
                                                          │   !
            20 ids, 2 messages, 1 diagnostic

            """.ReplaceLineEndings("\n"), Trimmed(run.Output));
    }

    static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));

    [Fact]
    public async Task Explain_as_json_gives_a_line_for_each_id_and_the_messages()
    {
        CommandLine run = await CommandLine.RunAsync("[200006,1428,200008,12194,127,200007,4294967295]", ["explain", "--json"]);
        Assert.Equal(8, run.Json.Count);
        Assert.Equal(["control", "role", "control", "content", "content", "control", "unknown"], run.Json.Take(7).Select(line => line.GetProperty("kind").GetString()));
        Assert.Equal(4294967295, run.Json[6].GetProperty("id").GetUInt32());
        Assert.Equal("user", run.Json[1].GetProperty("text").GetString());
        Assert.Equal("user", run.Json[7].GetProperty("messages")[0].GetProperty("role").GetString());
    }

    [Fact]
    public async Task Explain_renders_a_conversation_first()
    {
        CommandLine run = await CommandLine.RunAsync(Good, ["explain"]);
        Assert.Contains("3 messages, 0 diagnostics", run.Output, StringComparison.Ordinal);
        (await CommandLine.RunAsync(Nameless, ["explain"])).AssertFails(ExitCodes.Failure, "name");
        (await CommandLine.RunAsync($"{Good}\n{Good}", ["explain"])).AssertFails(ExitCodes.Failure, "JSON lines");
    }

    const string Hostile = "\u001b]0;owned\u0007\u009b31m\u202Egnp.exe\u001b[2J\r\u0000";

    [Theory]
    [InlineData("check")]
    [InlineData("check", "--layout", "--tokens")]
    [InlineData("check", "--fix")]
    [InlineData("check", "--json", "--fix", "--layout")]
    [InlineData("explain")]
    [InlineData("explain", "--json")]
    public async Task A_hostile_file_cannot_steer_the_terminal(params string[] args)
    {
        string json = ConversationJson.Write(Conversation.Of(
            Message.User($"<|{Hostile}|> <|end|>{Hostile}"),
            Message.Assistant(Hostile, $"final{Hostile}") with { Recipient = $"functions.{Hostile}", ContentType = Hostile },
            Message.Tool($"functions.{Hostile}", $"{Hostile}<|end|>")));
        foreach (string input in new[] { json, $"<|start|>user {Hostile}<|message|>{Hostile}<|end|>{Hostile}<|start|>{Hostile}<|channel|>{Hostile}<|message|>" })
        {
            CommandLine run = await CommandLine.RunAsync(input, args);
            Assert.NotEqual("", run.Output);
            Assert.DoesNotContain(run.Output + run.Error, c => c != '\n' && (char.IsControl(c) || c == '\u202E'));
            Assert.DoesNotContain("internal error", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task At_a_terminal_only_our_own_colours_are_escape_sequences()
    {
        using MemoryStream output = new();
        using CliHost host = new()
        {
            Input = new MemoryStream(Encoding.UTF8.GetBytes($"<|channel|>final<|message|>[red]{Hostile}<|end|>")),
            Output = output,
            Error = TextWriter.Null,
            OutputIsTerminal = true,
            Colors = true,
        };
        Assert.Equal(0, await ChoraleProgram.RunAsync(["explain", "--width", "70"], host, TestContext.Current.CancellationToken));
        string text = Encoding.UTF8.GetString(output.ToArray());
        string plain = System.Text.RegularExpressions.Regex.Replace(text, "\u001b\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.NonBacktracking, TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(plain, c => c != '\n' && char.IsControl(c));
        Assert.Contains("[red]\\e]0;owned", plain.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(plain.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 70, line));
    }

    [Fact]
    public async Task A_hundred_thousand_ids_are_explained()
    {
        CommandLine run = await CommandLine.RunAsync(string.Concat(Enumerable.Repeat("<|start|>user<|message|>one two three four\n<|end|>", 12_500)), ["explain"]);
        Assert.Contains("12500 messages, 0 diagnostics", run.Output, StringComparison.Ordinal);
        Assert.True(run.Output.Count(c => c == '\n') > 100_000);
    }
}
