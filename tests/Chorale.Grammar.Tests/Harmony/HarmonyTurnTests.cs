using System.Text.Json;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class HarmonyTurnTests
{
    const string City = """{"type":"object","properties":{"city":{"type":"string","maxLength":6}},"required":["city"],"additionalProperties":false}""";

    static readonly HarmonyEncoding Encoding = HarmonyEncoding.Default;

    static readonly HarmonyTool Weather = new("functions.get_weather", GrammarSource.JsonSchema(City));
    static readonly HarmonyTool Search = HarmonyTool.Trained("browser.search", GrammarSource.JsonSchema("""{"type":"object","properties":{"query":{"enum":["a","b"]}},"required":["query"],"additionalProperties":false}"""));
    static readonly HarmonyTool Patch = HarmonyTool.Custom("functions.apply_patch", GrammarSource.Regex("[+-]{1,9}"));
    static readonly HarmonyTurn AllTools = new() { Tools = [Weather, HarmonyTool.Python, Search, Patch] };

    static readonly Dictionary<string, HarmonyTurn> Turns = new(StringComparer.Ordinal)
    {
        ["nothing asked"] = new(),
        ["no reasoning"] = new() { Reasoning = HarmonyReasoning.None },
        ["one thought"] = new() { Reasoning = HarmonyReasoning.Once },
        ["an answer of a form"] = new() { Answer = GrammarSource.JsonSchema(City) },
        ["an answer of a form, no reasoning"] = new() { Answer = GrammarSource.JsonSchema(City), Reasoning = HarmonyReasoning.None },
        ["tools, auto"] = AllTools,
        ["tools, none"] = AllTools with { ToolChoice = HarmonyToolChoice.None },
        ["tools, required"] = AllTools with { ToolChoice = HarmonyToolChoice.Required },
        ["tools, named"] = AllTools with { ToolChoice = HarmonyToolChoice.Named("functions.get_weather") },
        ["tools, python named"] = AllTools with { ToolChoice = HarmonyToolChoice.Named("python") },
        ["tools, two allowed"] = AllTools with { ToolChoice = HarmonyToolChoice.Allowed(["browser.search", "functions.apply_patch"]) },
        ["tools, one of two required"] = AllTools with { ToolChoice = HarmonyToolChoice.Allowed(["browser.search", "functions.apply_patch"], required: true) },
        ["tools and a form"] = AllTools with { Answer = GrammarSource.JsonSchema(City), Reasoning = HarmonyReasoning.Once },
        ["tools, no preambles, no reasoning"] = AllTools with { Preambles = false, Reasoning = HarmonyReasoning.None },
    };

    public static TheoryData<string> Names => [.. Turns.Keys];

    [Theory, MemberData(nameof(Names))]
    public void What_may_be_sampled_is_a_well_formed_turn(string name)
    {
        HarmonyTurn turn = Turns[name];
        CompiledGrammar grammar = turn.Compile();
        Random random = new(7);
        HashSet<string> shapes = [];
        HashSet<string> expected = [.. Callable(turn)];
        if (turn.Reasoning != HarmonyReasoning.None)
            expected.Add(" analysis");
        if (turn.Tools.Count > 0 && turn.Preambles && turn.ToolChoice.MayCall)
            expected.Add(" commentary");
        if (!turn.ToolChoice.MustCall)
            expected.Add(" final");
        // Some shapes are rare among ids chosen alike, so a turn is given as many samples as it takes to meet them all.
        for (int i = 0; i < 40 || (i < 2000 && !expected.IsSubsetOf(shapes)); i++)
        {
            int[] ids = TurnSampler.Sample(grammar, random, random.Next(grammar.CreateMatcher().CompletionLength, 70));
            IReadOnlyList<Message> messages = Encoding.Parse(ids, Role.Assistant, ParserMode.Strict);
            HarmonyParser tolerant = Encoding.CreateParser(Role.Assistant);
            tolerant.Push(ids);
            tolerant.Finish();
            Assert.Empty(tolerant.Diagnostics);
            Assert.Equal(messages, tolerant.Messages);
            CheckEarlier(turn, messages);
            CheckLast(turn, messages[^1], ids[^1]);
            shapes.UnionWith(messages.Select(message => message.Recipient ?? $" {message.Channel}"));
        }
        Assert.Equal(expected.Order(StringComparer.Ordinal), shapes.Order(StringComparer.Ordinal));
    }

    static IEnumerable<string> Callable(HarmonyTurn turn) => !turn.ToolChoice.MayCall ? [] : turn.ToolChoice.Recipients ?? turn.Tools.Select(tool => tool.Recipient);

    static void CheckEarlier(HarmonyTurn turn, IReadOnlyList<Message> messages)
    {
        Assert.All(messages.SkipLast(1), message =>
        {
            Assert.Null(message.Recipient);
            Assert.Null(message.ContentType);
            Assert.True(message.Channel is Channels.Analysis or Channels.Commentary);
        });
        Assert.InRange(messages.Count(message => message is { Channel: Channels.Analysis, Recipient: null }), 0, turn.Reasoning switch
        {
            HarmonyReasoning.Free => int.MaxValue,
            HarmonyReasoning.Once => 1,
            _ => 0,
        });
    }

    static void CheckLast(HarmonyTurn turn, Message last, int end)
    {
        Assert.Equal(Role.Assistant, last.Role);
        if (last.Recipient is null)
        {
            Assert.Equal(Channels.Final, last.Channel);
            Assert.Null(last.ContentType);
            Assert.Equal(Special("<|return|>"), end);
            if (!turn.Answer.Equals(GrammarSource.AnyText))
                CheckCity(last.Text);
            return;
        }
        Assert.Equal(Special("<|call|>"), end);
        Assert.Contains(last.Recipient, Callable(turn));
        (string channel, string? type) = last.Recipient switch
        {
            "python" or "browser.search" => (Channels.Analysis, "code"),
            "functions.get_weather" => (Channels.Commentary, "<|constrain|>json"),
            _ => (Channels.Commentary, null),
        };
        Assert.Equal(channel, last.Channel);
        Assert.Equal(type, last.ContentType);
        if (last.Recipient == Weather.Recipient)
            CheckCity(last.Text);
        else if (last.Recipient == Patch.Recipient)
            Assert.Matches("^[+-]{1,9}$", last.Text);
        else if (last.Recipient == Search.Recipient)
            Assert.Matches("""^\{"query":"[ab]"\}$""", last.Text);
    }

    static int Special(string name) => Encoding.Tokenizer.SpecialTokens[name];

    static void CheckCity(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.Equal("city", Assert.Single(document.RootElement.EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hi.<|return|>")]
    [InlineData("<|channel|>final<|message|><|return|>")]
    [InlineData("<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Rome\"}<|call|>")]
    [InlineData(" to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>{\"city\":\"Rome\"}<|call|>")]
    [InlineData("<|channel|>analysis<|message|>1<|end|><|start|>assistant<|channel|>analysis<|message|>2<|end|><|start|>assistant to=functions.apply_patch<|channel|>commentary<|message|>+-+<|call|>")]
    [InlineData("<|channel|>analysis to=python code<|message|>print(1)\nprint('<|end|>')<|call|>", 1)]
    [InlineData(" to=browser.search<|channel|>analysis code<|message|>{\"query\":\"a\"}<|call|>")]
    public void What_gpt_oss_writes_is_allowed(string text, int plainSpecials = 0)
    {
        int[] ids = plainSpecials == 0 ? Encoding.Tokenizer.EncodeWithSpecials(text)
            : [.. Encoding.Tokenizer.EncodeWithSpecials(text.AsSpan(0, text.IndexOf("<|end|>", StringComparison.Ordinal))), .. Encoding.Tokenizer.Encode("<|end|>"), .. Encoding.Tokenizer.EncodeWithSpecials("')<|call|>")];
        GrammarMatcher matcher = AllTools.Compile().CreateMatcher();
        ulong[] mask = new ulong[matcher.Grammar.Vocabulary.MaskWords];
        foreach (int id in ids)
        {
            Assert.True(matcher.FillMask(mask));
            Assert.NotEqual(0UL, mask[id / 64] >> (id % 64) & 1);
            Assert.True(matcher.TryAccept(id));
        }
        Assert.True(matcher.IsComplete);
    }

    [Theory]
    [InlineData("<|channel|>final<|message|>Hi.", "<|end|>")]
    [InlineData("<|channel|>final<|message|>Hi.", "<|call|>")]
    [InlineData("<|channel|>analysis<|message|>Hm.", "<|return|>")]
    [InlineData("<|channel|>commentary<|message|>Hm.", "<|call|>")]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|>", "<|channel|>")]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|><|start|>", "user")]
    [InlineData("<|channel|>comment", "<|message|>")]
    [InlineData("<|channel|>analysis", "<|end|>")]
    [InlineData("<|channel|>commentary", "<|constrain|>")]
    [InlineData("<|channel|>final", " ")]
    [InlineData("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Rome\"}", "<|return|>")]
    [InlineData("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Rome\"", "]")]
    [InlineData("<|channel|>commentary to=functions.get_weather", "<|message|>")]
    [InlineData("<|channel|>commentary to=functions.get_weather", "<|channel|>")]
    [InlineData("<|channel|>commentary to=functions", "<|channel|>")]
    [InlineData("<|channel|>analysis to=", "functions")]
    [InlineData("", "assistant")]
    [InlineData("", "<|start|>")]
    [InlineData("", "<|message|>")]
    [InlineData("", "<|endoftext|>")]
    public void What_would_be_malformed_cannot_follow(string text, string next)
    {
        GrammarMatcher matcher = AllTools.Compile().CreateMatcher();
        Assert.All(Encoding.Tokenizer.EncodeWithSpecials(text), id => Assert.True(matcher.TryAccept(id)));
        int refused = Encoding.Tokenizer.EncodeWithSpecials(next)[0];
        ulong[] mask = new ulong[matcher.Grammar.Vocabulary.MaskWords];
        matcher.FillMask(mask);
        Assert.Equal(0UL, mask[refused / 64] >> (refused % 64) & 1);
        Assert.False(matcher.TryAccept(refused));
    }

    [Fact]
    public void No_malformed_sample_of_real_models_can_be_sampled()
    {
        JsonElement[] samples = [.. Jsonl.Elements("harmony/malformed.jsonl")];
        HarmonyTool[] tools = [.. samples.SelectMany(sample => sample.GetProperty("messages").EnumerateArray())
            .Select(message => message.TryGetProperty("recipient", out JsonElement recipient) ? recipient.GetString() : null)
            .Where(HarmonyTool.IsRecipient).Distinct().Select(recipient => new HarmonyTool(recipient!))];
        Assert.NotEmpty(tools);
        CompiledGrammar grammar = new HarmonyTurn { Tools = tools }.Compile();
        List<string> accepted = [];
        foreach (JsonElement sample in samples)
        {
            string text = sample.GetProperty("text").GetString()!;
            const string start = "<|start|>assistant";
            GrammarMatcher matcher = grammar.CreateMatcher();
            int[] ids = Encoding.Tokenizer.EncodeWithSpecials(text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : text);
            if (Array.TrueForAll(ids, matcher.TryAccept) && matcher.CanEnd)
                accepted.Add(sample.GetProperty("id").GetString()!);
        }
        // A call as it should be, and one whose arguments stand in an envelope, which only a schema of the tool could know.
        Assert.Equal(["malformed/016", "malformed/026"], accepted);
    }

    [Fact]
    public void A_named_tool_is_called_by_a_forced_header()
    {
        GrammarMatcher matcher = (AllTools with { ToolChoice = HarmonyToolChoice.Named("functions.get_weather"), Reasoning = HarmonyReasoning.None, Preambles = false }).Compile().CreateMatcher();
        List<int> forced = [];
        matcher.AppendForced(forced);
        string expected = "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"";
        int[] ids = Encoding.Tokenizer.EncodeWithSpecials(expected);
        Assert.True(forced.Count >= ids.Length - 2, Encoding.Tokenizer.DecodeLossy([.. forced]));
        Assert.Equal(ids[..forced.Count], forced);
    }

    [Fact]
    public void Without_reasoning_and_tools_the_header_of_the_answer_is_forced()
    {
        GrammarMatcher matcher = new HarmonyTurn { Reasoning = HarmonyReasoning.None }.Compile().CreateMatcher();
        List<int> forced = [];
        matcher.AppendForced(forced);
        Assert.Equal(Encoding.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>"), forced);
    }

    [Fact]
    public void A_schema_that_cannot_be_enforced_fails_a_strict_tool_by_name_and_leaves_another_any_object()
    {
        HarmonyTool tool = new("functions.f", GrammarSource.JsonSchema("""{"type":"object","properties":{"a":{"type":"array","uniqueItems":true}}}"""));
        GrammarException e = Assert.Throws<GrammarException>(() => new HarmonyTurn { Tools = [tool with { IsStrict = true }] }.Compile());
        Assert.Contains("functions.f", e.Message, StringComparison.Ordinal);
        Assert.Contains("uniqueItems", e.Message, StringComparison.Ordinal);

        CompiledGrammar lenient = new HarmonyTurn { Tools = [tool] }.Compile();
        JsonSchemaException ignored = Assert.Single(lenient.Ignored);
        Assert.Equal("uniqueItems", ignored.Keyword);
        Assert.Equal("functions.f $.properties.a", ignored.Path);
        GrammarMatcher matcher = lenient.CreateMatcher();
        Assert.All(Encoding.Tokenizer.EncodeWithSpecials("<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"x\":[1]}<|call|>"), id => Assert.True(matcher.TryAccept(id)));
        Assert.True(matcher.IsComplete);
    }

    [Theory]
    [InlineData("get weather")]
    [InlineData("")]
    [InlineData("assistant")]
    [InlineData("f<|message|>")]
    [InlineData("f\ud800")]
    public void A_tool_that_no_header_can_call_is_refused(string recipient) =>
        Assert.Contains("one word", Assert.Throws<GrammarException>(() => new HarmonyTurn { Tools = [new(recipient)] }.Compile()).Message, StringComparison.Ordinal);

    [Fact]
    public void Choices_that_cannot_be_are_refused()
    {
        Assert.Contains("'nobody'", Assert.Throws<GrammarException>(() => (AllTools with { ToolChoice = HarmonyToolChoice.Named("nobody") }).Compile()).Message, StringComparison.Ordinal);
        Assert.Contains("no tools", Assert.Throws<GrammarException>(() => new HarmonyTurn { ToolChoice = HarmonyToolChoice.Required }.Compile()).Message, StringComparison.Ordinal);
        Assert.Contains("special token", Assert.Throws<GrammarException>(() => new HarmonyTurn { Answer = GrammarSource.Gbnf("root ::= \"a\" <|end|>") }.Compile()).Message, StringComparison.Ordinal);
        Assert.Contains("Two tools", Assert.Throws<GrammarException>(() => new HarmonyTurn { Tools = [Weather, Weather] }.Compile()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HarmonyToolChoice.Allowed([]));
    }

    [Fact]
    public void Choices_that_say_the_same_are_equal()
    {
        Assert.Equal(HarmonyToolChoice.Named("a"), HarmonyToolChoice.Allowed(["a"], required: true));
        Assert.Equal(HarmonyToolChoice.Named("a").GetHashCode(), HarmonyToolChoice.Allowed(["a"], required: true).GetHashCode());
        Assert.NotEqual(HarmonyToolChoice.Named("a"), HarmonyToolChoice.Allowed(["a"]));
        Assert.NotEqual(HarmonyToolChoice.Auto, HarmonyToolChoice.Required);
        Assert.NotEqual(HarmonyToolChoice.Named("a"), HarmonyToolChoice.Named("b"));
    }
}
