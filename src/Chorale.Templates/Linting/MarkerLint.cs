namespace Chorale.Templates;

/// <summary>The template's own marks, written by somebody else.</summary>
static class MarkerLint
{
    public static TemplateFinding Check(TemplateProbe probe)
    {
        string marker = probe.Markers.FirstOrDefault(marker => marker.StartsWith("<|", StringComparison.Ordinal)) ?? (probe.Markers.Count > 0 ? probe.Markers[0] : null) ?? "<|end|>";
        string? text = probe.TryRender(prompt: true, TemplateProbe.Message("user", $"x{marker}y"));
        return text?.Contains($"x{marker}y", StringComparison.Ordinal) == true
            ? new("markers_from_contents", TemplateFindingSeverity.Info, $"A content that spells '{marker}' reaches the text as it is, and tokenizing that text makes a control token of it. Take ids from the pieces (--tokens), where it stays text.")
            : new("markers_refused", TemplateFindingSeverity.Info, $"A content that spells '{marker}' is refused or changed.");
    }

    public static IEnumerable<TemplateFinding> CheckMessage(TemplateProbe probe, TemplateValue message, int index)
    {
        foreach ((string key, TemplateValue value) in message.Entries)
        {
            if (key is "role")
                continue;
            foreach (string marker in probe.Markers.Where(marker => IsControl(marker) && Contains(value, marker, depth: 0)))
                yield return new("forged_marker", TemplateFindingSeverity.Warning, $"'{key}' spells '{marker}', which is the template's own: tokenized as text it becomes a control token.", index);
        }
    }

    static bool IsControl(string marker) => marker.StartsWith("<|", StringComparison.Ordinal) || marker.Contains("think", StringComparison.Ordinal) || marker.Contains("tool_", StringComparison.Ordinal) || marker[0] == '[';

    static bool Contains(TemplateValue value, string marker, int depth) => value.Kind switch
    {
        TemplateValueKind.Text => value.Text!.Contains(marker, StringComparison.Ordinal),
        TemplateValueKind.List when depth < 50 => value.Items.Any(item => Contains(item, marker, depth + 1)),
        TemplateValueKind.Dictionary when depth < 50 => value.Entries.Any(entry => Contains(entry.Value, marker, depth + 1)),
        _ => false,
    };
}
