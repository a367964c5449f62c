using System.Diagnostics;

namespace Chorale.Grammar.Tests;

public class RegexSyntaxTests
{
    [Theory]
    [InlineData("a)", 1, 2, "Found ')' without its '('.")]
    [InlineData("a(b", 1, 2, "Found '(' without its ')'.")]
    [InlineData("(?:a", 1, 1, "Found '(' without its ')'.")]
    [InlineData("x[ab", 1, 2, "Found '[' without its ']'.")]
    [InlineData("x[a-", 1, 2, "Found '[' without its ']'.")]
    [InlineData("[z-a]", 1, 2, "Found the range 'z-a', which ends before it starts.")]
    [InlineData("*a", 1, 1, "Found '*' with nothing before it to repeat.")]
    [InlineData("a|+", 1, 3, "Found '+' with nothing before it to repeat.")]
    [InlineData("({2})", 1, 2, "Found '{' with nothing before it to repeat.")]
    [InlineData("^*", 1, 2, "Found a quantifier behind an anchor. Expected something to repeat before it.")]
    [InlineData("a$?", 1, 3, "Found a quantifier behind an anchor. Expected something to repeat before it.")]
    [InlineData(@"\b+", 1, 3, "Found a quantifier behind an anchor. Expected something to repeat before it.")]
    [InlineData("a**", 1, 3, "Found a quantifier behind another. Expected a group around what is repeated first.")]
    [InlineData("a{2}{3}", 1, 5, "Found a quantifier behind another. Expected a group around what is repeated first.")]
    [InlineData("a{3,2}", 1, 2, "Found a count of at least 3 and at most 2.")]
    [InlineData("a{,2}", 1, 2, "Found a count without its minimum, which languages read differently. Expected '{0,' in its place.")]
    [InlineData("a{100001}", 1, 3, "Found a count of 100001. Expected at most 100000.")]
    [InlineData("a{99999999999999999999999}", 1, 3, "Found a count of 99999999999999999999…. Expected at most 100000.")]
    [InlineData("(?:ab?){500}{2}", 1, 13, "Found a quantifier behind another. Expected a group around what is repeated first.")]
    [InlineData("(?:(?:ab?){500}c){500}", 1, 1, "With its repetitions written out, this pattern has more than 200000 characters, the most that is supported.")]
    [InlineData("(?:a{1000}){1000}", 1, 12, "With its repetitions written out, this pattern has more than 200000 characters, the most that is supported.")]
    [InlineData("a\\", 1, 2, "Found a backslash at the end of the pattern. Expected what it escapes.")]
    [InlineData(@"a\y", 1, 2, @"Found '\y'. Expected a known escape.")]
    [InlineData("a\nb\\y", 2, 2, @"Found '\y'. Expected a known escape.")]
    [InlineData(@"(a)\1", 1, 4, "Found a backreference, which is not supported. Expected a pattern without it.")]
    [InlineData(@"(?<n>a)\k<n>", 1, 8, "Found a backreference, which is not supported. Expected a pattern without it.")]
    [InlineData("(?P<n>a)(?P=n)", 1, 9, "Found a backreference, which is not supported. Expected a pattern without it.")]
    [InlineData("(?<=ab)c", 1, 1, "Found a lookbehind that is not of one character, which is not supported. Expected a pattern without it.")]
    [InlineData("c(?<!a*)", 1, 2, "Found a lookbehind that is not of one character, which is not supported. Expected a pattern without it.")]
    [InlineData("(?>a)", 1, 1, "Found an atomic group, which is not supported. Expected a pattern without it.")]
    [InlineData("a++", 1, 2, "Found a possessive quantifier, which is not supported. Expected a pattern without it.")]
    [InlineData("a{2}+", 1, 2, "Found a possessive quantifier, which is not supported. Expected a pattern without it.")]
    [InlineData("(?(1)a|b)", 1, 1, "Found a condition, which is not supported. Expected a pattern without it.")]
    [InlineData("(a(?R)?b)", 1, 3, "Found a recursion, which is not supported. Expected a pattern without it.")]
    [InlineData("(a(?1)?b)", 1, 3, "Found a recursion, which is not supported. Expected a pattern without it.")]
    [InlineData("(?|a|b)", 1, 1, "Found a branch reset, which is not supported. Expected a pattern without it.")]
    [InlineData("(?#a", 1, 1, "Found '(?#' without its ')'.")]
    [InlineData("(?y)a", 1, 1, "Found '(?y'. Expected a known kind of group, or flags of 'imsxua'.")]
    [InlineData("(?", 1, 1, "Found '(?'. Expected a known kind of group, or flags of 'imsxua'.")]
    [InlineData("(?<1a>b)", 1, 4, "Expected the name of a group and '>'.")]
    [InlineData("(?<ab", 1, 4, "Expected the name of a group and '>'.")]
    [InlineData(@"\07", 1, 1, "Found an octal escape, which is not supported. Expected a pattern without it.")]
    [InlineData(@"\c1", 1, 1, @"Found '\c' without a letter.")]
    [InlineData(@"\x4", 1, 1, @"Found '\x' without the 2 hexadecimal digits that it needs, or some in braces.")]
    [InlineData(@"\u12G4", 1, 1, @"Found '\u' without the 4 hexadecimal digits that it needs, or some in braces.")]
    [InlineData(@"\u{}", 1, 1, @"Found '\u' without the 4 hexadecimal digits that it needs, or some in braces.")]
    [InlineData(@"\u{110000}", 1, 1, "Found the code 110000, which is no character of Unicode.")]
    [InlineData(@"\uD83D", 1, 1, @"Found half of a surrogate pair. Expected a character, as in '\u{1F600}'.")]
    [InlineData(@"\p{Klingon}", 1, 1, "Found the property 'Klingon', which is not known. Expected a general category, a script, or a property such as 'Alphabetic'.")]
    [InlineData(@"\p{L", 1, 1, @"Found '\p{' without its '}'.")]
    public void What_is_malformed_or_not_supported_is_refused_with_its_place(string pattern, int line, int column, string problem)
    {
        foreach (Func<RegularExpression> read in new[] { () => RegexPattern.Search(pattern), () => RegexPattern.Whole(pattern) })
        {
            GrammarSyntaxException error = Assert.Throws<GrammarSyntaxException>(read);
            Assert.Equal((line, column, problem), (error.Line, error.Column, error.Problem));
        }
    }

