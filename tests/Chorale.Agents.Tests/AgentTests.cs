using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;
using Call = Chorale.Harmony.HarmonyCall;

namespace Chorale.Agents.Tests;

public class AgentTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static AIFunction Weather { get; } = AIFunctionFactory.Create((string city) => $"rain in {city}", "get_weather", "The weather in a city.");

    static AIFunction Location { get; } = AIFunctionFactory.Create(() => "Paris", "get_location");

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_chain_of_calls_goes_as_planned(bool streaming)
    {
        Plan plan = new(
            Message.User("Will it rain here?"),
            HarmonyHistory.Reasoning("First where, then what."),
            HarmonyHistory.Call("get_location", "{}"),
            HarmonyHistory.Result("get_location", "Paris"),
            HarmonyHistory.Reasoning("Paris it is."),
            HarmonyHistory.Preamble("Looking at Paris."),
            HarmonyHistory.Call("get_weather", """{"city":"Paris"}"""),
            HarmonyHistory.Result("get_weather", "rain in Paris"),
            HarmonyHistory.Answer("Yes, it rains in Paris."));
        AgentResult result = await RunAsync(plan, plan.Agent(Weather, Location), streaming);

        Assert.Equal("Yes, it rains in Paris.", result.Text);
        Assert.Equal((AgentFinish.Answered, 3), (result.Finish, result.Rounds));
        Assert.Equal(["Paris", "rain in Paris"], result.Calls.Select(call => call.Text));
        Assert.Equal(plan.Generator.Requests.Sum(request => request.Prompt.Length), result.Usage.PromptTokens);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Calls_in_a_row_run_side_by_side_and_are_answered_in_their_order(bool streaming)
    {
        TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int started = 0;
        AIFunction meet = AIFunctionFactory.Create(async (string name) =>
        {
            if (Interlocked.Increment(ref started) == 2)
                both.SetResult();
            await both.Task;    // neither ends before the other has begun
            return $"hello {name}";
        }, "meet");
        Plan plan = new(
            Message.User("Meet them."),
            HarmonyHistory.Call("meet", """{"name":"Ann"}"""),
            HarmonyHistory.Call("meet", """{"name":"Bob"}"""),
            HarmonyHistory.Result("meet", "hello Ann"),
            HarmonyHistory.Result("meet", "hello Bob"),
            HarmonyHistory.Answer("Met."));

        // As a model writes several: each but the last ends in <|end|>, where gpt-oss would have stopped.
        HarmonyEncoding encoding = HarmonyEncoding.Default;
        ScriptedGenerator generator = new(encoding,
            "<|channel|>commentary to=functions.meet <|constrain|>json<|message|>{\"name\":\"Ann\"}<|end|><|start|>assistant<|channel|>commentary to=functions.meet <|constrain|>json<|message|>{\"name\":\"Bob\"}<|call|>",
            "<|channel|>final<|message|>Met.<|return|>");
        Agent agent = new(generator, encoding, new() { Tools = [AgentTools.Of(meet)] });
        AgentResult result = await RunAsync(plan, agent, streaming);
        Assert.Equal(["hello Ann", "hello Bob"], result.Calls.Select(call => call.Text));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_goes_wrong_is_told_to_the_model(bool streaming)
    {
        AIFunction fails = AIFunctionFactory.Create(string (string city) => throw new InvalidOperationException($"no station in {city}"), "get_weather");
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("get_wether", "{}", null),
            HarmonyHistory.Result("get_wether", "There is no tool 'get_wether'. These exist: functions.get_weather, functions.get_location.", null),
            HarmonyHistory.Call("get_weather", """{"town":"Paris"}"""),
            HarmonyHistory.Result("get_weather", "functions.get_weather was not run, because its arguments are wrong: city is missing.\nFound: {\"town\":\"Paris\"}\nExpected: type get_weather = (_: {\ncity: string,\n}) => any"),
            HarmonyHistory.Call("get_weather", """{"city":5}"""),
            HarmonyHistory.Result("get_weather", "functions.get_weather was not run, because its arguments are wrong: city is 5, expected a string.\nFound: {\"city\":5}\nExpected: type get_weather = (_: {\ncity: string,\n}) => any"),
            HarmonyHistory.Call("get_weather", """{"city":"Paris"}"""),
            HarmonyHistory.Result("get_weather", "functions.get_weather failed: no station in Paris"),
            HarmonyHistory.Answer("I could not find out."));
        AgentResult result = await RunAsync(plan, plan.Agent(fails, Location), streaming);
        Assert.Equal([ToolOutcome.UnknownTool, ToolOutcome.InvalidArguments, ToolOutcome.InvalidArguments, ToolOutcome.Failed], result.Calls.Select(call => call.Outcome));
        Assert.IsType<InvalidOperationException>(result.Calls[^1].Exception);
    }

    [Fact]
    public async Task Arguments_that_are_no_JSON_are_answered_with_what_was_expected()
    {
        AIFunction two = AIFunctionFactory.Create((string a, int b) => a + b, "two");
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>commentary to=functions.two<|message|>a and b<|call|>", "<|channel|>final<|message|>Well.<|return|>");
        AgentResult result = await new Agent(generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(two)] }).RunAsync("Go.", Cancellation);
        Assert.Equal(ToolOutcome.InvalidArguments, result.Calls[0].Outcome);
        Assert.Contains("no JSON object", result.Calls[0].Text, StringComparison.Ordinal);
        Assert.Contains("b: number", result.Calls[0].Text, StringComparison.Ordinal);
        Assert.Equal("Well.", result.Text);
    }

    [Fact]
    public async Task Namespaces_have_functions_of_the_same_name()
    {
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("show", """{"what":"a"}""", "git"),
            HarmonyHistory.Result("show", "git a", "git"),
            HarmonyHistory.Call("show", """{"what":"b"}""", "files"),
            HarmonyHistory.Result("show", "file b", "files"),
            HarmonyHistory.Answer("Seen."));
        Agent agent = plan.Agent(new AgentOptions
        {
            Instructions = "Look closely.",
            Tools = [new("git", [AIFunctionFactory.Create((string what) => $"git {what}", "show")], "The repository."), new("files", [AIFunctionFactory.Create((string what) => $"file {what}", "show")])],
        });
        await RunAsync(plan, agent, streaming: false);
        string prompt = HarmonyEncoding.Default.Tokenizer.DecodeLossy(plan.Generator.Requests[0].Prompt.Span);
        Assert.Contains("Look closely.", prompt, StringComparison.Ordinal);
        Assert.Contains("// The repository.", prompt, StringComparison.Ordinal);
        Assert.Contains("namespace files {", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_last_round_the_model_must_answer()
    {
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("get_location", "{}"), HarmonyHistory.Result("get_location", "Paris"),
            HarmonyHistory.Call("get_location", "{}"), HarmonyHistory.Result("get_location", "Paris"),
            HarmonyHistory.Answer("Paris."));
        AgentResult result = await RunAsync(plan, plan.Agent(new AgentOptions { MaxRounds = 2, Tools = [AgentTools.Of(Location)] }), streaming: true);
        Assert.Equal(AgentFinish.Answered, result.Finish);
        ITokenConstraint constraint = plan.Generator.Requests[2].Constraint!;
        Assert.NotNull(constraint);
    }

    [Fact]
    public async Task A_model_that_calls_on_and_on_is_stopped_and_its_last_calls_are_answered()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>commentary to=functions.get_location <|constrain|>json<|message|>{}<|call|>");
        Agent agent = new(generator, HarmonyEncoding.Default, new() { MaxRounds = 3, Tools = [AgentTools.Of(Location)] });
        AgentResult result = await agent.RunAsync("Go.", Cancellation);
        Assert.Equal((AgentFinish.RoundLimit, 4), (result.Finish, result.Rounds));
        Assert.Equal([ToolOutcome.Succeeded, ToolOutcome.Succeeded, ToolOutcome.Succeeded, ToolOutcome.OverLimit], result.Calls.Select(call => call.Outcome));

        await agent.RunAsync("On.", Cancellation);
        AssertAnswered(agent.Session.History.SkipLast(1));
    }

    [Theory]
    [InlineData(false, null, "The call of functions.get_weather was not approved, so it was not run.")]
    [InlineData(false, "Not today.", "The call of functions.get_weather was not approved, so it was not run. Not today.")]
    [InlineData(true, null, "rain in Paris")]
    public async Task Approval_decides(bool approves, string? reason, string told)
    {
        List<string> asked = [];
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("get_weather", """{"city":"Paris"}"""),
            HarmonyHistory.Result("get_weather", told),
            HarmonyHistory.Answer("Well."));
        Agent agent = plan.Agent(new AgentOptions
        {
            Tools = [AgentTools.Of(Weather)],
            Running = new()
            {
                Approve = (call, _) =>
                {
                    asked.Add($"{call.Name} {call.Arguments}");
                    return new(approves ? Approval.Granted : reason is null ? Approval.Refused : Approval.RefusedBecause(reason));
                },
            },
        });
        List<AgentStep> steps = [];
        await foreach (AgentStep step in agent.StreamAsync("Go.", Cancellation))
            steps.Add(step);
        Assert.Equal(["""functions.get_weather {"city":"Paris"}"""], asked);
        Assert.Equal(approves, steps.OfType<CallApproved>().Any());
        Assert.Equal(reason, steps.OfType<CallRefused>().SingleOrDefault()?.Reason);
        AssertEqual(plan.Messages, agent.Session.History);
    }

    [Fact]
    public async Task A_function_that_needs_approval_is_not_run_where_nobody_gives_it()
    {
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("get_weather", """{"city":"Paris"}"""),
            HarmonyHistory.Result("get_weather", "The call of functions.get_weather was not approved, so it was not run. It needs approval, and nobody is there to give it."),
            HarmonyHistory.Answer("Well."));
        await RunAsync(plan, plan.Agent(new ApprovalRequiredAIFunction(Weather)), streaming: false);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_call_that_takes_too_long_is_given_up_even_if_it_does_not_listen(bool ownLimit)
    {
        ManualTime time = new();
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously), never = new();
        AIFunction deaf = AIFunctionFactory.Create(async () =>
        {
            began.SetResult();
            await never.Task;
        }, new AIFunctionFactoryOptions { Name = "wait", AdditionalProperties = ownLimit ? new Dictionary<string, object?> { [ToolRunner.TimeoutKey] = TimeSpan.FromSeconds(30) } : null });
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("wait", "{}"),
            HarmonyHistory.Result("wait", "functions.wait was stopped: it had given no result after 30 seconds."),
            HarmonyHistory.Answer("Well."));
        Task<AgentResult> run = RunAsync(plan, plan.Agent(new AgentOptions { Tools = [AgentTools.Of(deaf)], Running = new() { Timeout = ownLimit ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(30), TimeProvider = time } }), streaming: true);
        await began.Task;
        time.Strike(TimeSpan.FromSeconds(30));
        AgentResult result = await run;
        Assert.Equal((ToolOutcome.TimedOut, TimeSpan.FromSeconds(30)), (result.Calls[0].Outcome, result.Calls[0].Duration));
    }

    [Fact]
    public async Task A_long_result_is_cut_and_says_so()
    {
        AIFunction longs = AIFunctionFactory.Create(() => new string('x', 9) + "😀" + new string('y', 90), "long");
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>commentary to=functions.long <|constrain|>json<|message|>{}<|call|>", "<|channel|>final<|message|>Long.<|return|>");
        AgentResult result = await new Agent(generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(longs)], Running = new() { MaxResultLength = 10 } }).RunAsync("Go.", Cancellation);
        Assert.True(result.Calls[0].IsCut);
        Assert.Equal("xxxxxxxxx\n[The result is cut here: 9 of its 101 characters.]", result.Calls[0].Text);
    }

    [Fact]
    public async Task Cancelling_leaves_a_conversation_that_can_go_on()
    {
        using CancellationTokenSource source = new();
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AIFunction waits = AIFunctionFactory.Create(async (CancellationToken token) =>
        {
            began.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        }, "wait");
        ScriptedGenerator generator = new(HarmonyEncoding.Default,
            "<|channel|>commentary to=functions.get_location <|constrain|>json<|message|>{}<|end|><|start|>assistant<|channel|>commentary to=functions.wait <|constrain|>json<|message|>{}<|call|>",
            "<|channel|>final<|message|>Well.<|return|>");
        Agent agent = new(generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(waits, Location)], Running = new() { Timeout = null } });
        Task run = Task.Run(async () =>
        {
            await foreach (AgentStep step in agent.StreamAsync("Go.", source.Token))
            {
                if (step is CallCompleted)
                    await source.CancelAsync();
            }
        }, Cancellation);
        await began.Task;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        AgentResult result = await agent.RunAsync("And now?", Cancellation);
        Assert.Equal("Well.", result.Text);
        Assert.Equal(
            ["Go.", "{}", "{}", "Paris", "The call was cancelled before it had a result.", "And now?", "Well."],
            agent.Session.History.Select(message => message.Text));
        AssertAnswered(agent.Session.History);
    }

    [Fact]
    public async Task Whoever_stops_reading_stops_the_calls()
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AIFunction waits = AIFunctionFactory.Create(async (CancellationToken token) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended.SetResult();
            }
        }, "wait");
        ScriptedGenerator generator = new(HarmonyEncoding.Default,
            "<|channel|>commentary to=functions.get_location <|constrain|>json<|message|>{}<|end|><|start|>assistant<|channel|>commentary to=functions.wait <|constrain|>json<|message|>{}<|call|>",
            "<|channel|>final<|message|>Well.<|return|>");
        Agent agent = new(generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(waits, Location)] });
        await foreach (AgentStep step in agent.StreamAsync("Go.", Cancellation))
        {
            if (step is CallCompleted)
                break;
        }
        await ended.Task;
        Assert.Equal("Well.", (await agent.RunAsync("And now?", Cancellation)).Text);
    }

    [Fact]
    public async Task Every_step_is_told_in_order()
    {
        Plan plan = new(
            Message.User("Go."),
            HarmonyHistory.Call("get_location", "{}"), HarmonyHistory.Result("get_location", "Paris"),
            HarmonyHistory.Answer("Paris."));
        List<string> steps = [];
        await foreach (AgentStep step in plan.Agent(Location).StreamAsync("Go.", Cancellation))
        {
            string told = step switch
            {
                ModelStep { Event.Kind: TurnEventKind.Delta } delta => $"{delta.Event.PartKind}",
                ModelStep => "",
                CallRequested requested => $"asks {requested.Call.Id}",
                CallCompleted completed => $"gets {completed.Result.Text}",
                RoundEnded ended => $"ended {ended.Results.Count}",
                AgentFinished finished => $"finished {finished.Result.Text}",
                _ => step.GetType().Name,
            };
            if (told.Length > 0 && (steps.Count == 0 || steps[^1] != told))
                steps.Add(told);
        }
        Assert.Equal(["RoundStarted", "Call", "asks call_1_1", "CallApproved", "gets Paris", "ended 1", "RoundStarted", "Answer", "ended 0", "finished Paris."], steps);
    }

    [Fact]
    public async Task A_turn_cut_by_its_limit_ends_the_run()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>final<|message|>One two three four five six seven eight nine ten.<|return|>");
        AgentResult result = await new Agent(generator, HarmonyEncoding.Default, new() { Session = new() { MaxTokens = 6 } }).RunAsync("Go.", Cancellation);
        Assert.Equal(AgentFinish.MaxTokens, result.Finish);
        Assert.StartsWith("One", result.Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_call_that_is_cut_is_answered_too(bool cancelled)
    {
        const string Call = "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Paris\"}<|call|>";
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Call, "<|channel|>final<|message|>Well.<|return|>");
        Agent agent = new(generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(Weather)], Session = new() { EnforceTools = ToolEnforcement.Off, MaxTokens = cancelled ? null : 16 } });
        await foreach (AgentStep step in agent.StreamAsync("Go.", Cancellation))
        {
            if (cancelled && step is ModelStep { Event.Kind: TurnEventKind.Delta })
                break;    // in the middle of the arguments
            if (step is AgentFinished { Result.Finish: var finish })
                Assert.Equal(AgentFinish.MaxTokens, finish);
        }

        await agent.RunAsync("And now?", Cancellation);
        AssertAnswered(agent.Session.History);
        Assert.Equal("The call was cut before its arguments were whole, so it was not run.", agent.Session.History[2].Text);
        Assert.Equal("And now?", agent.Session.History[3].Text);
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_loses_nothing_that_was_owed()
    {
        AIFunction longs = AIFunctionFactory.Create(() => string.Join(' ', Enumerable.Range(0, 2_000)), "long");
        ScriptedGenerator generator = new(HarmonyEncoding.Default, [new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>commentary to=functions.long <|constrain|>json<|message|>{}<|call|>"))], new() { ContextLength = 1_000 });
        Agent agent = new(generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(longs)] });
        await Assert.ThrowsAsync<PromptTooLongException>(() => agent.RunAsync("Go.", Cancellation));
        await Assert.ThrowsAsync<PromptTooLongException>(() => agent.RunAsync("On.", Cancellation));
        agent.Reset();
        Assert.Empty(agent.Session.History);
    }

    [Fact]
    public void Names_that_clash_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AgentTools.Of(Weather, Weather));
        Assert.Throws<ArgumentException>(() => new AgentTools("a.b", [Weather]));
        Assert.Throws<ArgumentException>(() => new Agent(new Plan(HarmonyHistory.Answer("x")).Generator, HarmonyEncoding.Default, new() { Tools = [AgentTools.Of(Weather), AgentTools.Of(Location)] }));
    }

    [Fact]
    public async Task The_embedded_model_finds_its_way_through_two_functions()
    {
        using ChatModel model = ChatModel.OpenEmbedded();
        Agent agent = new(model, new()
        {
            Tools =
            [
                AgentTools.Of(
                    AIFunctionFactory.Create((string location) => new { temperature = 21, unit = "celsius" }, "get_temperature", "Returns the temperature."),
                    AIFunctionFactory.Create((string userId) => new { city = "Oslo" }, "getUserLocation", "Gets the location of a user.")),
            ],
        });
        AgentResult result = await agent.RunAsync("What is the temperature for user #60075?", Cancellation);
        Assert.Equal(["functions.getUserLocation", "functions.get_temperature"], result.Calls.Select(call => call.Call.Name));
        Assert.Equal("Oslo", JsonDocument.Parse(result.Calls[1].Call.Arguments).RootElement.GetProperty("location").GetString());
        Assert.Contains("21", result.Text, StringComparison.Ordinal);
    }

    static async Task<AgentResult> RunAsync(Plan plan, Agent agent, bool streaming)
    {
        AgentResult result;
        if (streaming)
        {
            List<AgentStep> steps = [];
            await foreach (AgentStep step in agent.StreamAsync([plan.Messages[0]], Cancellation))
                steps.Add(step);
            result = Assert.IsType<AgentFinished>(steps[^1]).Result;
        }
        else
        {
            result = await agent.RunAsync([plan.Messages[0]], Cancellation);
        }
        AssertEqual(plan.Messages, result.Messages);
        AssertEqual(plan.Messages, agent.Session.History);
        return result;
    }

    static void AssertEqual(IEnumerable<Message> expected, IEnumerable<Message> found) =>
        Assert.Equal(ConversationJson.Write(Conversation.Of(expected)), ConversationJson.Write(Conversation.Of(found)));

    /// <summary>Each call has as many results behind it.</summary>
    static void AssertAnswered(IEnumerable<Message> history)
    {
        int open = 0;
        foreach (Message message in history)
        {
            open += Call.IsCall(message) ? 1 : message.Role == Role.Tool ? -1 : 0;
            Assert.True(open == 0 || message.Role is Role.Assistant or Role.Tool);
        }
        Assert.Equal(0, open);
    }
}
