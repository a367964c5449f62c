using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Tokenization.Tests;

public class StablePrefixTests
{
    const string Alphabet = "aAzZ09 \n\r\t'/!\"{}:,.-srtevlmdé漢ʰ\u0301٣…\u00A0ǅ";

    [Theory]
    [InlineData("name\":", "\"", 4)]      // the colon's piece takes the quote
    [InlineData("name\":", "12", 6)]      // but no digit
    [InlineData("name\":", "", 6)]
    [InlineData("inter", "n", 0)]
    [InlineData("inter", ",", 5)]
    [InlineData("don", "'", 0)]
    [InlineData("12", "3", 0)]
    [InlineData("123", "4", 3)]
    [InlineData("\n  ", "\n", 0)]
    public void What_may_follow_decides_how_much_is_sure(string text, string mayFollow, int expected) =>
        Assert.Equal(expected, StablePrefix.Length(Encoding.UTF8.GetBytes(text), value => mayFollow.Contains((char)value, StringComparison.Ordinal)));

    [Fact]
    public void No_continuation_changes_the_ids_of_what_is_sure()
    {
        Gen<string> texts = Gen.Elements(Alphabet.EnumerateRunes().Select(rune => rune.ToString()).ToArray()).ListOf().Select(string.Concat);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(texts.ToArbitrary(), texts.ToArbitrary(), (text, continuation) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            byte[] next = Encoding.UTF8.GetBytes(continuation);
            int stable = StablePrefix.Length(bytes, value => next.Length > 0 && value == next[0]);
            int[] alone = Tokenizer.O200kHarmony.EncodeUtf8(bytes);
            int sure = Enumerable.Range(0, alone.Length + 1).Last(count => Tokenizer.O200kHarmony.DecodeBytes(alone.AsSpan(0, count)).Length <= stable);
            return Tokenizer.O200kHarmony.EncodeUtf8([.. bytes, .. next]).Take(sure).SequenceEqual(alone.Take(sure));
        }));
    }
}
