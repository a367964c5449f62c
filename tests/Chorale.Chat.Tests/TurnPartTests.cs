using System.Text;
using Chorale.Harmony;
using Chorale.TestKit;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Chat.Tests;

public class TurnPartTests
{
    static readonly HarmonyEncoding Encoding = HarmonyEncoding.Default;

    static readonly ToolNamespace Functions = ToolNamespace.FromTools(
        """
        [{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},
         {"name":"rename","parameters":{"type":"object","properties":{"name":{"type":"string"},"to":{"type":"string"}}}},
         {"name":"now"}]
        """);

    public static TheoryData<string> Malformed => [.. Jsonl.Read<Sample>("harmony/malformed.jsonl").Select(sample => sample.Text)];

    public sealed record Sample(string Text);

    [Theory, MemberData(nameof(Malformed))]
    public async Task Parts_of_a_malformed_turn_are_ordered_add_up_and_lose_nothing(string text)
    {
        TurnResult result = await CompleteAsync(text, new() { Developer = new DeveloperContent().WithTools(Functions) });

        Assert.Equal(result.Turn.Calls.Select(call => call.Name), result.Parts.Where(part => part.Call is not null).Select(part => part.Call!.Name));
        Assert.Equal(result.Turn.Messages.Where(message => message.Text.Length > 0 || HarmonyCall.IsCall(message)).Select(message => message.Text), [.. result.Parts.Where(part => part.Message is not null).Select(part => part.Message!.Text)]);
        if (result.Turn.Finish == ChatFinish.Stop && result.Turn.Messages.Any(message => message.Text.Length > 0))
            Assert.Contains(result.Parts, part => part.Kind is TurnPartKind.Answer or TurnPartKind.Preamble or TurnPartKind.Call);
    }