    [Theory]
    [InlineData("[]a]", 2, "Found ']' first in a class, which some languages read as a member and some as the end. Expected '\\]', or a class with members.")]
    [InlineData("[^]a]", 3, "Found ']' first in a class, which some languages read as a member and some as the end. Expected '\\]', or a class with members.")]
    [InlineData("[[:alpha:]]", 2, "Found a POSIX class, which is not supported. Expected a pattern without it.")]
    [InlineData("[a-z&&[b]]", 5, "Found '&&' in a class, which some languages read as an intersection. Expected it once.")]
    public void A_class_that_languages_read_differently_is_refused_outside_of_schemas(string pattern, int column, string problem)
    {
        GrammarSyntaxException error = Assert.Throws<GrammarSyntaxException>(() => RegexPattern.Whole(pattern));
        Assert.Equal((column, problem), (error.Column, error.Problem));
        Assert.NotNull(RegexPattern.Search(pattern));
    }

    [Theory]
    [InlineData(@"\Aa", "Found '\\A', which ECMA-262 does not have. Expected '^'.")]
    [InlineData(@"\Za", "Found '\\Z', which ECMA-262 does not have. Expected '$'.")]
    public void Anchors_of_other_languages_are_refused_in_schemas(string pattern, string problem)
    {
        Assert.Equal(problem, Assert.Throws<GrammarSyntaxException>(() => RegexPattern.Search(pattern)).Problem);
        Assert.NotNull(RegexPattern.Whole(pattern));
    }

