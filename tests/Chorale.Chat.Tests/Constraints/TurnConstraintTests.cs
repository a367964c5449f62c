using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Chat.Tests;

public class TurnConstraintTests(RandomModel random) : IClassFixture<RandomModel>
{
    const string City = """{"type":"object","properties":{"city":{"type":"string","maxLength":6},"days":{"type":"integer","minimum":1,"maximum":9}},"required":["city"],"additionalProperties":false}""";

    static readonly JsonSchema CitySchema = JsonSchema.Parse(City);

    static readonly HarmonyEncoding Nano = NanoEncoding();

    static readonly SystemContent System = SystemContent.Default.WithBrowser().WithPython();

    static readonly DeveloperContent Developer = new DeveloperContent().WithFunctions(
        new ToolDescription("get_weather", "Gets the weather.", CitySchema),
        new ToolDescription("now", "Tells the time."),
        new ToolDescription("python", "A function named like a tool.", CitySchema));

    static readonly Dictionary<string, ChatSessionOptions> Asked = new(StringComparer.Ordinal)
    {
        ["format only"] = new() { EnforceFormat = true },
        ["reasoning bounded"] = new() { MaxReasoningTokens = 12 },
        ["no reasoning"] = new() { MaxReasoningTokens = 0 },
        ["an answer of a form"] = new() { Answer = AnswerFormat.Json(CitySchema) },
        ["an answer of a form, no reasoning"] = new() { Answer = AnswerFormat.Json(CitySchema), MaxReasoningTokens = 0 },
        ["auto"] = new() { System = System, Developer = Developer },
        ["none"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.None },
        ["required"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Required, MaxReasoningTokens = 20 },
        ["required, no reasoning"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Required, MaxReasoningTokens = 0 },
        ["named"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Named("get_weather") },
        ["named with its namespace, no reasoning"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Named("functions.now"), MaxReasoningTokens = 0 },
        ["aliased"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Named("functions.python") },
        ["built in"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Named("browser.search") },
        ["some allowed"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Allowed(["now", "browser.find"]) },
        ["one of some required"] = new() { System = System, Developer = Developer, ToolChoice = HarmonyToolChoice.Allowed(["now", "browser.find"], required: true) },
        ["calls not enforced, but required"] = new() { Developer = Developer, EnforceTools = ToolEnforcement.Off, ToolChoice = HarmonyToolChoice.Required },
        ["tools and a form"] = new() { System = System, Developer = Developer, EnforceTools = ToolEnforcement.Strict, Answer = AnswerFormat.Json(CitySchema), MaxReasoningTokens = 30 },
    };

