using System.Text.RegularExpressions;

namespace Chorale.Templates;

/// <summary>Renders small conversations under a template, and knows its marks.</summary>
sealed partial class TemplateProbe
{
    public const string Question = "What is seven times six?";
    public const string Answer = "Forty-two, that is.";

    readonly ChatTemplate _template;
    readonly TemplateInput _settings;

    public TemplateProbe(ChatTemplate template, TemplateInput settings)
    {
        (_template, _settings) = (template, settings);
        Markers = FindMarkers();
        ReasoningKey = Array.Find(ReasoningKeys, ShowsReasoning);
        StringArguments = CallLint.CheckArguments(this);
    }

    /// <summary>The keys that hold reasoning in one form of history or another.</summary>
    public static string[] ReasoningKeys { get; } = ["thinking", "reasoning_content", "reasoning"];

    /// <summary>What the template writes that looks like markup: <c>&lt;|end|&gt;</c>, <c>&lt;/think&gt;</c>.</summary>
    public IReadOnlyList<string> Markers { get; }

    /// <summary>The key under which the template looks for reasoning; null where it shows none.</summary>
    public string? ReasoningKey { get; }

    /// <summary>What the template makes of arguments that are a text; null where it shows no calls.</summary>
    public TemplateFinding? StringArguments { get; }

    /// <summary>The token that ends an answer, as the model's tokenizer names it; null where that is not known.</summary>
    public string? EndToken => _settings.SpecialTokens.TryGetValue("eos_token", out string? token) || _template.SpecialTokens.TryGetValue("eos_token", out token) ? token : null;

    public static TemplateValue Message(string role, string content) => TemplateValue.FromEntries([new("role", TemplateValue.From(role)), new("content", TemplateValue.From(content))]);

    /// <summary>A message of the assistant that calls a function.</summary>
    public static TemplateValue Call(TemplateValue arguments) => Message("assistant", "").With("tool_calls", TemplateValue.FromList([TemplateValue.FromEntries(
    [
        new("type", TemplateValue.From("function")),
        new("id", TemplateValue.From("call00001")),
        new("function", TemplateValue.FromEntries([new("name", TemplateValue.From("multiply")), new("arguments", arguments)])),
    ])]));

    public static TemplateValue Result(string content) =>
        Message("tool", content).With("name", TemplateValue.From("multiply")).With("tool_call_id", TemplateValue.From("call00001"));

    public string? TryRender(params TemplateValue[] messages) => TryRender(prompt: false, messages);

    /// <summary>The text; null where the template refuses.</summary>
    public string? TryRender(bool prompt, params TemplateValue[] messages) => TryPieces(prompt, messages)?.Text;

    public RenderedTemplate? TryPieces(bool prompt, params TemplateValue[] messages)
    {
        try
        {
            return _template.RenderPieces(_settings with { Messages = TemplateValue.FromList(messages), Tools = null, AddGenerationPrompt = prompt, ContinueFinalMessage = false });
        }
        catch (TemplateRenderException)
        {
            return null;
        }
    }

    bool ShowsReasoning(string key) =>
        TryRender(Message("user", Question), Message("assistant", Answer).With(key, TemplateValue.From("Six sevens: 42.")))?.Contains("Six sevens: 42.", StringComparison.Ordinal) == true;

    List<string> FindMarkers()
    {
        TemplateValue user = Message("user", Question), answer = Message("assistant", Answer);
        TemplateValue call = Call(TemplateValue.FromJson("""{"a":7,"b":6}"""));
        TemplateValue[][] conversations = [[user], [user, answer], [Message("system", "Be brief."), user, answer, user], [user, call, Result("42")], [user, call, Result("42"), answer]];
        return
        [
            .. conversations.SelectMany(messages => new[] { TryPieces(prompt: false, messages), TryPieces(prompt: true, messages) })
                .OfType<RenderedTemplate>()
                .SelectMany(rendered => rendered.Pieces)
                .Where(piece => piece.IsTemplate)
                .SelectMany(piece => MarkerShape.Matches(piece.Text))
                .Select(match => match.Value)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex(@"<\|[^|<>\s]{1,60}\|>|</?[a-z_]{1,40}>|\[/?[A-Z_]{2,40}\]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    static partial Regex MarkerShape { get; }
}
