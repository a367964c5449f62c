using Chorale.Grammar;
using Chorale.Tokenization;

namespace Chorale.Chat.Tests;

public class TurnGrammarCacheTests
{
    static readonly GrammarVocabulary Vocabulary = new(Tokenizer.O200kHarmony);

    [Fact]
    public void A_turn_that_says_the_same_is_compiled_once()
    {
        TurnGrammar first = TurnGrammarCache.Get(Turn("""{"type":"object"}""", "a+"), Vocabulary);

        Assert.Same(first, TurnGrammarCache.Get(Turn("""{"type":"object"}""", "a+"), Vocabulary));
        Assert.NotSame(first, TurnGrammarCache.Get(Turn("""{"type":"object" }""", "a+"), Vocabulary));
        Assert.NotSame(first, TurnGrammarCache.Get(Turn("""{"type":"object"}""", "a*"), Vocabulary));
        Assert.NotSame(first, TurnGrammarCache.Get(Turn("""{"type":"object"}""", "a+") with { ToolChoice = HarmonyToolChoice.Required }, Vocabulary));
        Assert.NotSame(first, TurnGrammarCache.Get(Turn("""{"type":"object"}""", "a+") with { Tools = [] }, Vocabulary));
    }

    [Fact]
    public void What_was_not_used_for_long_is_forgotten()
    {
        TurnGrammar first = TurnGrammarCache.Get(Turn("true", "first"), Vocabulary);
        for (int i = 0; i < 70; i++)
            TurnGrammarCache.Get(Turn("true", $"x{i}"), Vocabulary);

        Assert.NotSame(first, TurnGrammarCache.Get(Turn("true", "first"), Vocabulary));
        Assert.Same(TurnGrammarCache.Get(Turn("true", "x69"), Vocabulary), TurnGrammarCache.Get(Turn("true", "x69"), Vocabulary));
    }

    [Fact]
    public void Sources_are_equal_where_text_and_options_are()
    {
        Assert.Equal(GrammarSource.Regex("a"), GrammarSource.Regex("a"));
        Assert.NotEqual(GrammarSource.Regex("a"), GrammarSource.Regex("b"));
        Assert.NotEqual(GrammarSource.Gbnf("root ::= \"a\""), GrammarSource.Lark("start: \"a\""));
        Assert.Equal(GrammarSource.JsonSchema("true"), GrammarSource.JsonSchema("true", new()));
        Assert.NotEqual(GrammarSource.JsonSchema("true"), GrammarSource.JsonSchema("true", new() { Lenient = true }));
        Assert.Equal(GrammarSource.AnyText, GrammarSource.AnyText);
        Assert.NotEqual(GrammarSource.AnyText, GrammarSource.Regex(""));
    }

    static HarmonyTurn Turn(string schema, string answer) =>
        new() { Answer = GrammarSource.Regex(answer), Tools = [new HarmonyTool("functions.f", GrammarSource.JsonSchema(schema))] };
}
