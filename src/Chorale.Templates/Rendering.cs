namespace Chorale.Templates;

/// <summary>One rendering in progress: what it was given, what it may still do, and where it is. Not shared by threads.</summary>
sealed class Rendering
{
    readonly TemplateInput _input;
    readonly IReadOnlyDictionary<string, string> _specialTokens;

    /// <summary>Begins one.</summary>
    /// <param name="input">What it is given.</param>
    /// <param name="specialTokens">The template's own special tokens, for those that the input does not name.</param>
    /// <param name="limits">What it may do.</param>
    /// <param name="keepsRuns">Whether it is to tell where each part of the text comes from.</param>
    public Rendering(TemplateInput input, IReadOnlyDictionary<string, string> specialTokens, TemplateLimits limits, bool keepsRuns)
    {
        (_input, _specialTokens, KeepsRuns) = (input, specialTokens, keepsRuns);
        Messages = input.Messages;
        Tools = input.Tools ?? Variable("tools") ?? TemplateValue.None;
        Budget = new Budget(limits);
        Output = new Output(Budget, keepsRuns);
    }

    public TemplateValue Messages { get; init; }

    /// <summary><c>None</c> where there are none.</summary>
    public TemplateValue Tools { get; }

    public bool AddGenerationPrompt => _input.AddGenerationPrompt;

    public DateOnly Date => _input.Date;

    public bool KeepsRuns { get; }

    public Budget Budget { get; }

    public Output Output { get; }

    /// <summary>The line of the template at work; 0 where there is none.</summary>
    public int Line { get; set; }

    /// <summary>The message at work; -1 where there is none.</summary>
    public int MessageIndex { get; set; } = -1;

    /// <summary>A message that the statement at work has taken out of the messages, where no loop over them is at work; -1 for none.</summary>
    public int TouchedMessage { get; set; } = -1;

    /// <summary>How deep macros have called one another.</summary>
    public int MacroDepth { get; set; }

    /// <summary>A variable that the caller gave, or else a special token; null where neither has the name.</summary>
    public TemplateValue? Variable(string name)
    {
        if (_input.Variables.TryGetValue(name, out TemplateValue? value))
            return value;
        return _input.SpecialTokens.TryGetValue(name, out string? token) || _specialTokens.TryGetValue(name, out token)
            ? new StringValue(token, PieceKind.Template)
            : null;
    }

    /// <summary>A text in the making, to be taken by <see cref="Output.ToValue"/> or thrown away.</summary>
    public Output NewOutput() => new(Budget, KeepsRuns);
}
