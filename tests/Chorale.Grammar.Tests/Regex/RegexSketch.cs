namespace Chorale.Grammar.Tests;

/// <summary>A pattern with a slow and plain matcher of its own, which follows all ways at once.</summary>
/// <param name="Pattern">As it is written.</param>
/// <param name="Ends">From a text and where to start in it to the bit set of the places where a match may end.</param>
sealed record RegexSketch(string Pattern, Func<string, int, uint> Ends)
{
    public static RegexSketch[] Characters { get; } =
    [
        Character("a", c => c == 'a'), Character("b", c => c == 'b'), Character("-", c => c == '-'), Character(".", _ => true), Character("[ab]", c => c is 'a' or 'b'),
        Character("[^a]", c => c != 'a'), Character(@"\w", IsWord), Character(@"\W", c => !IsWord(c)), new("", (_, at) => 1u << at),
    ];

    public static RegexSketch[] Assertions { get; } =
    [
        Assertion("^", (_, at) => at == 0),
        Assertion("$", (text, at) => at == text.Length),
        Assertion(@"\b", (text, at) => IsWordAt(text, at - 1) != IsWordAt(text, at)),
        Assertion(@"\B", (text, at) => IsWordAt(text, at - 1) == IsWordAt(text, at)),
        Assertion("(?<=a)", (text, at) => at > 0 && text[at - 1] == 'a'),
        Assertion("(?<!a)", (text, at) => at == 0 || text[at - 1] != 'a'),
        Assertion("(?<=^|b)", (text, at) => at == 0 || text[at - 1] == 'b'),
    ];

    public bool IsIn(string text) => Enumerable.Range(0, text.Length + 1).Any(at => Ends(text, at) != 0);

    public bool IsWhole(string text) => (Ends(text, 0) & (1u << text.Length)) != 0;

    public RegexSketch Then(RegexSketch next) => new(Pattern + next.Pattern, (text, at) => next.FromAll(text, Ends(text, at)));

    public RegexSketch Or(RegexSketch other) => new($"(?:{Pattern}|{other.Pattern})", (text, at) => Ends(text, at) | other.Ends(text, at));

    public RegexSketch Ahead(bool isNegated) =>
        new($"(?{(isNegated ? '!' : '=')}{Pattern})", (text, at) => (Ends(text, at) != 0) != isNegated ? 1u << at : 0);

    public RegexSketch Repeat(int least, int? most, bool isLazy) =>
        new($"(?:{Pattern}){{{least},{most}}}{(isLazy ? "?" : "")}", (text, at) =>
        {
            uint ends = 1u << at;
            for (int i = 0; i < least; i++)
                ends = FromAll(text, ends);
            // There are no more places than characters, and one.
            for (int i = least; i < (most ?? least + text.Length + 1); i++)
                ends |= FromAll(text, ends);
            return ends;
        });

    public override string ToString() => $"/{Pattern}/";

    uint FromAll(string text, uint starts)
    {
        uint ends = 0;
        for (int at = 0; at <= text.Length; at++)
        {
            if ((starts & (1u << at)) != 0)
                ends |= Ends(text, at);
        }
        return ends;
    }

    static RegexSketch Character(string pattern, Func<char, bool> isIn) =>
        new(pattern, (text, at) => at < text.Length && isIn(text[at]) ? 1u << (at + 1) : 0);

    static RegexSketch Assertion(string pattern, Func<string, int, bool> holds) => new(pattern, (text, at) => holds(text, at) ? 1u << at : 0);

    static bool IsWord(char c) => c is 'a' or 'b';

    static bool IsWordAt(string text, int at) => at >= 0 && at < text.Length && IsWord(text[at]);
}