    [Theory]
    [InlineData("foo", "foo")]
    [InlineData(@"\Afoo\z", "foo")]
    [InlineData(@"\Afoo\Z", "foo")]
    [InlineData(@"\u{1F600}\uD83D\uDE00\U0001F600\x{1F600}", "😀😀😀😀")]
    [InlineData("(?P<name>a)", "a")]
    [InlineData(@"\_\%\é", "_%é")]
    [InlineData(@"\pL\p{^L}", "a1")]
    [InlineData(@"\a\v", "\a\v")]
    [InlineData("(?x) a b # c\n c", "abc")]
    [InlineData(@"(?x: a [ ] \  ) b", "a   b")]
    [InlineData("(?u)\\w\\d\\s", "é٣\u0085")]
    [InlineData("(?u:\\w)(?a)\\w", "éa")]
    [InlineData("(?m)a$\\s^b", "a\nb")]
    [InlineData("(?i)[^k]σΣς\u212A", "xΣΣΣk")]
    [InlineData("(?i)straße", "STRASSE", false)]
    [InlineData("(?i)\\W", "k", false)]
    [InlineData("(?i)[^k]", "\u212A", false)]
    [InlineData(".", "\u2028", false)]
    [InlineData("(?s).", "\u2028")]
    [InlineData("a$", "a\n", false)]
    [InlineData(@"\d", "٣", false)]
    [InlineData(@"\w", "é", false)]
    [InlineData(@"\s\s", "\uFEFF\u2029")]
    [InlineData(@"\s", "\u0085", false)]
    [InlineData(@"\p{Letter}\p{gc=Nd}\p{Script=Greek}\p{sc=Cyrl}\p{Han}", "a1αб漢")]
    [InlineData(@"\p{Hiragana}\p{Katakana}\p{Hangul}\p{Arabic}\p{Hebrew}\p{Thai}\p{Devanagari}\p{Latin}", "あカ한عאกनé")]
    [InlineData(@"\p{Latin}", "α", false)]
    [InlineData(@"\p{Any}\p{ASCII}\p{Alphabetic}\p{White_Space}\p{AHex}\p{Upper}\p{Lower}", "漢~ͅ FⅠⅰ")]
    [InlineData(@"\p{LC}\p{Punctuation}\p{Sc}\p{Assigned}", "a!€a")]
    [InlineData(@"\P{ASCII}", "~", false)]
    public void Spellings_are_read(string pattern, string text, bool isMatch = true) =>
        Assert.Equal(isMatch, RegexPattern.Whole(pattern).Accepts(text));

    [Fact]
    public void Flags_are_taken_from_outside()
    {
        Assert.True(RegexPattern.Whole("a.b", RegexFlags.IgnoreCase | RegexFlags.DotAll).Accepts("A\nB"));
        Assert.True(RegexPattern.Whole("a # b", RegexFlags.Extended).Accepts("a"));
        Assert.True(RegexPattern.Whole(@"\w", RegexFlags.Unicode).Accepts("ß"));
        Assert.True(RegexPattern.Whole("a\n^b", RegexFlags.MultiLine).Accepts("a\nb"));
        Assert.False(RegexPattern.Whole("a\n^b").Accepts("a\nb"));
        Assert.False(RegexPattern.Whole("(?-i)a", RegexFlags.IgnoreCase).Accepts("A"));
    }

    [Fact]
    public void Classes_in_schemas_are_those_of_ECMA_262()
    {
        Assert.Equal(RegularExpression.Nothing, RegexPattern.Search("[]"));
        Assert.True(RegexPattern.Search("^[^]$").Accepts("\n"));
        Assert.True(RegexPattern.Search("^[[:a]]$").Accepts(":]"));
        Assert.True(RegexPattern.Search(@"^[\w-.]+$").Accepts("a-."));
        Assert.False(RegexPattern.Search(@"^[\w-.]+$").Accepts("+"));
    }

