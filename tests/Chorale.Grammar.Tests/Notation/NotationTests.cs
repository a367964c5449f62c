using System.Text;
using Chorale.Tokenization;

namespace Chorale.Grammar.Tests;

public class NotationTests
{
    const int Walks = 6, Budget = 30, MostBytes = 120;

    static readonly Dictionary<byte, int> ByteIds = FindByteIds();

    static Tokenizer Tokenizer => Tokenizer.O200kHarmony;

    public static IEnumerable<TheoryDataRow<NotationCase>> Lark => LarkCases.All.Select(c => new TheoryDataRow<NotationCase>(c));

    public static IEnumerable<TheoryDataRow<NotationCase>> Gbnf => GbnfCases.All.Select(c => new TheoryDataRow<NotationCase>(c));

    [Theory, MemberData(nameof(Lark))]
    public void Lark_means_the_texts_it_should(NotationCase c) => CheckMeaning(c, LarkParser.Parse(c.Grammar));

    [Theory, MemberData(nameof(Gbnf))]
    public void Gbnf_means_the_texts_it_should(NotationCase c) => CheckMeaning(c, GbnfParser.Parse(c.Grammar));

    [Theory, MemberData(nameof(Lark))]
    public void Lark_lets_through_the_texts_it_means_however_they_are_cut(NotationCase c) => CheckMatching(c, GrammarSource.Lark(c.Grammar));

    [Theory, MemberData(nameof(Gbnf))]
    public void Gbnf_lets_through_the_texts_it_means_however_they_are_cut(NotationCase c) => CheckMatching(c, GrammarSource.Gbnf(c.Grammar));

    [Theory, MemberData(nameof(Lark))]
    public void What_masks_of_Lark_let_sample_is_of_the_grammar(NotationCase c) => CheckSampling(GrammarSource.Lark(c.Grammar), LarkParser.Parse(c.Grammar));

    [Theory, MemberData(nameof(Gbnf))]
    public void What_masks_of_Gbnf_let_sample_is_of_the_grammar(NotationCase c) => CheckSampling(GrammarSource.Gbnf(c.Grammar), GbnfParser.Parse(c.Grammar));

    [Theory, MemberData(nameof(Lark))]
    public void Texts_near_those_of_Lark_are_judged_as_by_its_rules(NotationCase c) => CheckNeighbours(c, GrammarSource.Lark(c.Grammar), LarkParser.Parse(c.Grammar));

    [Theory, MemberData(nameof(Gbnf))]
    public void Texts_near_those_of_Gbnf_are_judged_as_by_its_rules(NotationCase c) => CheckNeighbours(c, GrammarSource.Gbnf(c.Grammar), GbnfParser.Parse(c.Grammar));

    [Fact]
    public void Special_tokens_stand_where_Gbnf_names_them()
    {
        Assert.True(Tokenizer.TryGetSpecial("<|end|>", out int end));
        CompiledGrammar grammar = CompiledGrammar.Compile(GrammarSource.Gbnf($"root ::= (\"a\" <|end|>)+ [b] <[{end}]>"));
        int a = ByteIds[(byte)'a'], b = ByteIds[(byte)'b'];
        Assert.True(Matches(grammar, [a, end, b, end]));
        Assert.True(Matches(grammar, [a, end, a, end, b, end]));
        Assert.False(Matches(grammar, [a, end, b]));
        Assert.False(Matches(grammar, [end, b, end]));
        Assert.False(Matches(grammar, [a, .. Tokenizer.Encode("<|end|>"), b, end]));
        GrammarMatcher matcher = grammar.CreateMatcher();
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        Assert.True(matcher.TryAccept(a) && matcher.FillMask(mask));
        Assert.Equal(end, Enumerable.Range(0, mask.Length * 64).Single(id => (mask[id / 64] >> (id % 64) & 1) != 0));
    }