    public static TheoryData<string> Names => [.. Asked.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_model_without_sense_writes_well_formed_turns_within_any_budget(string name)
    {
        ChatSessionOptions options = Asked[name];
        Random budgets = new(3);
        int shortest = 1;
        for (int i = 0; i < 40; i++)
        {
            RandomGenerator generator = new(Nano.Tokenizer, i);
            int budget = shortest + budgets.Next(i < 20 ? 10 : 80);
            ChatSession session = new(generator, Nano, options with { MaxTokens = budget });
            try
            {
                ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
                Assert.True(turn.TokenIds.Count <= budget);
                CheckTurn(turn, options, session);
                Assert.True(shortest > 1 || turn.TokenIds.Count > 0);
            }
            catch (BudgetTooSmallException e)
            {
                Assert.Equal(budget, e.Given);
                Assert.True(e.Needed > budget);
                Assert.Null(generator.Last);
                Assert.Empty(session.History);
                shortest = e.Needed;
            }
        }
        Assert.True(shortest > 1);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_engine_with_random_weights_writes_well_formed_turns(string name)
    {
        ChatSessionOptions options = Asked[name];
        for (int i = 0; i < 4; i++)
        {
            ChatSession session = random.Model.StartSession(options with { MaxTokens = 48 + (i * 16), Sampling = new() { Seed = i, Temperature = i == 0 ? 0 : 1.5f } });
            CheckTurn(await session.CompleteAsync("Hi", TestContext.Current.CancellationToken), options, session);
        }
    }

    internal static void CheckTurn(ChatTurn turn, ChatSessionOptions options, ChatSession session)
    {
        if (options.EnforceTools != ToolEnforcement.Off)
            Assert.Empty(turn.Repairs);
        IReadOnlyList<Message> strict = Nano.Parse([.. turn.TokenIds], Role.Assistant, ParserMode.Strict);
        Assert.Equal(strict.Count, turn.Messages.Count);
        Message last = turn.Messages[^1];
        bool isCall = turn.Finish == ChatFinish.ToolCall;
        Assert.Equal(isCall ? ChatFinish.ToolCall : ChatFinish.Stop, turn.Finish);
        Assert.Equal(Nano.Tokenizer.SpecialTokens[isCall ? "<|call|>" : "<|return|>"], turn.TokenIds[^1]);
        Assert.All(turn.Messages.SkipLast(1), message => Assert.Null(message.Recipient));
        if (options.MaxReasoningTokens is { } most)
            Assert.InRange(turn.Usage.ReasoningTokens, 0, last.Channel == Channels.Analysis ? int.MaxValue : most);
        if (options.MaxReasoningTokens == 0)
            Assert.Single(turn.Messages);
        if (isCall)
        {
            HarmonyCall call = Assert.Single(turn.Calls);
            Assert.True(call.IsDeclared);
            Assert.True(options.ToolChoice.MayCall);
            if (options.ToolChoice.Recipients is { } allowed)
                Assert.Contains(allowed, recipient => recipient == call.Name || recipient == $"{call.Namespace}.{call.Name}");
            if (options.EnforceTools != ToolEnforcement.Off && call.Tool is not null)
                Assert.True(call.HasJsonArguments);
            Assert.Equal(call.RawArguments, options.EnforceTools == ToolEnforcement.Off ? call.RawArguments : call.Arguments);
        }
        else
        {
            Assert.False(options.ToolChoice.MustCall);
            Assert.Equal(Channels.Final, last.Channel);
            if (options.Answer is not null)
                Assert.Matches("""^\{"city":".*"(,"days":[1-9])?\}$""", last.Text);
        }
        Assert.Equal(turn.Messages, session.History.Skip(1));
    }

    [Fact]
    public async Task Reasoning_is_ended_when_it_has_taken_what_it_may_and_the_answer_follows()
    {
        ChatSession session = new(Thinker(), Nano, new() { MaxReasoningTokens = 25, MaxTokens = 200, Answer = AnswerFormat.Json(CitySchema) });
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Equal(25, turn.Usage.ReasoningTokens);
        Assert.Equal([Channels.Analysis, Channels.Final], turn.Messages.Select(message => message.Channel));
        Assert.False(turn.WasShortened);
    }

    [Fact]
    public async Task Ids_that_run_out_in_a_thought_still_leave_an_answer()
    {
        ChatSession session = new(Thinker(), Nano, new() { MaxTokens = 40, Answer = AnswerFormat.Json(CitySchema) });
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.True(turn.WasShortened);
        Assert.Equal(40, turn.TokenIds.Count);
        Assert.Equal("""{"city":""}""", turn.Text);
    }

    [Fact]
    public async Task The_context_bounds_a_turn_as_a_limit_does()
    {
        ChatSessionOptions options = new() { Answer = AnswerFormat.Json(CitySchema) };
        int prompt = new ChatSession(Thinker(), Nano, options).RenderPrompt(Message.User("Hi")).Length;
        ChatSession session = new(Thinker(prompt + 40), Nano, options);
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Equal(40, turn.TokenIds.Count);
        Assert.Equal(ChatFinish.Stop, turn.Finish);

        ChatSession tight = new(new RandomGenerator(Nano.Tokenizer, 1) { ContextLength = prompt + 3 }, Nano, session.Options);
        BudgetTooSmallException e = await Assert.ThrowsAsync<BudgetTooSmallException>(() => tight.CompleteAsync("Hi", TestContext.Current.CancellationToken));
        Assert.Equal(3, e.Given);
        ChatSession full = new(new RandomGenerator(Nano.Tokenizer, 1) { ContextLength = prompt }, Nano, session.Options);
        await Assert.ThrowsAsync<PromptTooLongException>(() => full.CompleteAsync("Hi", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_whole_header_of_a_named_call_is_forced()
    {
        RandomGenerator generator = new(Nano.Tokenizer, 1);
        ChatSession session = new(generator, Nano, new() { Developer = Developer, ToolChoice = HarmonyToolChoice.Named("now"), MaxReasoningTokens = 0 });
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Equal("{}", turn.Calls[0].Arguments);
        Assert.Equal(turn.TokenIds.Count, generator.ForcedCount);
        Assert.Equal("<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}<|call|>", Nano.Tokenizer.Decode([.. turn.TokenIds]));
    }

    [Fact]
    public async Task A_tool_that_takes_text_is_held_to_its_grammar()
    {
        DeveloperContent tools = Developer.WithTools(new() { Name = "apply_patch", Description = "Takes a patch." });
        foreach (string name in (string[])["apply_patch", "functions.now"])
        {
            ChatSession session = new(new RandomGenerator(Nano.Tokenizer, 1), Nano, new()
            {
                Developer = tools,
                ToolGrammars = new Dictionary<string, GrammarSource>(StringComparer.Ordinal) { ["apply_patch"] = GrammarSource.Lark("start: (\"+\" | \"-\")+ \"\\n\""), ["now"] = GrammarSource.Regex("[+-]+\n") },
                ToolChoice = HarmonyToolChoice.Named(name),
                MaxTokens = 60,
                RepairArguments = false,
            });
            ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
            Assert.Matches(@"^[+-]+\n$", turn.Calls[0].RawArguments);
            Assert.Null(turn.Messages[^1].ContentType);
            Assert.Equal(name == "apply_patch", turn.Repairs.Count == 0);
        }
    }

    [Fact]
    public async Task Where_nothing_is_asked_there_is_no_constraint()
    {
        PlaybackGenerator generator = new(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>Hi.<|return|>"));
        await new ChatSession(generator, HarmonyEncoding.Default).CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Null(generator.Requests[0].Constraint);
    }

    [Fact]
    public async Task The_answers_schema_stands_in_the_developer_message_unless_one_does_already()
    {
        PlaybackGenerator generator = new([.. Enumerable.Repeat(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>{}<|return|>"), 3)]);
        ChatSession session = new(generator, HarmonyEncoding.Default, new() { Answer = AnswerFormat.Json(CitySchema, "place") });
        await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        string prompt = HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[0].Prompt.Span);
        Assert.Contains($"# Response Formats\n\n## place\n\n{City}", prompt, StringComparison.Ordinal);
        Assert.NotNull(generator.Requests[0].Constraint);

        session.Options = session.Options with { Developer = new DeveloperContent { Instructions = "Be brief." }.WithResponseFormats(new ResponseFormat("mine", CitySchema)) };
        await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        prompt = HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[1].Prompt.Span);
        Assert.Contains("## mine", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("## place", prompt, StringComparison.Ordinal);

        session.Options = session.Options with { Developer = null, Answer = new(GrammarSource.Regex("a|b")) };
        await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("# Response", HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[2].Prompt.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_enforced_fails_the_turn_before_it_begins()
    {
        DeveloperContent open = new DeveloperContent().WithFunctions(new ToolDescription("f", "", JsonSchema.Parse("""{"type":"object","properties":{"a":{"type":"array","uniqueItems":true}}}""")));
        ChatSession session = new(new RandomGenerator(Nano.Tokenizer, 1), Nano, new() { Developer = open, EnforceTools = ToolEnforcement.Strict });
        GrammarException e = await Assert.ThrowsAsync<GrammarException>(() => session.CompleteAsync("Hi", TestContext.Current.CancellationToken));
        Assert.Contains("functions.f", e.Message, StringComparison.Ordinal);
        Assert.Empty(session.History);

        session.Options = session.Options with { EnforceTools = ToolEnforcement.Lenient, ToolChoice = HarmonyToolChoice.Required, MaxReasoningTokens = 0, MaxTokens = 60 };
        Assert.Equal("f", (await session.CompleteAsync("Hi", TestContext.Current.CancellationToken)).Calls[0].Name);

        session.Options = session.Options with { ToolChoice = HarmonyToolChoice.Named("g") };
        Assert.Contains("'g'", (await Assert.ThrowsAsync<GrammarException>(() => session.CompleteAsync("Hi", TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    /// <summary>A model that begins to reason and never ends on its own.</summary>
    static RandomGenerator Thinker(int contextLength = 4096) =>
        new(Nano.Tokenizer, 1) { Specials = int.MaxValue, ContextLength = contextLength, First = new(Nano.Tokenizer.Encode("analysis")[..1]) };

    static HarmonyEncoding NanoEncoding()
    {
        using Checkpoint file = Checkpoint.Open(TestData.ModelPath("gpt-oss-nano.gguf"));
        return new(ModelVocabulary.Load(file.Metadata));
    }
}
