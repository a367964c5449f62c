using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>How a session talks. Immutable; a session reads them anew at each turn.</summary>
public sealed record ChatSessionOptions
{
    /// <summary>The system message: identity, effort, date, built-in tools.</summary>
    public SystemContent System { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = SystemContent.Default;

    /// <summary>The developer message: instructions and function tools; null sends none.</summary>
    public DeveloperContent? Developer { get; init; }

    /// <summary>How an id is chosen.</summary>
    public SamplingOptions Sampling { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>
    /// At most this many ids a turn, 1 or more; null goes on until the context is full. A turn that is held to a form (<see cref="Answer"/>, tools, …) ends whole within
    /// them, see <see cref="ChatTurn.WasShortened"/>.
    /// </summary>
    public int? MaxTokens
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A turn needs at least one id.");
    }

    /// <summary>
    /// Texts that end the turn where the answer holds one: it is left out, and what follows is not generated. Reasoning, preambles and calls may hold them. Each has
    /// at least one character. The list is copied.
    /// </summary>
    public IReadOnlyList<string> StopSequences
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value.All(text => !string.IsNullOrEmpty(text)) ? [.. value] : throw new ArgumentException("A stop sequence is empty.", nameof(value));
        }
    } = [];

    /// <summary>Null computes no log-probabilities, 0 that of each generated id, n those of the n most likely ids too.</summary>
    public int? TopLogProbabilities
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "As many log-probabilities as ids: 0 or more.");
    }

    /// <summary>
    /// Whether arguments of calls that are nearly JSON are repaired; <see cref="HarmonyCall.RawArguments"/> keeps what the
    /// model wrote.
    /// </summary>
    public bool RepairArguments { get; init; } = true;

    /// <summary>What the answer must be; null lets it be any text. Reasoning and calls are free of it.</summary>
    public AnswerFormat? Answer { get; init; }

    /// <summary>
    /// Whether the model may, or must, call tools, and which: names as they were declared, with their namespace or without it. Other than
    /// <see cref="HarmonyToolChoice.Auto"/> it is enforced whatever <see cref="EnforceTools"/> says.
    /// </summary>
    public HarmonyToolChoice ToolChoice { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = HarmonyToolChoice.Auto;

    /// <summary>Whether calls of the declared tools are held to their schemas. It takes effect where tools are declared.</summary>
    public ToolEnforcement EnforceTools { get; init; } = ToolEnforcement.Lenient;

    /// <summary>
    /// What calls of some tools hold in place of JSON: text of a grammar or a regular expression. By the tool's name, with its namespace or without it; a tool that takes text is best declared as a
    /// namespace without functions, so that its calls are read as text. The map is copied.
    /// </summary>
    public IReadOnlyDictionary<string, GrammarSource> ToolGrammars
    {
        get;
        init => field = new Dictionary<string, GrammarSource>(value ?? throw new ArgumentNullException(nameof(value)), StringComparer.Ordinal);
    } = new Dictionary<string, GrammarSource>(StringComparer.Ordinal);

    /// <summary>Where white space may stand in the arguments of calls that are held to a schema.</summary>
    public JsonWhitespace ToolWhitespace { get; init; } = JsonWhitespace.Compact;

    /// <summary>
    /// At most this many ids of reasoning a turn, headers and ends of its messages included; then the model goes on to its answer or call. 0 is none: the header is forced; null does not
    /// bound it. How much the model means to reason is <see cref="SystemContent.ReasoningEffort"/>.
    /// </summary>
    public int? MaxReasoningTokens
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Reasoning takes 0 ids or more.");
    }

    /// <summary>
    /// Holds turns to the shape of Harmony also where nothing else is asked of them, so that no header can be malformed. Where tools are enforced, an answer has a format,
    /// reasoning is bounded or the tool choice is not automatic, turns are held to it in any case.
    /// </summary>
    public bool EnforceFormat { get; init; }

    /// <summary>Which old reasoning is left out of the prompt; the history keeps all of it.</summary>
    public AnalysisDropping AnalysisDropping { get; init; } = AnalysisDropping.Harmony;

    /// <summary>How the tools' schemas are written; a schema that cannot be read complete fails the turn with a <see cref="SchemaException"/>.</summary>
    public SchemaStyle Schemas { get; init; } = SchemaStyle.Complete;
}