    [Theory]
    [InlineData("start: number (\",\" number)*\nnumber: DIGITS (\".\" DIGITS)?\nDIGITS: /[0-9]+/\n%ignore / +/", 1, 1)]
    [InlineData("start: list\nlist: item \",\" list | item\nitem: \"a\" | \"b\"", 1, 1)]
    [InlineData("start: sum\nsum: sum \"+\" /[0-9]/ | /[0-9]/", 1, 1)]
    [InlineData("start: sum\nsum: sum \"+\" sum | sum \"*\" sum | \"-\" sum | /[0-9]/", 1, 1)]
    [InlineData("start: \"f\" \"(\" start \")\" \";\" | \"x\" \"y\"", 1, 3)]
    [InlineData("start: a~100\na: \"x\" /[0-9]{1,50}/", 1, 1)]
    public void What_is_regular_is_one_piece(string lark, int rules, int terminals)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(GrammarSource.Lark(lark));
        Assert.Equal((rules, terminals), (grammar.RuleCount, grammar.TerminalCount));
    }

    [Fact]
    public void Recursion_at_the_end_of_a_rule_is_a_loop()
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(GrammarSource.Gbnf("""
            root ::= item ("," root)?
            item ::= "x" | "(" root ")"
            """));
        MatchState once = After("x,"), twice = After("x,x,");
        Assert.Same(once, twice);
        Assert.NotSame(once, After("(x,"));

        MatchState After(string text) => Encoding.UTF8.GetBytes(text).Aggregate(grammar.First, (state, value) => state.Next(value, grammar)!);
    }

    static void CheckMeaning(NotationCase c, NotatedGrammar grammar)
    {
        TreeRecognizer recognizer = new(grammar);
        Assert.All(c.Accepted, text => Assert.True(recognizer.Accepts(text), $"Refused: {text}"));
        Assert.All(c.Refused, text => Assert.False(recognizer.Accepts(text), $"Accepted: {text}"));
    }

    static void CheckMatching(NotationCase c, GrammarSource source)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(source);
        Assert.All(c.Accepted, text => Assert.True(Matches(grammar, Tokenizer.Encode(text)), $"Refused: {text}"));
        Assert.All(c.Accepted, text => Assert.True(Matches(grammar, Bytes(text)), $"Refused, byte by byte: {text}"));
        Assert.All(c.Refused, text => Assert.False(Matches(grammar, Tokenizer.Encode(text)), $"Accepted: {text}"));
        Assert.All(c.Refused, text => Assert.False(Matches(grammar, Bytes(text)), $"Accepted, byte by byte: {text}"));
    }

    /// <summary>Goes at random where the mask lets it, ends where the text may end or else the shortest way, and asks the recognizer.</summary>
    static void CheckSampling(GrammarSource source, NotatedGrammar notated)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(source);
        TreeRecognizer recognizer = new(notated);
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        for (int seed = 0; seed < Walks; seed++)
        {
            Random random = new(seed);
            GrammarMatcher matcher = grammar.CreateMatcher();
            List<int> ids = [];
            int length = random.Next(1, Budget);
            while (ids.Count < length && matcher.FillMask(mask))
            {
                int id = Pick(mask, random);
                Assert.True(matcher.TryAccept(id), $"The mask has {id}, which is refused after {Tokenizer.DecodeLossy([.. ids])}");
                ids.Add(id);
                if ((matcher.CanEnd && random.Next(4) == 0) || Tokenizer.DecodeBytes([.. ids]).Length > MostBytes)
                    break;
            }
            List<int> rest = [];
            matcher.AppendCompletion(rest);
            ids.AddRange(rest);
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Tokenizer.DecodeBytes([.. ids]));
            Assert.True(recognizer.Accepts(text), $"Sampled: {text}");
        }
    }

    /// <summary>Changes accepted texts a little, at random, and compares the matcher's judgement with the recognizer's.</summary>
    static void CheckNeighbours(NotationCase c, GrammarSource source, NotatedGrammar notated)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(source);
        TreeRecognizer recognizer = new(notated);
        Random random = new(1);
        string alphabet = string.Concat(c.Accepted.Concat(c.Refused)) + "a";
        foreach (string accepted in c.Accepted)
        {
            for (int i = 0; i < Walks; i++)
            {
                string text = Change(Change(accepted, alphabet, random), alphabet, random);
                Assert.True(recognizer.Accepts(text) == Matches(grammar, Tokenizer.Encode(text)), $"Judged wrongly: {text}");
            }
        }
    }

    static string Change(string text, string alphabet, Random random)
    {
        int at = random.Next(text.Length + 1), length = random.Next(Math.Min(3, text.Length - at + 1)), from = random.Next(alphabet.Length);
        string changed = string.Concat(text.AsSpan(0, at), alphabet.AsSpan(from, random.Next(Math.Min(3, alphabet.Length - from))), text.AsSpan(at + length));
        return string.Concat(changed.EnumerateRunes());
    }

    static int Pick(ulong[] mask, Random random)
    {
        List<int> ids = [];
        for (int id = 0; id < mask.Length * 64; id++)
        {
            if ((mask[id / 64] >> (id % 64) & 1) != 0)
                ids.Add(id);
        }
        return ids[random.Next(ids.Count)];
    }

    static bool Matches(CompiledGrammar grammar, IEnumerable<int> ids)
    {
        GrammarMatcher matcher = grammar.CreateMatcher();
        return ids.All(matcher.TryAccept) && matcher.CanEnd;
    }

    static IEnumerable<int> Bytes(string text) => Encoding.UTF8.GetBytes(text).Select(value => ByteIds[value]);

    static Dictionary<byte, int> FindByteIds()
    {
        Dictionary<byte, int> ids = [];
        for (int id = 0; id < Tokenizer.VocabularySize && ids.Count < 256; id++)
        {
            if (Tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) && bytes.Length == 1)
                ids.TryAdd(bytes[0], id);
        }
        return ids;
    }
}
