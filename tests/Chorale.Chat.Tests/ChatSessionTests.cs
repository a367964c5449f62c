using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat.Tests;

public class ChatSessionTests
{
    const string Reasoned = "<|channel|>analysis<|message|>Add them.<|end|><|start|>assistant<|channel|>final<|message|>It is 42.<|return|>";

    static readonly HarmonyEncoding Encoding = HarmonyEncoding.Default;

    static int[] Ids(string text) => Encoding.Tokenizer.EncodeWithSpecials(text);

    static ChatSession Session(out PlaybackGenerator generator, params string[] answers)
    {
        generator = new([.. answers.Select(Ids)]);
        return new(generator, Encoding);
    }

    static async Task<List<ChatUpdate>> CollectAsync(IAsyncEnumerable<ChatUpdate> updates)
    {
        List<ChatUpdate> all = [];
        await foreach (ChatUpdate update in updates)
            all.Add(update);
        return all;
    }

    [Fact]
    public async Task A_turn_gives_reasoning_and_answer_apart()
    {
        ChatSession session = Session(out _, Reasoned);
        ChatTurn turn = await session.CompleteAsync("What is 17 + 25?", TestContext.Current.CancellationToken);

        Assert.Equal("Add them.", turn.Reasoning);
        Assert.Equal("It is 42.", turn.Text);
        Assert.Equal(ChatFinish.Stop, turn.Finish);
        Assert.Equal(Ids(Reasoned), turn.TokenIds);
        Assert.Empty(turn.Repairs);
        Assert.Empty(turn.Calls);
    }

    [Fact]
    public async Task The_stream_has_an_update_for_each_id_and_its_deltas_add_up_to_the_messages()
    {
        ChatSession session = Session(out _, Reasoned);
        List<ChatUpdate> updates = await CollectAsync(session.StreamAsync("What is 17 + 25?", TestContext.Current.CancellationToken));

        Assert.Equal(Ids(Reasoned), updates.Where(u => u.TokenId is not null).Select(u => u.TokenId!.Value));
        Assert.Equal("Add them.", string.Concat(updates.Where(u => u.Channel == Channels.Analysis).Select(u => u.Text)));
        Assert.Equal("It is 42.", string.Concat(updates.Where(u => u.Channel == Channels.Final).Select(u => u.Text)));
        Assert.Equal(["Add them.", "It is 42."], updates.Where(u => u.Completed is not null).Select(u => u.Completed!.Text));
        Assert.NotNull(updates[^1].Turn);
        Assert.All(updates[..^1], u => Assert.Null(u.Turn));
    }

