using System.Text;
using Chorale.Tokenization;

namespace Chorale.Grammar.Tests;

public class GrammarMatcherTests
{
    static readonly RegularExpression Digits = RegularExpression.Repeat(RegularExpression.Set(CharSet.Range('0', '9')), 1);

    /// <summary>Lists in brackets of numbers and lists: nests, and may be empty.</summary>
    static readonly Built Lists = new(builder =>
    {
        int value = builder.AddRule("value"), list = builder.AddRule("list");
        builder.AddText(builder.Start(value), Digits, builder.End(value));
        builder.AddCall(builder.Start(value), list, builder.End(value));
        int open = builder.AddState(list), filled = builder.AddState(list), comma = builder.AddState(list);
        builder.AddLiteral(builder.Start(list), "[", open);
        builder.AddLiteral(open, "]", builder.End(list));
        builder.AddCall(open, value, filled);
        builder.AddLiteral(filled, ",", comma);
        builder.AddCall(comma, value, filled);
        builder.AddLiteral(filled, "]", builder.End(list));
        return list;
    });

    [Theory]
    [InlineData("[]", true)]
    [InlineData("[1]", true)]
    [InlineData("[12,[],[3,[44,5]]]", true)]
    [InlineData("[[[[[[[[[[1]]]]]]]]]]", true)]
    [InlineData("[1,]", false)]
    [InlineData("[1", false)]
    [InlineData("1", false)]
    [InlineData("[]]", false)]
    public void Nested_lists_are_matched_however_they_are_cut(string text, bool isWhole)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(Lists);
        Assert.Equal(isWhole, Accepts(grammar, Tokenizer.O200kHarmony.Encode(text)));
        Assert.Equal(isWhole, Accepts(grammar, Bytewise(text)));
    }

    [Theory]
    [InlineData("\"plain\"", true)]
    [InlineData("\"é 漢字 😀\"", true)]
    [InlineData("""
        "a\"b\\c\/d\n\u00e9\ud83d\ude00\u001f"
        """, true)]
    [InlineData("""
        "\u0041"
        """, false)]    // printable ASCII has one spelling
    [InlineData("""
        "\ud83d"
        """, false)]
    [InlineData("""
        "\ude00"
        """, false)]
    [InlineData("""
        "\x"
        """, false)]
    [InlineData("\"a\nb\"", false)]
    [InlineData("\"open", false)]
    [InlineData("\"two\"\"", false)]
    public void Json_strings_are_those_of_json(string text, bool isString)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(Built.JsonString(RegularExpression.Anything));
        Assert.Equal(isString, Accepts(grammar, Tokenizer.O200kHarmony.Encode(text)));
        Assert.Equal(isString, Accepts(grammar, Bytewise(text)));
    }

    [Theory]
    [InlineData(0, "\"\"", true)]
    [InlineData(3, "\"abc\"", true)]
    [InlineData(3, "\"abcd\"", false)]
    [InlineData(3, "\"😀é漢\"", true)]
    [InlineData(3, """
        "\ud83d\ude00\u00e9\n"
        """, true)]
    [InlineData(2, """
        "\ud83d\ude00\u00e9\n"
        """, false)]
    [InlineData(40, "\"The quick brown fox jumps over the lazy\"", true)]
    [InlineData(38, "\"The quick brown fox jumps over the lazy\"", false)]
    public void Lengths_count_characters(int most, string text, bool isString)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(Built.JsonString(RegularExpression.Repeat(RegularExpression.AnyCharacter, 0, most)));
        Assert.Equal(isString, Accepts(grammar, Tokenizer.O200kHarmony.Encode(text)));
        Assert.Equal(isString, Accepts(grammar, Bytewise(text)));
    }

    [Fact]
    public void Left_and_right_recursion_and_ambiguity_are_followed()
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(new Built(builder =>
        {
            // sum: sum "+" sum | "(" sum ")" | digits
            int sum = builder.AddRule("sum");
            int plus = builder.AddState(sum), right = builder.AddState(sum), inner = builder.AddState(sum), close = builder.AddState(sum);
            builder.AddCall(builder.Start(sum), sum, plus);
            builder.AddLiteral(plus, "+", right);
            builder.AddCall(right, sum, builder.End(sum));
            builder.AddLiteral(builder.Start(sum), "(", inner);
            builder.AddCall(inner, sum, close);
            builder.AddLiteral(close, ")", builder.End(sum));
            builder.AddText(builder.Start(sum), Digits, builder.End(sum));
            return sum;
        }));
        Assert.True(Accepts(grammar, Bytewise("1+2+(3+4)+5")));
        Assert.True(Accepts(grammar, Tokenizer.O200kHarmony.Encode("((1)+22)")));
        Assert.False(Accepts(grammar, Bytewise("1+")));
        Assert.False(Accepts(grammar, Bytewise("(1+2")));
    }

    [Fact]
    public void Special_tokens_stand_only_where_the_grammar_says()
    {
        Tokenizer tokenizer = Tokenizer.O200kHarmony;
        int end = tokenizer.SpecialTokens["<|end|>"], call = tokenizer.SpecialTokens["<|call|>"];
        GrammarMatcher matcher = CompiledGrammar.Compile(new Built(builder =>
        {
            int rule = builder.AddRule("message");
            int text = builder.AddState(rule);
            builder.AddText(builder.Start(rule), RegularExpression.Anything, text);
            builder.AddSpecial(text, end, builder.End(rule));
            return rule;
        })).CreateMatcher();
        ulong[] mask = new ulong[matcher.Grammar.Vocabulary.MaskWords];
        Assert.True(matcher.FillMask(mask));
        Assert.True(Has(mask, end));
        Assert.False(Has(mask, call));
        Assert.True(Has(mask, tokenizer.Encode("Hello")[0]));
        Assert.False(matcher.TryAccept(call));
        Assert.All(tokenizer.Encode("Hi there, <|call|> it says"), id => Assert.True(matcher.TryAccept(id)));
        Assert.True(matcher.TryAccept(end));
        Assert.True(matcher.IsComplete);
        Assert.False(matcher.FillMask(mask));
    }

    [Fact]
    public void The_mask_is_what_may_be_accepted()
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(new Built(builder =>
        {
            int rule = builder.AddRule("object");
            int key = builder.AddState(rule), value = builder.AddState(rule), next = builder.AddState(rule);
            builder.AddLiteral(builder.Start(rule), "{\"name\":", key);
            builder.AddJsonString(key, RegularExpression.Repeat(RegularExpression.AnyCharacter, 2, 5), value);
            builder.AddLiteral(value, ",\"id\":", next);
            builder.AddText(next, Digits, builder.End(rule));
            builder.AddLiteral(value, "}", builder.End(rule));
            return rule;
        }));
        foreach (string text in (string[])["", "{", "{\"na", "{\"name\":", "{\"name\":\"", "{\"name\":\"a", "{\"name\":\"ab\\", "{\"name\":\"ab\\u00", "{\"name\":\"abcde", "{\"name\":\"abc\"", "{\"name\":\"abc\",\"id\":7"])
        {
            GrammarMatcher matcher = grammar.CreateMatcher();
            foreach (int id in Bytewise(text))
                Assert.True(matcher.TryAccept(id), text);
            ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
            matcher.FillMask(mask);
            for (int id = 0; id < grammar.Vocabulary.Tokenizer.VocabularySize; id++)
                Assert.True(Has(mask, id) == matcher.Allows(id), $"{text}: {id}");
        }
    }

    [Fact]
    public void Forced_ids_are_those_of_the_tokenizer()
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(new Built(builder =>
        {
            int rule = builder.AddRule("object");
            int value = builder.AddState(rule), end = builder.AddState(rule);
            builder.AddLiteral(builder.Start(rule), "{\"temperature\":", value);
            builder.AddText(value, Digits, end);
            builder.AddLiteral(end, ",\"unit\":\"celsius\"}", builder.End(rule));
            return rule;
        }));
        GrammarMatcher matcher = grammar.CreateMatcher();
        List<int> forced = [];
        matcher.AppendForced(forced);
        Assert.Equal("{\"temperature\":", Tokenizer.O200kHarmony.Decode(forced.ToArray()));
        Assert.Equal(Tokenizer.O200kHarmony.Encode("{\"temperature\":2")[..^1], forced);
        foreach (int id in forced)
            Assert.True(matcher.TryAccept(id));
        forced.Clear();
        matcher.AppendForced(forced);
        Assert.Empty(forced);
        Assert.All(Tokenizer.O200kHarmony.Encode("21,\""), id => Assert.True(matcher.TryAccept(id)));
        matcher.AppendForced(forced);
        Assert.Equal(Tokenizer.O200kHarmony.Encode("unit\":\"celsius\"}"), forced);
    }

    [Fact]
    public void Budgets_end_every_text_in_time()
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(Lists);
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        for (int seed = 0; seed < 50; seed++)
        {
            Random random = new(seed);
            GrammarMatcher matcher = grammar.CreateMatcher();
            int budget = matcher.CompletionLength + random.Next(40);
            List<int> ids = [];
            while (matcher.FillMask(mask, budget - ids.Count))
            {
                int[] allowed = [.. Enumerable.Range(0, mask.Length * 64).Where(id => Has(mask, id))];
                // Brackets that open are the hardest to end.
                int[] opening = [.. allowed.Where(id => Tokenizer.O200kHarmony.DecodeLossy([id]).Contains('[', StringComparison.Ordinal))];
                int[] from = opening.Length > 0 && random.Next(3) > 0 ? opening : allowed;
                int id = from[random.Next(from.Length)];
                Assert.True(matcher.TryAccept(id));
                ids.Add(id);
            }
            Assert.True(matcher.CanEnd, Tokenizer.O200kHarmony.Decode(ids.ToArray()));
            Assert.True(ids.Count <= budget);
        }
    }

    [Fact]
    public void Rollback_and_clones_come_back_to_the_same_place()
    {
        GrammarMatcher matcher = CompiledGrammar.Compile(Lists).CreateMatcher();
        ulong[] before = new ulong[matcher.Grammar.Vocabulary.MaskWords], after = new ulong[before.Length];
        Assert.All(Bytewise("[1,[2"), id => Assert.True(matcher.TryAccept(id)));
        matcher.FillMask(before);
        GrammarMatcher clone = matcher.Clone();
        Assert.All(Bytewise("],3]"), id => Assert.True(matcher.TryAccept(id)));
        Assert.True(matcher.IsComplete);
        clone.FillMask(after);
        Assert.Equal(before, after);
        matcher.Rollback(4);
        matcher.FillMask(after);
        Assert.Equal(before, after);
        Assert.Equal(5, matcher.Count);
    }

    [Fact]
    public void Threads_that_share_a_grammar_get_the_masks_of_one_alone()
    {
        const string text = """{"title":"Ünïcode \"quoted\" words","day":"2024-02-29","tags":["one","two"],"other":{"x":[1,2.5,null]}}""";
        GrammarSource source = GrammarSource.JsonSchema("""
            {"properties":{"title":{"type":"string","maxLength":40},"day":{"format":"date"},"tags":{"type":"array","items":{"pattern":"^[a-z]+$"}}},"required":["title"]}
            """);
        int[] ids = Tokenizer.O200kHarmony.Encode(text);
        ulong[][] expected = Masks(CompiledGrammar.Compile(source));
        // Nothing is known beforehand, so that the threads learn it all at the same time.
        CompiledGrammar shared = CompiledGrammar.Compile(source, new GrammarVocabulary(Tokenizer.O200kHarmony));
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(expected, Masks(shared)));

        ulong[][] Masks(CompiledGrammar grammar)
        {
            GrammarMatcher matcher = grammar.CreateMatcher();
            ulong[][] masks = new ulong[ids.Length][];
            for (int i = 0; i < ids.Length; i++)
            {
                masks[i] = new ulong[grammar.Vocabulary.MaskWords];
                matcher.FillMask(masks[i]);
                Assert.True(matcher.TryAccept(ids[i]));
            }
            Assert.True(matcher.CanEnd);
            return masks;
        }
    }

    [Fact]
    public void A_language_without_any_text_is_refused()
    {
        GrammarException error = Assert.Throws<GrammarException>(() => CompiledGrammar.Compile(new Built(builder =>
        {
            int rule = builder.AddRule("endless");
            int more = builder.AddState(rule);
            builder.AddLiteral(builder.Start(rule), "a", more);
            builder.AddCall(more, rule, builder.End(rule));
            return rule;
        })));
        Assert.Contains("empty", error.Message, StringComparison.Ordinal);
    }

    static bool Accepts(CompiledGrammar grammar, int[] ids)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        foreach (int id in ids)
        {
            matcher.FillMask(mask);
            bool accepted = matcher.TryAccept(id);
            Assert.Equal(Has(mask, id), accepted);
            if (!accepted)
                return false;
        }
        return matcher.CanEnd;
    }

    static int[] Bytewise(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => Single(value))];

    static int Single(byte value)
    {
        for (int id = 0; id < 256; id++)
        {
            if (Tokenizer.O200kHarmony.TryGetBytes(id, out ReadOnlySpan<byte> bytes) && bytes is [var only] && only == value)
                return id;
        }
        throw new InvalidOperationException($"No token is the byte {value}.");
    }

    static bool Has(ulong[] mask, int id) => (mask[id / 64] >> (id % 64) & 1) != 0;
}
