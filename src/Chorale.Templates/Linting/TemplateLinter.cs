namespace Chorale.Templates;

/// <summary>Tells what a template does to conversations, by rendering small ones; and what it does to a given one.</summary>
/// <remarks>
/// Codes about a template: <c>prefix_preserving</c>, <c>not_prefix_preserving</c>, <c>stop_token_trained</c>, <c>stop_token_untrained</c>, <c>stop_token_missing</c>,
/// <c>no_generation_marks</c>, <c>string_arguments_kept</c>, <c>string_arguments_quoted_twice</c>, <c>string_arguments_refused</c>, <c>empty_calls_refused</c>,
/// <c>empty_calls_change_text</c>, <c>reasoning_shown</c>, <c>reasoning_lost</c>, <c>earlier_reasoning_dropped</c>, <c>markers_from_contents</c>,
/// <c>markers_refused</c>. About a conversation: <c>render_error</c>, <c>string_arguments</c>, <c>empty_calls</c>, <c>null_reasoning</c>, <c>lost_reasoning</c>,
/// <c>forged_marker</c>.
/// </remarks>
public sealed class TemplateLinter
{
    readonly ChatTemplate _template;
    readonly TemplateProbe _probe;

    /// <summary>Gets to know a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="settings">Variables, special tokens and date to render with; its messages and tools are not used. Null takes none.</param>
    public TemplateLinter(ChatTemplate template, TemplateInput? settings = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        _template = template;
        _probe = new TemplateProbe(template, settings ?? new TemplateInput { Messages = TemplateValue.None });
    }

    /// <summary>What the template does.</summary>
    public IReadOnlyList<TemplateFinding> LintTemplate() =>
    [
        .. PrefixLint.Check(_probe),
        .. StopTokenLint.Check(_probe),
        .. CallLint.Check(_probe),
        .. ReasoningLint.Check(_probe),
        MarkerLint.Check(_probe),
    ];

    /// <summary>What becomes of a conversation.</summary>
    public IReadOnlyList<TemplateFinding> LintConversation(TemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        List<TemplateFinding> findings = [];
        string? text = null;
        try
        {
            text = _template.Render(input);
        }
        catch (TemplateRenderException e)
        {
            findings.Add(new("render_error", TemplateFindingSeverity.Error, $"The template gives no text: {e.Message}", e.MessageIndex));
        }
        for (int i = 0; i < input.Messages.Items.Count; i++)
        {
            TemplateValue message = input.Messages.Items[i];
            findings.AddRange(CallLint.CheckMessage(_probe, message, i));
            findings.AddRange(ReasoningLint.CheckMessage(message, i, text, isLastTurn: IsLastTurn(input.Messages.Items, i)));
            findings.AddRange(MarkerLint.CheckMessage(_probe, message, i));
        }
        return findings;
    }

    static bool IsLastTurn(IReadOnlyList<TemplateValue> messages, int index)
    {
        for (int i = index + 1; i < messages.Count; i++)
        {
            if (messages[i]["role"]?.Text == "user")
                return false;
        }
        return true;
    }
}
