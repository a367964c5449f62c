namespace Chorale.Templates;

/// <summary>Arguments that are a text, and lists of calls that are empty or null.</summary>
static class CallLint
{
    const string Arguments = """{"a": 7, "b": 6}""";

    /// <summary>What a template makes of arguments that are a text; null where it shows no calls.</summary>
    public static TemplateFinding? CheckArguments(TemplateProbe probe)
    {
        TemplateValue user = TemplateProbe.Message("user", TemplateProbe.Question);
        string? asObject = probe.TryRender(user, TemplateProbe.Call(TemplateValue.FromJson(Arguments)));
        if (asObject is null || !asObject.Contains("multiply", StringComparison.Ordinal))
            return null;
        string? asText = probe.TryRender(user, TemplateProbe.Call(TemplateValue.From(Arguments)));
        return asText is null
            ? new("string_arguments_refused", TemplateFindingSeverity.Warning, "Arguments that are a text, as OpenAI's API has them, are refused: make them an object.")
            : asText.Contains("\\\"a\\\"", StringComparison.Ordinal)
                ? new("string_arguments_quoted_twice", TemplateFindingSeverity.Warning, "Arguments that are a text, as OpenAI's API has them, are quoted a second time, and the model learns to write them so: make them an object.")
                : new("string_arguments_kept", TemplateFindingSeverity.Info, "Arguments that are a text are taken as they are.");
    }

    public static IEnumerable<TemplateFinding> Check(TemplateProbe probe)
    {
        if (probe.StringArguments is { } arguments)
            yield return arguments;
        TemplateValue user = TemplateProbe.Message("user", TemplateProbe.Question), answer = TemplateProbe.Message("assistant", TemplateProbe.Answer);
        string? without = probe.TryRender(user, answer);
        if (without is null)
            yield break;
        foreach ((string name, TemplateValue calls) in new[] { ("an empty list", TemplateValue.FromList([])), ("null", TemplateValue.None) })
        {
            string? with = probe.TryRender(user, answer.With("tool_calls", calls));
            if (with is null)
                yield return new("empty_calls_refused", TemplateFindingSeverity.Warning, $"'tool_calls' that is {name}, as many data sets have it, is refused: leave the key out.");
            else if (with != without)
                yield return new("empty_calls_change_text", TemplateFindingSeverity.Warning, $"'tool_calls' that is {name} changes the text: leave the key out.");
        }
    }

    public static IEnumerable<TemplateFinding> CheckMessage(TemplateProbe probe, TemplateValue message, int index)
    {
        if (message["tool_calls"] is not { } calls)
            yield break;
        if (calls.Kind != TemplateValueKind.List || calls.Items.Count == 0)
        {
            yield return new("empty_calls", TemplateFindingSeverity.Warning, $"'tool_calls' is {(calls.Kind == TemplateValueKind.None ? "null" : "empty")}: a template that only looks for the key takes it for a call.", index);
            yield break;
        }
        foreach (TemplateValue call in calls.Items)
        {
            if ((call["function"] ?? call)["arguments"]?.Kind != TemplateValueKind.Text)
                continue;
            bool harmless = probe.StringArguments is null or { Severity: TemplateFindingSeverity.Info };
            yield return new("string_arguments", harmless ? TemplateFindingSeverity.Info : TemplateFindingSeverity.Warning,
                harmless ? "The arguments are a text, which this template takes as it is." : "The arguments are a text, which this template quotes again or refuses: make them an object.", index);
        }
    }
}