    [Theory]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hi 👋<|return|>", "Reasoning:Hm.|Answer:Hi 👋")]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary<|message|>Let me look.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Paris\"}<|call|>", "Reasoning:Hm.|Preamble:Let me look.|Call get_weather:{\"city\":\"Paris\"}")]
    [InlineData("<|channel|>commentary to=functions.get_weather<|channel|>commentary<|message|>{\"city\":\"Paris\"}]<|call|>", "Call get_weather:{\"city\":\"Paris\"}")]
    [InlineData("<|channel|>commentary to=get-weather <|constrain|>json<|message|>```json\n{\"city\":\"Paris\"}\n```<|call|>", "Call get_weather:{\"city\":\"Paris\"}\n")]
    [InlineData("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Paris\"}}<|call|>", "Call get_weather:{\"city\":\"Paris\"}")]
    [InlineData("<|channel|>commentary to=functions.rename <|constrain|>json<|message|>{\"name\":\"a\",\"to\":\"b\"}<|call|>", "Call rename:{\"name\":\"a\",\"to\":\"b\"}")]
    [InlineData("<|channel|>final<|message|>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Paris\"}}<|return|>", "Call get_weather:{\"city\":\"Paris\"}")]
    [InlineData("<|channel|>final<|message|>{\"n\\u0061me\":\"get_weather\",\"arguments\":{\"city\":\"Paris\"}}<|return|>", "Call get_weather:{\"city\":\"Paris\"}")]
    [InlineData("<|channel|>final<|message|>{\"name\":\"Bob\",\"type\":\"person\"}<|return|>", "Answer:{\"name\":\"Bob\",\"type\":\"person\"}")]
    [InlineData("<|channel|>final<|message|>{\"who\":\"Bob\"}<|return|>", "Answer:{\"who\":\"Bob\"}")]
    [InlineData("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>Paris<|call|>", "Call get_weather:{\"city\":\"Paris\"}")]
    [InlineData("<|channel|>commentary to=functions.now<|message|><|call|>", "Call now:{}")]
    [InlineData("<|channel|>commentary to=functions.now<|message|>  <|call|>", "Call now:{}")]
    [InlineData("<|channel|>commentary to=functions.lookup <|constrain|>json<|message|>{\"a\":[1,{\"b\":2}]<|call|>", "Call lookup:{\"a\":[1,{\"b\":2}]}")]
    [InlineData("<|channel|>commentary to=functions.lookup <|constrain|>json<|message|>{\"a\":\"x\ny\"}<|call|>", "Call lookup:{\"a\":\"x\\ny\"}")]
    [InlineData("<|channel|>commentary to=functions.lookup <|constrain|>json<|message|>not json<|call|>", "Call lookup:not json")]
    [InlineData("<|channel|>analysis<|message|>Only thinking.<|return|>", "Reasoning:Only thinking.|Answer:Only thinking.")]
    [InlineData("<|channel|>final {\"a\":1}<|return|>", "Answer:{\"a\":1}")]
    [InlineData("<|start|>user<|message|>I am you.<|end|><|start|>assistant<|channel|>final<|message|>No.<|return|>", "Reasoning:I am you.|Answer:No.")]
    [InlineData("<|return|>", "")]
    public async Task A_turn_reads_as_a_person_would_read_it(string text, string expected)
    {
        TurnResult result = await CompleteAsync(text, new() { Developer = new DeveloperContent().WithTools(Functions) });

        Assert.Equal(expected, Listing(result));
        string visible = string.Join('\n', result.Parts.Where(part => part.Kind == TurnPartKind.Answer).Select(part => part.Text));
        Assert.Equal(visible, result.Turn.Text);
    }

    [Fact]
    public void Whatever_a_model_writes_parts_are_ordered_add_up_and_lose_nothing()
    {
        string[] pieces =
        [
            "<|start|>", "<|end|>", "<|return|>", "<|call|>", "<|message|>", "<|channel|>", "<|constrain|>", "assistant", "user", "analysis", "commentary", "final", " to=functions.get_weather", " to=functions.nope", " to=now",
            " json", "{\"city\":\"Paris\"}", "{\"name\":\"get_weather\",\"arguments\":{\"city\":\"x\"}}", "]", "Hello", " 👋", "\n", "é", "<|channel|>final<|message|>", "<|channel|>commentary to=functions.rename<|message|>",
        ];
        ChatSessionOptions[] all = [new(), new() { Developer = new DeveloperContent().WithTools(Functions) }, new() { Developer = new DeveloperContent().WithTools(Functions), StopSequences = ["lo", "x\"}"] }, new() { MaxTokens = 9 }];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500), Prop.ForAll(Arb.From(Gen.Elements(pieces).ArrayOf()), Arb.From(Gen.Elements(all)), (written, options) =>
        {
            TurnResult result = CompleteAsync(string.Concat(written), options).GetAwaiter().GetResult();
            string said = string.Concat(result.Turn.Messages.Select(message => message.Text));
            bool isVisible = result.Parts.Any(part => part.Kind != TurnPartKind.Reasoning);
            return (isVisible || said.Length == 0 || result.Turn.Finish != ChatFinish.Stop)
                && result.Turn.Messages.Where(message => message.Text.Length > 0).All(message => result.Parts.Any(part => ReferenceEquals(part.Message, message)))
                && result.Turn.Calls.Count == result.Parts.Count(part => part.Call is not null);
        }));
    }

    [Fact]
    public async Task A_call_whose_header_names_another_author_is_not_lost()
    {
        TurnResult result = await CompleteAsync("<|start|>user to=functions.now<|channel|>commentary<|message|>{}<|call|>", new() { Developer = new DeveloperContent().WithTools(Functions) });

        Assert.Equal("Call now:{}", Listing(result));
        Assert.Equal("now", Assert.Single(result.Turn.Calls).Name);
    }

    [Fact]
    public async Task Arguments_stream_while_they_arrive()
    {
        List<string> deltas = [];
        await foreach (TurnEvent happened in Session("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Paris, France\"}<|call|>", new()).StreamPartsAsync([Message.User("?")], TestContext.Current.CancellationToken))
        {
            if (happened.Kind == TurnEventKind.Delta)
                deltas.Add(happened.Text);
        }

        Assert.True(deltas.Count > 3, string.Join('|', deltas));
        Assert.Equal("{\"city\":\"Paris, France\"}", string.Concat(deltas));
    }

    [Fact]
    public async Task Preambles_are_reasoning_where_the_answer_has_a_format()
    {
        TurnResult result = await CompleteAsync(
            "<|channel|>commentary<|message|>I will answer in JSON.<|end|><|start|>assistant<|channel|>final<|message|>{\"a\":1}<|return|>",
            new() { Answer = AnswerFormat.Json(JsonSchema.Parse("""{"type":"object"}""")) });

        Assert.Equal("Reasoning:I will answer in JSON.|Answer:{\"a\":1}", Listing(result));
    }

    [Theory]
    [InlineData(9, "Call get_weather:", true)]
    [InlineData(11, "Call get_weather:{", true)]
    public async Task A_call_that_is_cut_is_told_of_as_cut(int maxTokens, string expected, bool isCut)
    {
        TurnResult result = await CompleteAsync("<|channel|>commentary to=functions.get_weather<|message|>{\"city\":\"Paris\"}<|call|>", new() { MaxTokens = maxTokens });

        Assert.StartsWith(expected, Listing(result), StringComparison.Ordinal);
        Assert.Equal(isCut, result.Parts[^1].IsCut);
        Assert.Null(result.Parts[^1].Call);
        Assert.Equal(ChatFinish.MaxTokens, result.Turn.Finish);
    }

    [Theory]
    [InlineData("<|channel|>final<|message|>One. STOP two.<|return|>", "STOP", "Answer:One. ", "STOP")]
    [InlineData("<|channel|>final<|message|>One. STO<|return|>", "STOP", "Answer:One. STO", null)]
    [InlineData("<|channel|>analysis<|message|>STOP<|end|><|start|>assistant<|channel|>final<|message|>aab<|return|>", "ab", "Reasoning:STOP|Answer:a", "ab")]
    [InlineData("<|channel|>commentary to=functions.now<|message|>{\"ab\":1}<|call|>", "ab", "Call now:{\"ab\":1}", null)]
    [InlineData("<|channel|>final<|message|>STOP<|return|>", "STOP", "", "STOP")]
    public async Task Stop_sequences_end_the_answer_and_nothing_else(string text, string stop, string expected, string? found)
    {
        TurnResult result = await CompleteAsync(text, new() { StopSequences = [stop, "never"] });

        Assert.Equal(expected, Listing(result));
        Assert.Equal(found, result.Turn.StopSequence);
        Assert.Empty(result.Turn.Repairs);
    }

    [Fact]
    public void Stop_sequences_are_found_however_the_text_is_cut()
    {
        const string Text = "aaabaaabaaaabc<xx>";
        foreach (string[] sequences in new[] { new[] { "aaaab" }, ["baaaa", "aab"], ["abc", "bc<"], ["<xx>"], ["zzz", "xx>>"] })
        {
            string expected = Text[..sequences.Select(sequence => Text.IndexOf(sequence, StringComparison.Ordinal) is >= 0 and int at ? at : Text.Length).Min()];
            for (int first = 0; first <= Text.Length; first++)
            {
                for (int second = first; second <= Text.Length; second++)
                {
                    StopSequenceFilter filter = new(sequences);
                    string shown = filter.Push(Text[..first]) + filter.Push(Text[first..second]) + filter.Push(Text[second..]) + filter.Finish();
                    Assert.Equal(FirstToEnd(sequences) ?? expected, shown);
                }
            }
        }

        static string? FirstToEnd(string[] sequences)
        {
            var found = sequences.Select(sequence => (Start: Text.IndexOf(sequence, StringComparison.Ordinal), sequence.Length)).Where(match => match.Start >= 0).ToList();
            return found.Count == 0 ? null : Text[..found.MinBy(match => (match.Start + match.Length, -match.Length)).Start];
        }
    }

    [Fact]
    public async Task Log_probabilities_come_with_the_text_they_are_of()
    {
        List<int> ids = [];
        await foreach (TurnEvent happened in Session("<|channel|>final<|message|>Hi 👋 there<|return|>", new() { TopLogProbabilities = 1 }).StreamPartsAsync([Message.User("?")], TestContext.Current.CancellationToken))
        {
            Assert.All(happened.Tokens, token => Assert.Equal(0, token.LogProbability));
            ids.AddRange(happened.Tokens.Select(token => token.Id));
        }

        Assert.Equal(Encoding.Tokenizer.Encode("Hi 👋 there"), ids);
    }

    [Fact]
    public async Task A_prepared_turn_runs_once_and_before_any_other()
    {
        ChatSession session = Session("<|channel|>final<|message|>Hi<|return|>", new());
        PreparedTurn first = session.Prepare([Message.User("1")]), second = session.Prepare([Message.User("2")]);

        await first.CompleteAsync(TestContext.Current.CancellationToken);

        Assert.Throws<InvalidOperationException>(() => { _ = first.StreamAsync(TestContext.Current.CancellationToken); });
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.CompleteAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, session.History.Count);
    }

    [Fact]
    public async Task A_turn_that_is_ended_early_tells_and_keeps_what_was_said()
    {
        using CancellationTokenSource early = new();
        PlaybackGenerator generator = new([.. Encoding.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>Hello there, you", Encoding.Tokenizer.SpecialTokens.Keys.ToHashSet())])
        {
            BeforeId = async (i, cancellationToken) =>
            {
                if (i == 5)
                {
                    await early.CancelAsync();
                    cancellationToken.ThrowIfCancellationRequested();
                }
            },
        };
        ChatSession session = new(generator, Encoding);
        PreparedTurn prepared = session.Prepare([Message.User("?")]);
        prepared.EndEarly = early.Token;

        TurnResult result = await prepared.CompleteAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ChatFinish.MaxTokens, result.Turn.Finish);
        Assert.Equal("Answer:Hello there", Listing(result));
        Assert.True(result.Parts[0].IsCut);
        Assert.Empty(result.Turn.Repairs);
        Assert.Equal(2, session.History.Count);
    }

    [Fact]
    public async Task A_script_is_read_from_lines_and_played_in_order()
    {
        using StringReader lines = new(
            """
            {"text":"<|channel|>final<|message|>One<|return|>"}

            {"text":"<|channel|>final<|message|>Ping<|return|>","when":"ping"}
            {"tokens":[200005,17196,200008,4294967295,200002]}
            """);
        ScriptedGenerator generator = ScriptedGenerator.Read(lines, Encoding);

        Assert.Equal("One", await Ask("a"));
        Assert.Equal("Ping", await Ask("ping"));
        Assert.NotEqual("One", await Ask("b"));
        Assert.Equal("One", await Ask("c"));
        Assert.Equal(4, generator.Requests.Count);
        ScriptFormatException e = Assert.Throws<ScriptFormatException>(() => ScriptedGenerator.Read(new StringReader("{\"text\":\"a\"}\n{\"txt\":1}"), Encoding));
        Assert.Equal(2, e.Line);

        async Task<string> Ask(string text) => (await new ChatSession(generator, Encoding).CompleteAsync(text, TestContext.Current.CancellationToken)).Text;
    }

    static ChatSession Session(string text, ChatSessionOptions options) => new(new ScriptedGenerator(Encoding, text), Encoding, options);

    /// <summary>Runs the turn and checks what every stream of parts promises.</summary>
    static async Task<TurnResult> CompleteAsync(string text, ChatSessionOptions options)
    {
        List<TurnPart> parts = [];
        ChatTurn? turn = null;
        StringBuilder? shown = null;
        await foreach (TurnEvent happened in Session(text, options).StreamPartsAsync([Message.User("?")], TestContext.Current.CancellationToken))
        {
            Assert.Null(turn);
            Assert.Equal(parts.Count, happened.PartIndex);
            switch (happened.Kind)
            {
                case TurnEventKind.PartStarted:
                    Assert.Null(shown);
                    shown = new();
                    break;
                case TurnEventKind.Delta:
                    Assert.NotEmpty(happened.Text);
                    shown!.Append(happened.Text);
                    break;
                case TurnEventKind.PartCompleted:
                    Assert.Equal(shown!.ToString(), happened.Part!.Text);
                    Assert.True(shown.Length > 0 || happened.PartKind == TurnPartKind.Call);
                    Assert.Equal((happened.PartKind, happened.ToolName, happened.PartIndex), (happened.Part.Kind, happened.Part.ToolName, happened.Part.Index));
                    parts.Add(happened.Part);
                    shown = null;
                    break;
                default:
                    Assert.Null(shown);
                    turn = happened.Turn;
                    break;
            }
        }
        Assert.NotNull(turn);
        return new(parts, turn);
    }

    static string Listing(TurnResult result) =>
        string.Join('|', result.Parts.Select(part => part.Kind == TurnPartKind.Call ? $"Call {part.ToolName}:{part.Text}" : $"{part.Kind}:{part.Text}"));
}
