namespace Chorale.Grammar.Tests;

public class NotationTests
{
    public static IEnumerable<TheoryDataRow<NotationCase>> Lark => LarkCases.All.Select(c => new TheoryDataRow<NotationCase>(c));

    public static IEnumerable<TheoryDataRow<NotationCase>> Gbnf => GbnfCases.All.Select(c => new TheoryDataRow<NotationCase>(c));

    [Theory, MemberData(nameof(Lark))]
    public void Lark_means_the_texts_it_should(NotationCase c) => CheckMeaning(c, LarkParser.Parse(c.Grammar));

    [Theory, MemberData(nameof(Gbnf))]
    public void Gbnf_means_the_texts_it_should(NotationCase c) => CheckMeaning(c, GbnfParser.Parse(c.Grammar));

    static void CheckMeaning(NotationCase c, NotatedGrammar grammar)
    {
        TreeRecognizer recognizer = new(grammar);
        Assert.All(c.Accepted, text => Assert.True(recognizer.Accepts(text), $"Refused: {text}"));
        Assert.All(c.Refused, text => Assert.False(recognizer.Accepts(text), $"Accepted: {text}"));
    }
}
