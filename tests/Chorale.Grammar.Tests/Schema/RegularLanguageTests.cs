namespace Chorale.Grammar.Tests;

public class RegularLanguageTests
{
    [Theory]
    [InlineData("^a+$", "^b+$", true)]
    [InlineData("^a*$", "^b*$", false)]
    [InlineData("^[a-m]{3}$", "^[m-z]{3}$", false)]
    [InlineData("^(ab)*$", "^(ab)*a$", true)]
    [InlineData("a", "^[^a]*$", true)]
    public void Patterns_that_exclude_each_other_are_known(string one, string other, bool isEmpty) =>
        Assert.Equal(isEmpty, RegularLanguage.IsEmpty(RegularExpression.And(RegexPattern.Search(one), RegexPattern.Search(other))));

    [Fact]
    public void A_language_without_a_larger_one_is_empty()
    {
        RegularExpression digits = RegexPattern.Search("^[0-9]{2}$"), letters = RegexPattern.Search("^[0-9a-z]+$");
        Assert.True(RegularLanguage.IsEmpty(RegularExpression.And(digits, RegularExpression.Not(letters))));
        Assert.False(RegularLanguage.IsEmpty(RegularExpression.And(letters, RegularExpression.Not(digits))));
    }

    [Theory]
    [InlineData("^(red|green|blue)$", "blue green red")]
    [InlineData("^[ab]{1,2}$", "a aa ab b ba bb")]
    [InlineData("^$", "")]
    public void Short_lists_are_found(string pattern, string expected)
    {
        List<string>? list = RegularLanguage.Enumerate(RegexPattern.Search(pattern), 10);
        Assert.NotNull(list);
        Assert.Equal(expected.Split(' '), list.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("^a*$")]
    [InlineData("^[a-z]{2}$")]
    [InlineData("a")]
    [InlineData("^.$")]
    public void Long_lists_are_not(string pattern) => Assert.Null(RegularLanguage.Enumerate(RegexPattern.Search(pattern), 10));
}
