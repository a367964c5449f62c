using Chorale.Tokenization;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Grammar.Tests;

public class HostileGrammarTests
{
    const int Rules = 3_000;

    static readonly string[] LarkPieces =
    [
        "start", ":", " ", "\n", "a", "A", "\"x\"", "\"x\"i", "/y/", "/(/", "(", ")", "[", "]", "{", "}", "|", "*", "+", "?", "~", "2", "..", ".", "-", "->", ",", "%import", "%ignore",
        "common", "WS", "//", "#", "\\", "\"", "/", "!", "%", "é", "😀", "\r", "\u0000", "start: a\n", "a: \"b\"\n", "A: a A\n", "t{x}: x\n", "t{a}", "/a*?/", "\"a\"..\"z\"",
    ];

    static readonly string[] GbnfPieces =
    [
        "root", "::=", " ", "\n", "a", "-", "\"x\"", "[a-z]", "[^", "]", "(", ")", "{", "}", "2", ",", "|", "*", "+", "?", ".", "<", ">", "<[5]>", "<|end|>", "!", "#", "\\", "\"", "é", "😀",
        "\r", "\u0000", "root ::= a\n", "a ::= \"b\"\n", "a ::= a | \"c\" a\n", "\\x4", "{2,}",
    ];

    [Fact]
    public void Any_text_is_a_grammar_or_a_syntax_error()
    {
        Check(LarkPieces, GrammarSource.Lark);
        Check(GbnfPieces, GrammarSource.Gbnf);

        static void Check(string[] pieces, Func<string, GrammarSource> read) =>
            FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary(), text =>
            {
                try
                {
                    GrammarMatcher matcher = CompiledGrammar.Compile(read(text)).CreateMatcher();
                    return matcher.CanEnd || matcher.CompletionLength > 0;
                }
                catch (GrammarException error)
                {
                    return error is GrammarSyntaxException { Line: > 0, Column: > 0, Problem.Length: > 0 } || error.Message.Contains("empty", StringComparison.Ordinal);
                }
            }));
    }

    public static TheoryData<string, string, string> Large => new()
    {
        { "a chain of rules", "start: a0\n" + Lines(i => $"a{i}: a{i + 1}") + $"a{Rules}: \"x\"", "x" },
        { "a chain of rules that nest", "start: a0\n" + Lines(i => $"a{i}: a{i + 1} | \"(\" a0 \")\"") + $"a{Rules}: \"x\"", "((x))" },
        { "a chain of rules that may be empty", "start: a0\n" + Lines(i => $"a{i}: a{i + 1}? | \"(\" a0 \")\"") + $"a{Rules}: \"x\"", "(())" },
        { "a chain of terminals", "start: A0\n" + Lines(i => $"A{i}: A{i + 1}") + $"A{Rules}: \"x\"", "x" },
        { "terminals that nest", "start: A0\n" + Lines(i => $"A{i}: (A{i + 1} \"y\")*") + $"A{Rules}: \"x\"", "" },
        { "terminals that double", "start: A0 | \"x\"\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"A{i}: A{i + 1} A{i + 1}?\n")) + "A60: \"x\"", "xxx" },
        { "rules that double", "start: a0 | \"x\"\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"a{i}: a{i + 1} a{i + 1}?\n")) + "a60: \"x\" | \"(\" a60 \")\"", "xx(x)x" },
        { "many that are optional", "start: " + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"\"a{i}\"? ")), "a3a17a4999" },
        { "a terminal of many that are optional", "start: A\nA: " + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"\"a{i}\"? ")), "a3a17a4999" },
        { "many alternatives of rules", $"start: {string.Join(" | ", Enumerable.Range(0, Rules).Select(i => $"a{i}"))}\n" + Lines(i => $"a{i}: \"a{i}\" | \"(\" start \")\""), "((a19))" },
        { "copies of one large part", $"start: {string.Join(" | ", Enumerable.Repeat("a \"y\"", 2_000))}\na: {string.Join(" ", Enumerable.Repeat("/[a-z]/", 500))}", new string('x', 500) + "y" },
        { "a long text", $"start: \"{new string('x', 1_000_000)}\" | \"y\"", "y" },
        { "texts that are prefixes", "start: " + string.Join(" | ", Enumerable.Range(1, 600).Select(i => $"\"{new string('x', i)}\"")), "xxxxx" },
        { "loops in loops", $"start: {new string('(', 250)}a{string.Concat(Enumerable.Repeat(")*", 250))}\na: \"(\" a \")\" | \"x\"", "x(x)x" },
        { "templates in templates", $"start: {string.Concat(Enumerable.Repeat("t{", 250))}\"x\"{new string('}', 250)}\nt{{x}}: x | \"(\" x \")\"", "((x))" },
        { "a long line of the same", "start: " + string.Concat(Enumerable.Repeat("a ", 60_000)) + "| \"x\"\na: \"y\"? | \"(\" a \")\"", "x" },
        { "large counts in large counts", "start: A | \"x\"\nA: (/[a-c]/~10000)~1000000 \"b\"? /[0-9]/~1000000", "x" },
    };

    [Theory, MemberData(nameof(Large))]
    public void Large_grammars_are_read_on_a_small_stack_and_in_little_memory(string what, string grammar, string text)
    {
        long allocated = 0;
        Exception? error = null;
        Thread thread = new(() => error = Record.Exception(() =>
        {
            GrammarMatcher matcher = CompiledGrammar.Compile(GrammarSource.Lark(grammar)).CreateMatcher();
            foreach (int id in Tokenizer.O200kHarmony.Encode(text))
                Assert.True(matcher.TryAccept(id));
            Assert.True(matcher.CanEnd);
            matcher.FillMask(new ulong[matcher.Grammar.Vocabulary.MaskWords]);
            allocated = GC.GetAllocatedBytesForCurrentThread();
        }), maxStackSize: 1 << 20);
        _ = GrammarVocabulary.O200kHarmony;    // is not what is measured
        thread.Start();
        thread.Join();
        Assert.Null(error);
        Assert.True(allocated < 500 << 20, $"{what}: {allocated >> 20} MiB");
    }

    static string Lines(Func<int, string> line) => string.Concat(Enumerable.Range(0, Rules).Select(i => line(i) + "\n"));
}
