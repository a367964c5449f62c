using System.Globalization;
using System.Text;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>What became of the parts of a history in each rendering.</summary>
static class RenderingFacts
{
    public static List<RenderingFact> Of(History history, IReadOnlyList<ComparedRendering> renderings)
    {
        List<RenderingFact> facts = [];
        string[] thoughts = [.. history.Messages.Select(message => message.Thinking).OfType<string>()];
        HistoryCall[] calls = [.. history.Messages.SelectMany(message => message.Calls)];
        string[] results = [.. history.Messages.Where(message => message is { Role: Role.Tool, Content.Length: > 0 }).Select(message => message.Content!)];
        string? instructions = history.Messages is [{ Role: Role.System or Role.Developer, Content: { Length: > 0 } first }, ..] ? first : null;
        Add("markers", rendering => rendering.Family?.Shape ?? "none");
        Add("system message", rendering => rendering.Blocks.FirstOrDefault(block => block.Kind == RenderedBlockKind.System) is { } system
            ? system.Content.Trim() == instructions?.Trim() ? "the caller's" : "written by the template" : "none");
        if (instructions is not null)
            Add("instructions in", rendering => rendering.Blocks.FirstOrDefault(block => block.Content.Contains(instructions.Trim(), StringComparison.Ordinal)) is { } block ? $"the {NameOf(block.Kind)} message" : "left out");
        if (history.Tools is not null)
            Add("tools in", rendering => rendering.Blocks.FirstOrDefault(HoldsTools) is { } block ? $"the {NameOf(block.Kind)} message, as {(block.Content.Contains("namespace functions", StringComparison.Ordinal) ? "TypeScript" : "JSON")}" : "left out");
        if (thoughts.Length > 0)
            Add("reasoning kept", rendering => Counted(thoughts.Count(thought => rendering.Text.Contains(thought.Trim(), StringComparison.Ordinal)), thoughts.Length));
        if (calls.Length > 0)
            Add("calls shown", rendering => Counted(calls.Count(call => rendering.Blocks.Any(block => block.Kind is RenderedBlockKind.Call or RenderedBlockKind.Answer && (block.Header + block.Content).Contains(call.Name, StringComparison.Ordinal))), calls.Length));
        if (results.Length > 0)
            Add("results", rendering => ResultsIn(rendering, results));
        Add("length", rendering => string.Create(CultureInfo.InvariantCulture, $"{rendering.Text.Length} characters"));
        return facts;

        void Add(string name, Func<ComparedRendering, string> tell) =>
            facts.Add(new(name, [.. renderings.Select(rendering => rendering.Error is null ? tell(rendering) : "refused")]));

        static bool HoldsTools(RenderedBlock block) => block.Content.Contains("namespace functions", StringComparison.Ordinal) || block.Content.Contains("<tools>", StringComparison.Ordinal)
            || block.Content.Contains("\"parameters\":", StringComparison.Ordinal);
    }

    static string ResultsIn(ComparedRendering rendering, string[] results)
    {
        int plain = 0, quoted = 0;
        foreach (string result in results)
        {
            string inner = Quote(result);
            bool isQuoted = rendering.Blocks.Any(block => block.Kind == RenderedBlockKind.Tool && block.Content.Contains(inner, StringComparison.Ordinal));
            quoted += isQuoted ? 1 : 0;
            plain += !isQuoted && rendering.Blocks.Any(block => block.Kind == RenderedBlockKind.Tool && block.Content.Contains(result.Trim(), StringComparison.Ordinal)) ? 1 : 0;
        }
        return quoted == 0 ? plain == results.Length ? "as they are" : $"{Counted(plain, results.Length)} as they are" : quoted == results.Length ? "in quotes" : $"{Counted(quoted, results.Length)} in quotes";
    }

    static string Quote(string text)
    {
        StringBuilder quoted = new();
        SpacedJson.AppendString(quoted, text);
        return quoted.ToString();
    }

    static string Counted(int count, int of) => string.Create(CultureInfo.InvariantCulture, $"{count} of {of}");

    internal static string NameOf(RenderedBlockKind kind) => kind switch
    {
        RenderedBlockKind.Reasoning => "reasoning",
        RenderedBlockKind.Call => "call",
        RenderedBlockKind.Answer => "answer",
        RenderedBlockKind.Tool => "result",
        RenderedBlockKind.Prompt => "prompt",
        RenderedBlockKind.Beginning => "beginning",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
