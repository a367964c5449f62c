namespace Chorale.Grammar.Tests;

public class RegularExpressionTests
{
    [Fact]
    public void A_literal_accepts_itself_alone()
    {
        RegularExpression literal = RegularExpression.Literal("héllo😀");
        Assert.True(literal.Accepts("héllo😀"));
        Assert.False(literal.Accepts("héllo"));
        Assert.False(literal.Accepts("héllo😀!"));
    }

    [Fact]
    public void Strings_are_a_tree_of_their_characters()
    {
        RegularExpression strings = RegularExpression.Strings("red", "green", "great", "gre", "");
        Assert.All(["red", "green", "great", "gre", ""], text => Assert.True(strings.Accepts(text)));
        Assert.All(["r", "gr", "greens", "x"], text => Assert.False(strings.Accepts(text)));
    }

    [Theory]
    [InlineData(5, 0, "15", true)]
    [InlineData(5, 0, "16", false)]
    [InlineData(5, 0, "15.00", true)]
    [InlineData(5, 0, "15.50", false)]
    [InlineData(1, 2, "3.25", true)]
    [InlineData(1, 2, "3.250", true)]
    [InlineData(1, 2, "3.255", false)]
    [InlineData(25, 2, "1.5", true)]
    [InlineData(25, 2, "1.6", false)]
    public void Multiples_are_told_from_other_decimals(long divisor, int scale, string text, bool isMultiple) =>
        Assert.Equal(isMultiple, RegularExpression.MultipleOf(divisor, scale).Accepts(text));

    [Fact]
    public void Complement_and_intersection_combine()
    {
        RegularExpression letters = RegularExpression.Repeat(RegularExpression.Set(CharSet.Range('a', 'z')), 1);
        RegularExpression others = RegularExpression.And(letters, RegularExpression.Not(RegularExpression.Strings("if", "else")));
        Assert.True(others.Accepts("iff"));
        Assert.False(others.Accepts("if"));
        Assert.False(others.Accepts("A"));
    }
}
