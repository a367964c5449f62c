namespace Chorale.Templates;

/// <summary>Reasoning that does not reach the text.</summary>
static class ReasoningLint
{
    const string Thought = "Six sevens: 42.";

    public static IEnumerable<TemplateFinding> Check(TemplateProbe probe)
    {
        TemplateValue user = TemplateProbe.Message("user", TemplateProbe.Question), answer = TemplateProbe.Message("assistant", TemplateProbe.Answer);
        if (probe.TryRender(user, answer) is null)
            yield break;
        if (probe.ReasoningKey is { } key)
        {
            string[] lost = [.. TemplateProbe.ReasoningKeys.Where(other => other != key)];
            yield return new("reasoning_shown", TemplateFindingSeverity.Info, $"Reasoning is read from '{key}'; under {string.Join(" and ", lost.Select(other => $"'{other}'"))} it is lost.");
            TemplateValue thinking = answer.With(key, TemplateValue.From(Thought));
            if (!Shows(probe.TryRender(user, thinking, user, answer)))
                yield return new("earlier_reasoning_dropped", TemplateFindingSeverity.Info, "Reasoning of earlier turns is left out: a loss on earlier turns teaches answers without reasoning. Make one sample of each turn.");
            TemplateValue call = TemplateProbe.Call(TemplateValue.FromJson("{}")).With(key, TemplateValue.From(Thought));
            if (Shows(probe.TryRender(user, call, TemplateProbe.Result("42"))) && !Shows(probe.TryRender(user, call, TemplateProbe.Result("42"), answer)))
            {
                yield return new("reasoning_lost", TemplateFindingSeverity.Warning,
                    "The reasoning of a call is left out as soon as the turn's answer stands behind it, though the model saw it while answering.");
            }
            yield break;
        }
        yield return Shows(probe.TryRender(user, TemplateProbe.Message("assistant", $"<think>\n{Thought}\n</think>\n\n{TemplateProbe.Answer}")))
            ? new("reasoning_lost", TemplateFindingSeverity.Info, "Reasoning in a key of its own is lost; in front of the content, between <think> and </think>, it stays as it is.")
            : new("reasoning_lost", TemplateFindingSeverity.Warning, "Reasoning is lost, in whichever form it is given.");
    }

    public static IEnumerable<TemplateFinding> CheckMessage(TemplateValue message, int index, string? text, bool isLastTurn)
    {
        if (message["role"]?.Text != "assistant")
            yield break;
        foreach (string key in TemplateProbe.ReasoningKeys)
        {
            TemplateValue? reasoning = message[key];
            if (reasoning is { Kind: TemplateValueKind.None })
                yield return new("null_reasoning", TemplateFindingSeverity.Warning, $"'{key}' is null, which some templates refuse: leave the key out.", index);
            if (reasoning?.Text?.Trim() is not { Length: > 0 } thought || text is null || text.Contains(thought, StringComparison.Ordinal))
                continue;
            yield return new("lost_reasoning", isLastTurn ? TemplateFindingSeverity.Warning : TemplateFindingSeverity.Info,
                isLastTurn ? $"The reasoning in '{key}' does not reach the text." : $"The reasoning in '{key}' does not reach the text, being of an earlier turn.", index);
        }
    }

    static bool Shows(string? text) => text?.Contains(Thought, StringComparison.Ordinal) == true;
}
