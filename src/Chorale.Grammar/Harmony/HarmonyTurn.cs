namespace Chorale.Grammar;

/// <summary>What the assistant may write after <c>&lt;|start|&gt;assistant</c> until its turn ends. Immutable; equal where it says the same.</summary>
/// <remarks>
/// A turn is any number of messages of reasoning and of preambles, each ended by <c>&lt;|end|&gt;</c>, and then the answer, ended by <c>&lt;|return|&gt;</c>, or a call, ended by
/// <c>&lt;|call|&gt;</c>. Control tokens stand where the format has them and nowhere else, so that a malformed header is not among the texts. Where the model has
/// a choice, a call may name its recipient before the channel or after it, as gpt-oss does; where a call is required, only after it, so that as much of the header as can be is forced.
/// </remarks>
public sealed record HarmonyTurn
{
    /// <summary>The text of the answer.</summary>
    public GrammarSource Answer { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = GrammarSource.AnyText;

    /// <summary>How much reasoning there may be.</summary>
    public HarmonyReasoning Reasoning { get; init; } = HarmonyReasoning.Free;

    /// <summary>Whether messages to the user on <c>commentary</c> may come first, where tools can be called.</summary>
    public bool Preambles { get; init; } = true;

    /// <summary>The tools. The list is copied.</summary>
    public IReadOnlyList<HarmonyTool> Tools { get; init => field = [.. value ?? throw new ArgumentNullException(nameof(value))]; } = [];

    /// <summary>Whether they may, or must, be called, and which.</summary>
    public HarmonyToolChoice ToolChoice { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = HarmonyToolChoice.Auto;

    /// <inheritdoc/>
    public bool Equals(HarmonyTurn? other) =>
        other is not null && Answer.Equals(other.Answer) && Reasoning == other.Reasoning && Preambles == other.Preambles && ToolChoice == other.ToolChoice && Tools.SequenceEqual(other.Tools);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Answer);
        hash.Add(Reasoning);
        hash.Add(Preambles);
        hash.Add(ToolChoice);
        foreach (HarmonyTool tool in Tools)
            hash.Add(tool);
        return hash.ToHashCode();
    }

    /// <summary>Compiles the turn.</summary>
    /// <param name="vocabulary">Whose ids; null is that of gpt-oss.</param>
    /// <exception cref="GrammarException">
    /// The answer's grammar or a strict tool's schema is malformed or cannot be enforced, a recipient can stand in no header or stands twice, the tool choice names an unknown tool or
    /// demands a call without tools, the vocabulary lacks a control token.
    /// </exception>
    public CompiledGrammar Compile(GrammarVocabulary? vocabulary = null)
    {
        GrammarBuilder builder = new(vocabulary ?? GrammarVocabulary.O200kHarmony);
        return builder.Build(new HarmonyTurnWriter(builder).AddTurn(this));
    }

    /// <summary>Compiles one message of reasoning, header and <c>&lt;|end|&gt;</c> included.</summary>
    /// <inheritdoc cref="Compile" path="/param"/>
    public static CompiledGrammar CompileReasoning(GrammarVocabulary? vocabulary = null)
    {
        GrammarBuilder builder = new(vocabulary ?? GrammarVocabulary.O200kHarmony);
        return builder.Build(new HarmonyTurnWriter(builder).AddReasoning());
    }
}
