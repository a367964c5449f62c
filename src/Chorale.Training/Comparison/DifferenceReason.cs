using System.Text;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>Finds where two renderings first differ, and says why in words.</summary>
static class DifferenceReason
{
    const int Shown = 50;

    static readonly string[] SystemLines = ["Current date: ", "Reasoning: ", "Knowledge cutoff: ", "# Valid channels", "Calls to these tools", "# Tools"];

    /// <summary>Null where they are the same.</summary>
    public static (int At, string Reason)? Find(ComparedRendering first, ComparedRendering other)
    {
        if (first.Error is not null || other.Error is not null)
            return first.Error is not null && other.Error is not null ? (0, "both refuse the history")
                : first.Error is not null ? (0, $"{first.Name} refuses the history: {first.Error}")
                : (0, $"{other.Name} refuses the history: {other.Error}");
        int at = first.Text.AsSpan().CommonPrefixLength(other.Text);
        if (at == first.Text.Length && at == other.Text.Length)
            return null;
        if (at > 0 && at < first.Text.Length && char.IsLowSurrogate(first.Text[at]) && char.IsHighSurrogate(first.Text[at - 1]))
            at--;
        return (StartOfMarker(first.Text, at), first.Family != other.Family ? OtherFormat(first, other) : InMessage(first, other, at));
    }

    /// <summary>Where the marker begins that the difference is inside of; nobody reads half a marker.</summary>
    static int StartOfMarker(string text, int at)
    {
        int open = text.AsSpan(0, at).LastIndexOf("<|"), close = text.AsSpan(0, at).LastIndexOf("|>");
        return open > close && at - open < 30 ? open : at;
    }

    static string OtherFormat(ComparedRendering first, ComparedRendering other) =>
        $"another format: {first.Name} writes a message as {first.Family?.Shape ?? "plain text"}, {other.Name} as {other.Family?.Shape ?? "plain text"}";

    static string InMessage(ComparedRendering first, ComparedRendering other, int at)
    {
        int index = BlockAt(first, at), otherIndex = BlockAt(other, at);
        if (index < 0 || otherIndex < 0)
            return index < 0 ? Ends(first, other, other.Blocks[otherIndex]) : Ends(other, first, first.Blocks[index]);
        // A message whose beginnings are alike may be another one all the same; then both texts are at the same place of the same number of messages.
        RenderedBlock a = first.Blocks[index], b = other.Blocks[otherIndex];
        return a.Kind != b.Kind ? OtherKind(first, a, other, b)
            : a.Header != b.Header ? OtherHeader(first, a, other, b)
            : a.Content != b.Content ? OtherContent(first, a, other, b)
            : a.End != b.End ? $"{first.Name} ends the {Name(a)} with {Marker(a.End)}, {other.Name} with {Marker(b.End)}{(a.End == "<|return|>" || b.End == "<|return|>" ? "; <|return|> is what a model learns to stop at, and stands only behind the last answer" : "")}"
            : $"{first.Name} and {other.Name} put different white space between messages";
    }

    /// <summary>The message that the first difference is in; -1 where the text has ended.</summary>
    static int BlockAt(ComparedRendering rendering, int at)
    {
        for (int i = 0; i < rendering.Blocks.Count; i++)
            if (at < rendering.Blocks[i].Start + rendering.Blocks[i].Length)
                return i;
        return -1;
    }

    static string Ends(ComparedRendering shorter, ComparedRendering longer, RenderedBlock next) => next.Kind == RenderedBlockKind.Prompt
        ? $"{longer.Name} ends with the head of the next message, {shorter.Name} does not"
        : $"{shorter.Name} ends here, {longer.Name} goes on with {Article(next)} message: {Quote(next.Content)}";

    static string OtherKind(ComparedRendering first, RenderedBlock a, ComparedRendering other, RenderedBlock b)
    {
        if (a.Kind == RenderedBlockKind.Reasoning || b.Kind == RenderedBlockKind.Reasoning)
            return a.Kind == RenderedBlockKind.Reasoning ? Reasoning(first, a, other, b) : Reasoning(other, b, first, a);
        if (a.Kind == RenderedBlockKind.Developer || b.Kind == RenderedBlockKind.Developer)
        {
            (ComparedRendering with, RenderedBlock block, ComparedRendering without) = a.Kind == RenderedBlockKind.Developer ? (first, a, other) : (other, b, first);
            return $"{with.Name} has a developer message here, {without.Name} has none: {Quote(block.Content)}";
        }
        if (a.Kind == RenderedBlockKind.System || b.Kind == RenderedBlockKind.System)
            return a.Kind == RenderedBlockKind.System ? $"{first.Name} writes a system message, {other.Name} does not" : $"{other.Name} writes a system message, {first.Name} does not";
        return $"{first.Name} goes on with {Article(a)} message, {other.Name} with {Article(b)} message";
    }

    static string Reasoning(ComparedRendering with, RenderedBlock reasoning, ComparedRendering without, RenderedBlock next)
    {
        if (reasoning.Content == next.Content)
            return $"{with.Name} takes {Quote(reasoning.Content)} for reasoning, {without.Name} writes it as {Article(next)} message";
        if (reasoning.Content.Trim().Length == 0)
            return $"{with.Name} writes an empty reasoning, which {without.Name} leaves out";
        return $"{with.Name} keeps a reasoning that {without.Name} leaves out: {Quote(reasoning.Content)}. {Rule(with.Name)}; {Rule(without.Name)}";
    }

