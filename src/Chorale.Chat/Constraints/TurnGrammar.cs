using Chorale.Grammar;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>A compiled turn, from which each answer gets a constraint of its own. Immutable; threads may share it.</summary>
public sealed class TurnGrammar
{
    readonly HarmonyReasoning _reasoning;

    TurnGrammar(HarmonyTurn turn, GrammarVocabulary vocabulary)
    {
        _reasoning = turn.Reasoning;
        Ending = (turn with { Reasoning = HarmonyReasoning.None }).Compile(vocabulary);
        Reasoning = _reasoning == HarmonyReasoning.None ? null : HarmonyTurn.CompileReasoning(vocabulary);
        NextMessage = [vocabulary.Tokenizer.SpecialTokens["<|start|>"], .. vocabulary.Tokenizer.Encode("assistant")];
        End = vocabulary.Tokenizer.SpecialTokens["<|end|>"];
        ShortestLength = Ending.CreateMatcher().CompletionLength;
    }

    /// <summary>What the schemas of tools that are not strict, or of a lenient answer, ask for and is not enforced.</summary>
    public IReadOnlyList<JsonSchemaException> Ignored => Ending.Ignored;

    /// <summary>Ids of the shortest turn: a smaller budget is refused.</summary>
    public int ShortestLength { get; }

    /// <summary>The turn without reasoning.</summary>
    internal CompiledGrammar Ending { get; }

    /// <summary>One message of reasoning; null where there may be none.</summary>
    internal CompiledGrammar? Reasoning { get; }

    /// <summary>What stands between two messages.</summary>
    internal IReadOnlyList<int> NextMessage { get; }

    internal int End { get; }

    /// <summary>How many messages of reasoning there may be.</summary>
    internal int MostThoughts => _reasoning switch
    {
        HarmonyReasoning.Free => int.MaxValue,
        HarmonyReasoning.Once => 1,
        _ => 0,
    };

    /// <summary>Compiles a turn.</summary>
    /// <param name="turn">What it may hold.</param>
    /// <param name="vocabulary">Whose ids; null is that of gpt-oss.</param>
    /// <inheritdoc cref="HarmonyTurn.Compile" path="/exception"/>
    public static TurnGrammar Compile(HarmonyTurn turn, GrammarVocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return new(turn, vocabulary ?? GrammarVocabulary.O200kHarmony);
    }

    /// <summary>A constraint for one answer to a prompt that ends in <c>&lt;|start|&gt;assistant</c>.</summary>
    /// <param name="budget">How many ids may follow: the turn ends whole within them.</param>
    /// <param name="maxReasoningTokens">
    /// How many of them may be of messages of reasoning, headers and ends included, as <see cref="ChatUsage.ReasoningTokens"/> counts them (but for calls on <c>analysis</c>);
    /// null does not bound them. Where fewer are left than the shortest such message takes, there is none.
    /// </param>
    /// <exception cref="BudgetTooSmallException">No turn is so short.</exception>
    public TurnConstraint CreateConstraint(int budget, int? maxReasoningTokens = null) => new(this, budget, maxReasoningTokens);
}
