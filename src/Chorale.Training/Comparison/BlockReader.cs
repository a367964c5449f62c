using Chorale.Templates;

namespace Chorale.Training;

/// <summary>Cuts a rendering into its messages. Markers that the caller's text spells count for nothing.</summary>
static class BlockReader
{
    /// <param name="pieces">The rendering; only pieces of the template's hold markers.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="family">Its markers; null where there are none.</param>
    public static List<RenderedBlock> Read(IReadOnlyList<TemplatePiece> pieces, string text, MarkerFamily? family)
    {
        List<RenderedBlock> blocks = [];
        if (family is null)
        {
            if (text.Length > 0)
                blocks.Add(new(RenderedBlockKind.Beginning, 0, text.Length, "", text, ""));
            return blocks;
        }
        List<int> starts = Find(pieces, family.Start);
        int first = starts.Count > 0 ? starts[0] : text.Length;
        if (first > 0)
            blocks.Add(new(RenderedBlockKind.Beginning, 0, first, "", text[..first], ""));
        List<(int At, string Marker)> ends = [.. family.Ends.SelectMany(end => Find(pieces, end).Select(at => (at, end))).OrderBy(end => end.Item1)];
        int at = 0;
        for (int i = 0; i < starts.Count; i++)
        {
            int start = starts[i], next = i + 1 < starts.Count ? starts[i + 1] : text.Length;
            (int At, string? Marker) end = default;
            for (; at < ends.Count && ends[at].At < next; at++)
                if (ends[at].At >= start)
                    end = ends[at];
            blocks.Add(Block(text, family, start, next, end));
        }
        return blocks;
    }

    static RenderedBlock Block(string text, MarkerFamily family, int start, int next, (int At, string? Marker) end)
    {
        int header = start + family.Start.Length;
        int headerEnd = text.IndexOf(family.HeaderEnd, header, next - header, StringComparison.Ordinal);
        if (headerEnd < 0 || (end.Marker is null && text[(headerEnd + family.HeaderEnd.Length)..next].AsSpan().Trim().Length < 10 && next == text.Length))
            return new(RenderedBlockKind.Prompt, start, next - start, text[header..next].Trim(), "", "");
        string head = text[header..headerEnd];
        int content = headerEnd + family.HeaderEnd.Length, contentEnd = end.Marker is null ? next : Math.Max(content, end.At);
        string words = text[content..contentEnd];
        return new(KindOf(head, words), start, next - start, head, words, end.Marker ?? "");
    }

    static RenderedBlockKind KindOf(string header, string content)
    {
        string role = header[..(header.AsSpan().IndexOfAny(' ', '<') is >= 0 and int end ? end : header.Length)];
        return role switch
        {
            "system" => RenderedBlockKind.System,
            "developer" => RenderedBlockKind.Developer,
            "user" => content.StartsWith("<tool_response>", StringComparison.Ordinal) ? RenderedBlockKind.Tool : RenderedBlockKind.User,
            "assistant" => header.Contains(" to=", StringComparison.Ordinal) ? RenderedBlockKind.Call
                : header.Contains("<|channel|>analysis", StringComparison.Ordinal) ? RenderedBlockKind.Reasoning
                : RenderedBlockKind.Answer,
            _ => RenderedBlockKind.Tool,
        };
    }

    static List<int> Find(IReadOnlyList<TemplatePiece> pieces, string marker)
    {
        List<int> places = [];
        int start = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            string text = pieces[i].Text;
            if (pieces[i].IsTemplate)
                for (int at = 0; (at = text.IndexOf(marker, at, StringComparison.Ordinal)) >= 0; at += marker.Length)
                    places.Add(start + at);
            start += text.Length;
        }
        return places;
    }
}