    static string Rule(string name) => name switch
    {
        TemplateComparison.HarmonyName => "harmony drops what stands before the first answer, once the last message of the assistant's is an answer",
        _ when name.StartsWith("unsloth-encode", StringComparison.Ordinal) => $"{name} renders as harmony does what its own rule takes for reasoning",
        _ when name.StartsWith("gpt-oss", StringComparison.Ordinal) => $"{name} shows reasoning of calls until an answer follows, and an answer's own only at the very end, for training",
        _ => $"{name} has a rule of its own",
    };

    static string OtherHeader(ComparedRendering first, RenderedBlock a, ComparedRendering other, RenderedBlock b)
    {
        const string Constrain = "<|constrain|>";
        if (a.Header.Replace(Constrain, "", StringComparison.Ordinal) == b.Header.Replace(Constrain, "", StringComparison.Ordinal))
        {
            (string with, string without) = a.Header.Contains(Constrain, StringComparison.Ordinal) ? (first.Name, other.Name) : (other.Name, first.Name);
            return $"{with} marks the arguments of a call with the control token {Constrain}, as gpt-oss itself writes them; {without} does not";
        }
        string word = Part(a.Header, b.Header);
        return $"the {word} of {Article(a)} message differs: {first.Name} has {Quote(a.Header)}, {other.Name} {Quote(b.Header)}";
    }

    static string Part(string a, string b)
    {
        int at = a.AsSpan().CommonPrefixLength(b);
        string before = a[..at];
        int channel = before.LastIndexOf("<|channel|>", StringComparison.Ordinal), to = before.LastIndexOf(" to=", StringComparison.Ordinal);
        return channel > to ? before.IndexOf(' ', channel) > 0 ? "content type" : "channel" : to >= 0 ? "recipient" : "header";
    }

    static string OtherContent(ComparedRendering first, RenderedBlock a, ComparedRendering other, RenderedBlock b)
    {
        if (a.Kind is RenderedBlockKind.Call or RenderedBlockKind.Tool && (IsQuoted(a.Content, b.Content) || IsQuoted(b.Content, a.Content)))
        {
            (string twice, string once) = IsQuoted(a.Content, b.Content) ? (first.Name, other.Name) : (other.Name, first.Name);
            string what = a.Kind == RenderedBlockKind.Call ? "the arguments, which are text already," : "the result, which is text,";
            return $"{twice} encodes {what} once more as JSON, so that it stands in quotes; {once} writes it as it is";
        }
        if (a.Content.TrimEnd() == b.Content.TrimEnd())
            return $"{first.Name} and {other.Name} put different white space at the end of the {Name(a)} message: {Quote(a.Content[a.Content.TrimEnd().Length..])} and {Quote(b.Content[b.Content.TrimEnd().Length..])}";
        (string lineA, string lineB) = Lines(a.Content, b.Content);
        if (a.Kind == RenderedBlockKind.Developer && lineA.Length + lineB.Length > 0 && (lineA.Length == 0 || lineB.Length == 0) && WithoutBlankLines(a.Content) == WithoutBlankLines(b.Content))
            return $"{(lineA.Length == 0 ? first.Name : other.Name)} has an empty line more in the developer message";
        if (a.Kind is RenderedBlockKind.System)
            return SystemLine(first.Name, lineA, other.Name, lineB);
        string where = a.Kind == RenderedBlockKind.Developer && a.Content.Contains("# Tools", StringComparison.Ordinal) && Before(a.Content, b.Content).Contains("# Tools", StringComparison.Ordinal)
            ? "the tools are written differently" : $"the {Name(a)} message differs";
        return $"{where}: {first.Name} has {Quote(lineA)}, {other.Name} {Quote(lineB)}";
    }

    static string SystemLine(string first, string lineA, string other, string lineB)
    {
        string what = Array.Find(SystemLines, line => lineA.StartsWith(line, StringComparison.Ordinal) || lineB.StartsWith(line, StringComparison.Ordinal)) switch
        {
            "Current date: " => "the date",
            "Reasoning: " => "the effort",
            "Knowledge cutoff: " => "the cutoff",
            "# Valid channels" => "the channels",
            "Calls to these tools" => "the line on calls",
            "# Tools" => "the built-in tools",
            _ => "a line",
        };
        return $"the system messages differ in {what}: {first} has {Quote(lineA)}, {other} {Quote(lineB)}";
    }

    static string Before(string a, string b) => a[..a.AsSpan().CommonPrefixLength(b)];

    /// <summary>The lines that the first difference is in.</summary>
    static (string A, string B) Lines(string a, string b)
    {
        int at = a.AsSpan().CommonPrefixLength(b);
        int start = at == 0 ? 0 : a.LastIndexOf('\n', at - 1) + 1;
        return (LineFrom(a, start), LineFrom(b, start));
    }

    static string LineFrom(string text, int start)
    {
        int end = text.IndexOf('\n', start);
        return end < 0 ? text[start..] : text[start..end];
    }

    static string WithoutBlankLines(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    static bool IsQuoted(string quoted, string plain)
    {
        StringBuilder text = new();
        SpacedJson.AppendString(text, plain);
        return quoted == text.ToString();
    }

    static string Name(RenderedBlock block) => RenderingFacts.NameOf(block.Kind);

    static string Article(RenderedBlock block) => $"{(block.Kind == RenderedBlockKind.Answer ? "an" : "a")} {Name(block)}";

    static string Marker(string end) => end.Length == 0 ? "nothing" : end;

    static string Quote(string text) => Printable.Quote(text, Shown);
}