    [Fact]
    public void An_anchored_pattern_has_nothing_around_it()
    {
        RegularExpression letters = RegularExpression.Repeat(RegularExpression.Set(CharSet.Range('a', 'z')), 1);
        Assert.Equal(letters, RegexPattern.Search("^[a-z]+$"));
        Assert.Equal(letters, RegexPattern.Whole("^[a-z]+$"));
        Assert.Equal(letters, RegexPattern.Whole("[a-z]+"));
        RegularExpression foo = RegularExpression.Literal("foo"), any = RegularExpression.Anything;
        Assert.Equal(RegularExpression.Concat(any, foo, any), RegexPattern.Search("foo"));
        Assert.Equal(RegularExpression.Concat(foo, any), RegexPattern.Search("^foo"));
        Assert.Equal(RegularExpression.Concat(any, foo), RegexPattern.Search("foo$"));
        Assert.Equal(any, RegexPattern.Search(""));
        Assert.Equal(any, RegexPattern.Search("^.*"));
        Assert.Equal(any, RegexPattern.Search("x*$|"));
        Assert.Equal(foo, RegexPattern.Whole(@"\bfoo\b"));
    }

    [Fact]
    public void Counts_of_counts_are_multiplied()
    {
        RegularExpression a = RegularExpression.Literal("a");
        Assert.Equal(RegularExpression.Repeat(a, 4, 9), RegexPattern.Whole("(?:a{2,3}){2,3}"));
        Assert.Equal(RegularExpression.Repeat(a, 0), RegexPattern.Whole("(?:a+)*"));
        Assert.Equal(RegularExpression.Repeat(a, 0, 100_000), RegexPattern.Whole("(?:a{0,1000}){0,100}"));
    }

    public static TheoryData<string> Hostile => new(
        new string('(', 70_000),
        new string('(', 30_000),
        new string('(', 256) + new string(')', 256),
        new string('[', 60_000),
        string.Concat(Enumerable.Repeat("(?=", 20_000)),
        string.Concat(Enumerable.Repeat("(?:a|", 200)) + new string(')', 200) + "*",
        string.Concat(Enumerable.Repeat("a?", 30_000)),
        string.Concat(Enumerable.Repeat("a?b", 20_000)),
        string.Concat(Enumerable.Repeat("(a|bc)", 10_000)),
        string.Concat(Enumerable.Repeat(@"(a|\bb)", 9_000)),
        string.Concat(Enumerable.Repeat(@"(a|bc)\b", 8_000)),
        string.Concat(Enumerable.Repeat(@"(?=.*a|b)", 7_000)),
        string.Concat(Enumerable.Repeat(@"(?:(?=a*b)|c)*", 4_000)),
        string.Concat(Enumerable.Repeat("(?:(?:", 120)) + @"a|\b" + string.Concat(Enumerable.Repeat("x)*y)*", 120)),
        "(?:(?=a)b|^c|d){0,100000}",
        @"(?:\ba{1,2}|b\b){100000}",
        @"(?:\b\w+ ?){0,390}",
        @"(?:\bab?c?){0,390}$",
        @"(?:\b\w?-?){0,8000}",
        @"(?:(?=a|b)\w?){0,390}",
        string.Concat(Enumerable.Repeat(@"(?:(?=a|b)\w?|c)", 390)),
        string.Concat(Enumerable.Repeat(@"(?:\b\w?|c)", 20)),
        "(?:(?:(?:^a|b){100}){100}){100}",
        "(?:(?:a{0,50}b?){0,50}c?){0,50}",
        string.Join('|', Enumerable.Range(0, 12_000).Select(i => $"{i:x}z")),
        string.Concat(Enumerable.Range(0, 300).Select(i => $"(?<=[{(char)('Ā' + i)}-{(char)('ſ' + (i * 2))}])")),
        string.Concat(Enumerable.Repeat(@"\p{L}", 13_000)));

    [Theory, MemberData(nameof(Hostile))]
    public void A_hostile_pattern_is_soon_read_or_refused(string pattern)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Thread thread = new(() =>
        {
            foreach (Func<RegularExpression> read in new[] { () => RegexPattern.Search(pattern), () => RegexPattern.Whole("(?i)" + pattern) })
            {
                try
                {
                    RegularExpression rest = read();
                    HashSet<CharSet> sets = [];
                    rest.CollectSets(sets);
                    foreach (char next in "abcabacbc")
                        rest = rest.Derivative(next);
                }
                catch (GrammarSyntaxException)
                {
                    // Refused: as good.
                }
            }
        }, maxStackSize: 1 << 20);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(20)));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }
}
