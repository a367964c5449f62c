namespace Chorale.Templates;

/// <summary>Whether a model that is trained on the text learns to stop.</summary>
static class StopTokenLint
{
    public static IEnumerable<TemplateFinding> Check(TemplateProbe probe)
    {
        RenderedTemplate? rendered = probe.TryPieces(
            prompt: false, TemplateProbe.Message("user", TemplateProbe.Question), TemplateProbe.Message("assistant", TemplateProbe.Answer));
        if (rendered is null || rendered.Text.LastIndexOf(TemplateProbe.Answer, StringComparison.Ordinal) is not (>= 0 and int at))
            yield break;
        string tail = rendered.Text[(at + TemplateProbe.Answer.Length)..];
        string? end = probe.EndToken is { } token && tail.Contains(token, StringComparison.Ordinal)
            ? token
            : probe.Markers.Where(marker => tail.Contains(marker, StringComparison.Ordinal)).MinBy(marker => tail.IndexOf(marker, StringComparison.Ordinal));
        if (probe.EndToken is { } expected && end != expected)
        {
            yield return new("stop_token_missing", TemplateFindingSeverity.Warning,
                $"Behind the last answer stands {LintText.Excerpt(tail, 0)} and not the tokenizer's end token '{expected}': a model trained on this text learns to end its answers otherwise.");
        }
        if (!rendered.Pieces.Any(piece => piece.IsTrained))
        {
            yield return new("no_generation_marks", TemplateFindingSeverity.Info,
                "The template has no {% generation %}: a loss on the assistant's words alone needs other means, such as samples made by 'chorale dataset build'.");
            yield break;
        }
        bool trained = end is not null && IsTrained(rendered, at + TemplateProbe.Answer.Length + tail.IndexOf(end, StringComparison.Ordinal) + end.Length - 1);
        yield return trained
            ? new("stop_token_trained", TemplateFindingSeverity.Info, $"'{end}' behind an answer lies inside {{% generation %}}: a model learns to stop.")
            : new("stop_token_untrained", TemplateFindingSeverity.Warning,
                end is null ? "No end token stands behind an answer: a model never learns to stop." : $"'{end}' behind an answer lies outside {{% generation %}}: a model never learns to stop.");
    }

    static bool IsTrained(RenderedTemplate rendered, int position)
    {
        int end = 0;
        foreach (TemplatePiece piece in rendered.Pieces)
        {
            end += piece.Text.Length;
            if (position < end)
                return piece.IsTrained;
        }
        return false;
    }
}
