namespace Chorale.Templates;

/// <summary>What a template is given: the arguments of <c>apply_chat_template</c>.</summary>
public sealed record TemplateInput
{
    static readonly Dictionary<string, TemplateValue> NoVariables = [];
    static readonly Dictionary<string, string> NoTokens = [];

    /// <summary>The messages: a list of dictionaries.</summary>
    public required TemplateValue Messages { get; init; }

    /// <summary>The tools; null where none were given, and the template then sees <c>none</c>.</summary>
    public TemplateValue? Tools { get; init; }

    /// <summary>Further variables, such as <c>reasoning_effort</c>; they win over special tokens of the same name.</summary>
    public IReadOnlyDictionary<string, TemplateValue> Variables { get; init; } = NoVariables;

    /// <summary>The special tokens of the model's tokenizer, such as <c>bos_token</c>; they win over the template's own.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = NoTokens;

    /// <summary>What <c>strftime_now</c> formats: noon of that day.</summary>
    public DateOnly Date { get; init; } = new(2026, 1, 1);

    /// <summary>Whether the head of the assistant's next message ends the text.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Whether the text is cut behind the last message's content, so that a model goes on with it.</summary>
    public bool ContinueFinalMessage { get; init; }
}
