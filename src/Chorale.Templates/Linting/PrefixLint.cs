namespace Chorale.Templates;

/// <summary>Whether a text goes on where a shorter one ended, which caches and masks by length rely on.</summary>
static class PrefixLint
{
    public static IEnumerable<TemplateFinding> Check(TemplateProbe probe)
    {
        TemplateValue user = TemplateProbe.Message("user", TemplateProbe.Question), answer = TemplateProbe.Message("assistant", TemplateProbe.Answer);
        TemplateValue call = TemplateProbe.Call(TemplateValue.FromJson("""{"a":7,"b":6}"""));
        TemplateValue result = TemplateProbe.Result("42");
        string key = probe.ReasoningKey ?? "reasoning_content";
        TemplateValue thought = TemplateValue.From("Six sevens: 42.");

        List<string> broken =
        [
            .. Problems("a prompt and its answer", probe.TryRender(prompt: true, user), probe.TryRender(user, answer)),
            .. Problems("an answer and the next question", probe.TryRender(user, answer), probe.TryRender(user, answer, user)),
            .. Problems("a call and its result", probe.TryRender(user, call), probe.TryRender(user, call, result)),
            .. Problems("a result and the answer", probe.TryRender(prompt: true, user, call, result), probe.TryRender(user, call, result, answer)),
            .. Problems("an answer with reasoning and the next question", probe.TryRender(user, answer.With(key, thought)), probe.TryRender(user, answer.With(key, thought), user)),
            .. Problems("a call with reasoning and the answer", probe.TryRender(user, call.With(key, thought), result), probe.TryRender(user, call.With(key, thought), result, answer)),
        ];
        if (broken.Count == 0)
            yield return new("prefix_preserving", TemplateFindingSeverity.Info, "Longer conversations begin with the text of shorter ones.");
        foreach (string problem in broken)
            yield return new("not_prefix_preserving", TemplateFindingSeverity.Warning, problem);
    }

    static IEnumerable<string> Problems(string step, string? shorter, string? longer)
    {
        if (shorter is null || longer is null || longer.StartsWith(shorter, StringComparison.Ordinal))
            yield break;
        int at = shorter.AsSpan().CommonPrefixLength(longer);
        yield return $"Between {step} the text changes: {LintText.Excerpt(shorter, at)} becomes {LintText.Excerpt(longer, at)}. A mask by the prompt's length, or a cache of it, is off.";
    }
}
