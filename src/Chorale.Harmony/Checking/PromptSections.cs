namespace Chorale.Harmony;

/// <summary>Finds the sections of system and developer text by the headings that rendering gives them.</summary>
static class PromptSections
{
    public const string InstructionsHeading = "# Instructions\n\n";

    /// <summary>The sections in order, the first at 0.</summary>
    /// <param name="text">The rendered text.</param>
    /// <param name="root"><c>system</c> or <c>developer</c>.</param>
    /// <param name="given">How much of the text's start is instructions, whatever headings they hold; 0 where that is not known.</param>
    public static List<PromptSection> Find(string text, string root, int given)
    {
        List<PromptSection> sections = [new(given > 0 ? $"{root}.instructions" : root, 0)];
        string? part = null, space = null;
        int functionStart = -1;
        bool isInFunction = false;
        for (int at = Math.Min(given, text.Length); at < text.Length;)
        {
            int length = text.AsSpan(at).IndexOf('\n');
            int next = length < 0 ? text.Length : at + length + 1;
            ReadOnlySpan<char> line = text.AsSpan(at, (length < 0 ? text.Length : at + length) - at);
            if (line.StartsWith("# "))
            {
                part = line is "# Tools" ? "tools" : line is "# Response Formats" ? "response_formats" : line is "# Instructions" ? "instructions" : null;
                (space, functionStart, isInFunction) = (null, -1, false);
                Open(part is null ? root : $"{root}.{part}", at);
            }
            else if (part is "tools" or "response_formats" && line.StartsWith("## "))
            {
                (space, functionStart, isInFunction) = (line[3..].Trim().ToString(), -1, false);
                Open($"{root}.{part}.{space}", at);
            }
            else if (part == "tools" && space is not null && line.StartsWith("namespace ") && line.EndsWith(" {"))
            {
                functionStart = next;
            }
            else if (functionStart >= 0 && line.StartsWith("} // namespace "))
            {
                Open($"{root}.{part}.{space}", at);
                functionStart = -1;
            }
            else if (functionStart >= 0 && !isInFunction && line.StartsWith("type ") && line.IndexOf(" = ") is var end and > 5)
            {
                Open($"{root}.{part}.{space}.{line[5..end]}", functionStart);   // the comments above are its own
                isInFunction = true;
            }
            if (isInFunction && line.EndsWith(";") && (next == text.Length || text[next] == '\n'))   // an empty line behind each
                (isInFunction, functionStart) = (false, next);
            at = next;
        }
        return sections;

        void Open(string name, int start)
        {
            if (sections[^1].Start == start)
                sections[^1] = new(name, start);
            else
                sections.Add(new(name, start));
        }
    }
}
