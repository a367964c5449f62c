using System.Numerics;
using Chorale.Tokenization;

namespace Chorale.Grammar.Tests;

public class RegexMaskTests
{
    public static TheoryData<string> Patterns => new(
        "[a-z]+",
        @"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,12}$",
        @"(?:(?!ab)[a-c])*;",
        @"\b[A-Z][a-z]+\b(?: \b[a-z]+\b)*\.",
        @"(?i)(?:yes|no|straße)",
        @"\p{Han}{2,4}|\p{Cyrillic}+",
        @"(?:(?<!-)-|[a-z])*x",
        "(?s).{3}");

    public static TheoryData<string> Formats => new(
        "date", "time", "date-time", "iso-date-time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri-reference", "uri-template", "uuid",
        "json-pointer", "relative-json-pointer", "byte");

    [Theory, MemberData(nameof(Patterns))]
    public void What_the_masks_of_a_pattern_allow_matches_it(string pattern) =>
        AssertWalks(GrammarSource.Regex(pattern), RegexPattern.Whole(pattern));

    [Theory, MemberData(nameof(Formats))]
    public void What_the_masks_of_a_format_allow_is_valid(string format)
    {
        Assert.True(StringFormats.TryGet(format, out RegularExpression? language));
        AssertWalks(Built.Text(language), language);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_or_is_malformed_is_refused()
    {
        Assert.Throws<GrammarSyntaxException>(() => GrammarSource.Regex("a("));
        Assert.Throws<GrammarException>(() => CompiledGrammar.Compile(GrammarSource.Regex("a(?=b)c")).CreateMatcher());
    }

    /// <summary>Picks ids at random for a while, and has the rest completed.</summary>
    static void AssertWalks(GrammarSource source, RegularExpression language)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(source);
        ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
        for (int seed = 0; seed < 4; seed++)
        {
            Random random = new(seed);
            GrammarMatcher matcher = grammar.CreateMatcher();
            List<int> ids = [];
            for (int i = 0; i < 3 * (seed + 1); i++)
            {
                matcher.FillMask(mask);
                int[] allowed = [.. AllowedBy(mask)];
                if (allowed.Length == 0)
                    break;
                ids.Add(allowed[random.Next(allowed.Length)]);
                if (!matcher.TryAccept(ids[^1]))
                {
                    // An end of the text, that stands in the mask where the grammar may end.
                    Assert.True(matcher.CanEnd);
                    ids.RemoveAt(ids.Count - 1);
                    break;
                }
            }
            matcher.AppendCompletion(ids);
            string text = Tokenizer.O200kHarmony.Decode([.. ids]);
            Assert.True(language.Accepts(text), text);
        }
    }

    static IEnumerable<int> AllowedBy(ulong[] mask)
    {
        for (int word = 0; word < mask.Length; word++)
        {
            for (ulong bits = mask[word]; bits != 0; bits &= bits - 1)
                yield return (word * 64) + BitOperations.TrailingZeroCount(bits);
        }
    }
}