    [Fact]
    public void Tools_are_written_with_everything_their_schemas_say_unless_told_otherwise()
    {
        ChatSession session = Session(out _, Reasoned);
        session.Options = session.Options with
        {
            Developer = new DeveloperContent().WithFunctions(new ToolDescription("f", "", JsonSchema.Parse("""{"properties":{"a":{"enum":[1,2]}}}"""))),
        };
        Assert.Contains("a?: 1 | 2,", Encoding.Tokenizer.Decode(session.RenderPrompt()), StringComparison.Ordinal);
        session.Options = session.Options with { Schemas = SchemaStyle.Official };
        Assert.Contains("(_: any) => any", Encoding.Tokenizer.Decode(session.RenderPrompt()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompt_is_the_conversation_rendered_for_completion()
    {
        ChatSession session = Session(out PlaybackGenerator generator, Reasoned);
        session.Options = session.Options with
        {
            System = SystemContent.Default.WithDate(new DateOnly(2026, 11, 21)),
            Developer = new DeveloperContent { Instructions = "Be brief." },
            MaxTokens = 77,
            Sampling = SamplingOptions.Greedy,
        };
        await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);

        GenerationRequest request = Assert.Single(generator.Requests);
        string prompt = Encoding.Tokenizer.Decode(request.Prompt.Span);
        Assert.Contains("Current date: 2026-11-21", prompt, StringComparison.Ordinal);
        Assert.EndsWith("<|start|>developer<|message|># Instructions\n\nBe brief.<|end|><|start|>user<|message|>Hi<|end|><|start|>assistant", prompt, StringComparison.Ordinal);
        Assert.Equal([200002, 200012], request.StopIds.Order());
        Assert.Equal([200002, 200007, 200012], request.BoundaryIds.Order());
        Assert.Equal(77, request.MaxTokens);
        Assert.Equal(0, request.Sampling.Temperature);
        Assert.Equal(request.Prompt.ToArray(), session.LastPrompt.ToArray());
    }

    [Fact]
    public async Task Usage_counts_each_id_in_the_channel_of_its_message()
    {
        ChatSession session = Session(out PlaybackGenerator generator, Reasoned);
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);

        int reasoning = Ids("<|channel|>analysis<|message|>Add them.<|end|>").Length;
        Assert.Equal(reasoning, turn.Usage.ReasoningTokens);
        Assert.Equal(Ids(Reasoned).Length - reasoning, turn.Usage.FinalTokens);
        Assert.Equal(Ids(Reasoned).Length, turn.Usage.CompletionTokens);
        Assert.Equal(generator.Requests[0].Prompt.Length, turn.Usage.PromptTokens);
        Assert.Equal(5, turn.Usage.CachedPromptTokens);
        Assert.Equal(turn.Usage.PromptTokens + turn.Usage.CompletionTokens, turn.Usage.TotalTokens);
        Assert.Equal(turn.Usage, session.Usage);
    }

    [Fact]
    public async Task History_grows_by_turn_and_old_reasoning_is_dropped_from_the_prompt()
    {
        ChatSession session = Session(out PlaybackGenerator generator, Reasoned, Reasoned);
        await session.CompleteAsync("One", TestContext.Current.CancellationToken);
        await session.CompleteAsync("Two", TestContext.Current.CancellationToken);

        Assert.Equal(["One", "Add them.", "It is 42.", "Two", "Add them.", "It is 42."], session.History.Select(m => m.Text));
        string prompt = Encoding.Tokenizer.Decode(generator.Requests[1].Prompt.Span);
        Assert.DoesNotContain("Add them.", prompt, StringComparison.Ordinal);
        Assert.Contains("<|start|>assistant<|channel|>final<|message|>It is 42.<|end|><|start|>user<|message|>Two<|end|>", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_reasoning_stays_where_asked()
    {
        ChatSession session = Session(out PlaybackGenerator generator, Reasoned, Reasoned);
        session.Options = session.Options with { AnalysisDropping = AnalysisDropping.None };
        await session.CompleteAsync("One", TestContext.Current.CancellationToken);
        await session.CompleteAsync("Two", TestContext.Current.CancellationToken);
        Assert.Contains("Add them.", Encoding.Tokenizer.Decode(generator.Requests[1].Prompt.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AnalysisDropping.Harmony, 2, 4, 6)]   // keeps the second turn's reasoning in the third prompt
    [InlineData(AnalysisDropping.None, 2, 5, 6)]      // the answers are the same words each time, and known the second
    [InlineData(AnalysisDropping.Template, 2, 4, 5)]
    [InlineData(AnalysisDropping.PerTurn, 2, 4, 5)]
    public async Task Each_turn_is_the_plain_rendering_by_the_rule_and_encodes_only_what_is_new(AnalysisDropping rule, params int[] expectedMisses)
    {
        ChatSession session = Session(out PlaybackGenerator generator, Reasoned, Reasoned, Reasoned);
        session.Options = session.Options with { AnalysisDropping = rule };
        List<long> misses = [];
        foreach (string question in new[] { "One", "Two", "Three" })
        {
            int[] expected = Encoding.RenderForCompletion(session.Conversation.With(Message.User(question)), Role.Assistant, new() { AnalysisDropping = rule });
            await session.CompleteAsync(question, TestContext.Current.CancellationToken);
            Assert.Equal(expected, generator.Requests[^1].Prompt.ToArray());
            misses.Add(session.RenderStatistics.Misses);
        }
        Assert.Equal(expectedMisses.Select(count => (long)count), misses);
    }

    [Fact]
    public async Task Reset_forgets_the_history()
    {
        ChatSession session = Session(out PlaybackGenerator generator, Reasoned, Reasoned);
        await session.CompleteAsync("One", TestContext.Current.CancellationToken);
        session.Reset();
        await session.CompleteAsync("Two", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("One", Encoding.Tokenizer.Decode(generator.Requests[1].Prompt.Span), StringComparison.Ordinal);
        Assert.Equal(3, session.History.Count);
    }

    [Fact]
    public async Task A_call_ends_the_turn_and_its_result_continues_the_conversation()
    {
        const string call = "<|channel|>analysis<|message|>Look.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Tokyo\"}<|call|>";
        ChatSession session = Session(out PlaybackGenerator generator, call, "<|channel|>final<|message|>Sunny.<|return|>");
        ChatTurn first = await session.CompleteAsync("Weather?", TestContext.Current.CancellationToken);

        Assert.Equal(ChatFinish.ToolCall, first.Finish);
        HarmonyCall made = Assert.Single(first.Calls);
        Assert.Equal("get_weather", made.Name);
        Assert.Equal("{\"city\":\"Tokyo\"}", made.Arguments);
        Assert.Equal("", first.Text);

        ChatTurn second = await session.CompleteAsync([made.ToResult("{\"sky\":\"clear\"}")], TestContext.Current.CancellationToken);
        Assert.Equal("Sunny.", second.Text);
        string prompt = Encoding.Tokenizer.Decode(generator.Requests[1].Prompt.Span);
        Assert.Contains("<|call|><|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>{\"sky\":\"clear\"}<|end|>", prompt, StringComparison.Ordinal);
        Assert.Contains("Look.", prompt, StringComparison.Ordinal);   // the reasoning of a call stays until an answer follows
    }

    [Theory]
    [InlineData(FinishReason.MaxTokens, ChatFinish.MaxTokens)]
    [InlineData(FinishReason.ContextLength, ChatFinish.ContextLength)]
    public async Task A_cut_answer_keeps_what_was_said(FinishReason reason, ChatFinish finish)
    {
        PlaybackGenerator generator = new(Ids("<|channel|>final<|message|>It is for")) { CutBy = reason };
        ChatSession session = new(generator, Encoding);
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Equal(finish, turn.Finish);
        Assert.Equal("It is for", turn.Text);
        Assert.Empty(turn.Repairs);
        Assert.Equal(["Hi", "It is for"], session.History.Select(m => m.Text));
    }

    [Fact]
    public async Task Cut_reasoning_is_reported_but_not_kept()
    {
        ChatSession session = Session(out _, "<|channel|>analysis<|message|>Let me");
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Equal("Let me", turn.Reasoning);
        Assert.Equal(["Hi"], session.History.Select(m => m.Text));
    }

    [Fact]
    public async Task A_turn_cut_within_a_header_says_nothing_and_repairs_nothing()
    {
        ChatSession session = Session(out _, "<|channel|>fin");
        ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
        Assert.Empty(turn.Messages);
        Assert.Empty(turn.Repairs);
        Assert.Equal(2, turn.Usage.OtherTokens);
    }

    [Fact]
    public async Task Cancelling_stops_at_once_and_keeps_what_was_said()
    {
        using CancellationTokenSource stop = new();
        int[] answer = Ids("<|channel|>final<|message|>One two three four<|return|>");
        PlaybackGenerator generator = new(answer, Ids(Reasoned))
        {
            BeforeId = async (i, cancellationToken) =>
            {
                if (i == 5)
                    await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            },
        };
        ChatSession session = new(generator, Encoding);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.CompleteAsync("Count", stop.Token));
        Assert.Equal(["Count", "One two"], session.History.Select(m => m.Text));
        Assert.Equal(5, session.Usage.CompletionTokens);
    }

    [Fact]
    public async Task A_caller_that_stops_reading_leaves_a_session_that_goes_on()
    {
        ChatSession session = Session(out _, Reasoned, "<|channel|>final<|message|>Yes.<|return|>");
        await foreach (ChatUpdate update in session.StreamAsync("One", TestContext.Current.CancellationToken))
        {
            if (update.Channel == Channels.Final && update.Text.Length > 0)
                break;
        }
        Assert.Equal(["One", "Add them.", "It"], session.History.Select(m => m.Text));
        Assert.Equal("Yes.", (await session.CompleteAsync("Two", TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_leaves_the_history_as_it_was()
    {
        PlaybackGenerator generator = new(Ids(Reasoned)) { ContextLength = 10 };
        ChatSession session = new(generator, Encoding);
        PromptTooLongException e = await Assert.ThrowsAsync<PromptTooLongException>(() => session.CompleteAsync("Hi", TestContext.Current.CancellationToken));
        Assert.Contains("10", e.Message, StringComparison.Ordinal);
        Assert.Empty(session.History);
    }

    [Fact]
    public async Task A_second_turn_at_the_same_time_is_refused()
    {
        ChatSession session = Session(out _, Reasoned, Reasoned);
        IAsyncEnumerator<ChatUpdate> first = session.StreamAsync("One", TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await first.MoveNextAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.CompleteAsync("Two", TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(session.Reset);
        await first.DisposeAsync();
        session.Reset();
        Assert.Empty(session.History);
    }

    [Theory]
    [InlineData("<|channel|>final {\"a\":1}<|return|>", "{\"a\":1}")]
    [InlineData("I'm sorry, I can't.<|return|>", "sorry")]
    [InlineData("<|channel|>final a b c d<|message|>Answer.<|return|>", "Answer.")]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|> junk <|start|>assistant<|channel|>final<|message|>Yes.<|return|>", "Yes.")]
    [InlineData("<|channel|><|message|>No channel.<|return|>", "No channel.")]
    public async Task What_the_model_leaves_unformed_is_not_lost(string answer, string said)
    {
        ChatSession session = Session(out _, answer);
        List<ChatUpdate> updates = await CollectAsync(session.StreamAsync("Hi", TestContext.Current.CancellationToken));
        ChatTurn turn = updates[^1].Turn!;
        Assert.Equal(string.Concat(turn.Messages.Select(m => m.Text)), string.Concat(updates.Select(u => u.Text)));
        Assert.Contains(said, string.Join('\n', turn.Messages.Select(m => m.Text)), StringComparison.Ordinal);
        Assert.Equal(Ids(answer).Length, turn.Usage.CompletionTokens);
        Assert.Equal(ChatFinish.Stop, turn.Finish);
    }

    [Theory]
    [InlineData("<|channel|>commentary to=get_weather json<|message|>{\"city\":\"Rome\"}<|call|>", "get_weather", "{\"city\":\"Rome\"}")]
    [InlineData("<|channel|>analysis to=functions.get_weather code<|message|>{\"city\":\"Rome\"}]<|call|>", "get_weather", "{\"city\":\"Rome\"}")]
    [InlineData(" to=functions.get_weather<|channel|>commentary<|channel|>commentary<|message|>Rome<|return|>", "get_weather", "{\"city\":\"Rome\"}")]
    [InlineData("{\"name\":\"get_weather\",\"parameters\":{\"city\":\"Rome\"}}<|return|>", "get_weather", "{\"city\":\"Rome\"}")]
    [InlineData("<|channel|>commentary to=functions.python_tool <|constrain|>json<|message|>print(1)<|call|>", "python", "{\"code\":\"print(1)\"}")]
    public async Task A_call_is_found_however_it_was_written(string answer, string name, string arguments)
    {
        ChatSession session = Session(out PlaybackGenerator generator, answer, "<|channel|>final<|message|>Done.<|return|>");
        session.Options = session.Options with { Developer = new DeveloperContent().WithFunctions(OneText("get_weather", "city"), OneText("python", "code")) };
        ChatTurn turn = await session.CompleteAsync("Go", TestContext.Current.CancellationToken);
        HarmonyCall call = Assert.Single(turn.Calls);
        Assert.Equal((name, arguments, ChatFinish.ToolCall, ""), (call.Name, call.Arguments, turn.Finish, turn.Text));

        await session.CompleteAsync([call.ToResult("ok")], TestContext.Current.CancellationToken);
        string prompt = Encoding.Tokenizer.Decode(generator.Requests[1].Prompt.Span);
        string wire = name == "python" ? "python_tool" : name;
        Assert.Contains($"type {wire} = ", prompt, StringComparison.Ordinal);
        Assert.Contains($"<|start|>functions.{wire} to=assistant", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain(session.History, message => message.Recipient?.EndsWith("_tool", StringComparison.Ordinal) == true);
    }

    static ToolDescription OneText(string name, string parameter) => new(name, "", JsonSchema.Parse(
        $$$"""{"type":"object","properties":{"{{{parameter}}}":{"type":"string"}},"required":["{{{parameter}}}"]}"""));

    [Fact]
    public async Task A_call_that_a_limit_cut_is_no_call()
    {
        PlaybackGenerator generator = new(Ids("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"path\":{\"a\":1")) { CutBy = FinishReason.MaxTokens };
        ChatTurn turn = await new ChatSession(generator, Encoding).CompleteAsync("Go", TestContext.Current.CancellationToken);
        Assert.Empty(turn.Calls);
        Assert.Empty(turn.Repairs);
        Assert.Equal(ChatFinish.MaxTokens, turn.Finish);
        Assert.Equal("functions.f", Assert.Single(turn.Messages).Recipient);
    }

    [Theory]
    [InlineData("<|channel|>fina<|message|>Four.<|return|>", "Four.")]
    [InlineData("<|channel|><|message|>Four.<|return|>", "Four.")]
    [InlineData("Four.<|return|>", "Four.")]
    [InlineData("<|channel|>final Four.<|return|>", "Four.")]
    [InlineData("<|channel|>analysis<|message|>Hm.<|channel|>final<|message|>Four.<|return|>", "Four.")]
    public async Task An_answer_reaches_the_caller_whatever_its_header(string answer, string text)
    {
        ChatSession session = Session(out _, answer);
        ChatTurn turn = await session.CompleteAsync("2 + 2?", TestContext.Current.CancellationToken);
        Assert.Equal(text, turn.Text);
        Assert.NotEmpty(turn.Repairs);
    }

    [Fact]
    public async Task What_is_said_on_commentary_alone_is_the_answer()
    {
        ChatSession session = Session(out _, "<|channel|>commentary<|message|>Four.<|return|>", "<|channel|>commentary<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>Five.<|return|>");
        Assert.Equal("Four.", (await session.CompleteAsync("2 + 2?", TestContext.Current.CancellationToken)).Text);
        Assert.Equal("Five.", (await session.CompleteAsync("2 + 3?", TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task No_answer_of_any_ids_throws()
    {
        Random random = new(7);
        int[] control = [200002, 200003, 200005, 200006, 200007, 200008, 200012];
        for (int round = 0; round < 300; round++)
        {
            int[] answer = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(2) == 0 ? control[random.Next(control.Length)] : random.Next(199_998))];
            ChatSession session = new(new PlaybackGenerator(answer), Encoding);
            ChatTurn turn = await session.CompleteAsync("Hi", TestContext.Current.CancellationToken);
            Assert.Equal(answer.Length, turn.Usage.CompletionTokens);
            Assert.Equal(answer, turn.TokenIds);
        }
    }
}
