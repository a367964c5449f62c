using System.Globalization;
using System.Text;
using Chorale.Tokenization;

namespace Chorale.Harmony.Tests;

/// <summary>
/// Holds the tolerant parser to its promise over any ids: no exception, at least one message where there was input, and
/// each id accounted for: text of a message, part of its header, or quoted in a diagnostic.
/// </summary>
static class ParserAudit
{
    /// <summary>Parses ids in chunks of random sizes and in one go, and compares.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Check(HarmonyEncoding encoding, int[] ids, Role? role, Random random)
    {
        try
        {
            return CheckParsed(encoding, ids, role, random);
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }

    static string? CheckParsed(HarmonyEncoding encoding, int[] ids, Role? role, Random random)
    {
        HarmonyParser parser = encoding.CreateParser(role);
        string? deltas = CheckDeltas(parser, ids, chunk: () => 1);
        return deltas
            ?? (ids.Length > 0 && parser.Messages.Count == 0 ? "no message" : null)
            ?? CheckChunks(encoding, ids, role, parser, random)
            ?? CheckLoss(encoding.Tokenizer, ids, parser);
    }

    static string? CheckChunks(HarmonyEncoding encoding, int[] ids, Role? role, HarmonyParser parser, Random random)
    {
        HarmonyParser chunked = encoding.CreateParser(role);
        string? deltas = CheckDeltas(chunked, ids, chunk: () => random.Next(0, 9));
        return deltas
            ?? (chunked.Messages.SequenceEqual(parser.Messages) ? null : "chunks give other messages")
            ?? (chunked.Diagnostics.SequenceEqual(parser.Diagnostics) ? null : "chunks give other diagnostics")
            ?? (chunked.Spans.SequenceEqual(parser.Spans) ? null : "chunks give other spans");
    }

    /// <summary>Deltas and remainders add up to each message's text.</summary>
    static string? CheckDeltas(HarmonyParser parser, int[] ids, Func<int> chunk)
    {
        StringBuilder shown = new();
        int complete = 0;
        for (int at = 0; at <= ids.Length;)
        {
            if (at == ids.Length)
            {
                parser.Finish();
                at++;
            }
            else
            {
                int end = Math.Min(ids.Length, at + chunk());
                parser.Push(ids.AsSpan(at, end - at));
                at = end;
            }
            for (; complete < parser.Messages.Count; complete++)
            {
                shown.Append(parser.RemainderOf(complete));
                if (shown.ToString() != parser.Messages[complete].Text)
                    return string.Create(CultureInfo.InvariantCulture, $"the deltas of message {complete} are '{shown}', its text is '{parser.Messages[complete].Text}'");
                shown.Clear();
            }
            shown.Append(parser.LastDelta);
            if (!parser.Content.SequenceEqual(shown.ToString()))
                return string.Create(CultureInfo.InvariantCulture, $"the content so far is '{parser.Content}', its deltas are '{shown}'");
        }
        return null;
    }

    static string? CheckLoss(Tokenizer tokenizer, int[] ids, HarmonyParser parser)
    {
        // What diagnostics quote, by the place they speak of.
        string quoted = string.Join('\0', parser.Diagnostics.Select(diagnostic => diagnostic.Found));
        int at = 0;
        for (int i = 0; i < parser.Messages.Count; i++)
        {
            MessageSpan span = parser.Spans[i];
            Message message = parser.Messages[i];
            if (span.Start < at || span.ContentStart < span.Start || span.End < span.ContentStart || span.End > ids.Length)
                return string.Create(CultureInfo.InvariantCulture, $"{span} of message {i} does not follow {at}");
            string content = ContentOf(tokenizer, ids, span.ContentStart, span.End);
            if (!message.Text.EndsWith(content, StringComparison.Ordinal))
                return string.Create(CultureInfo.InvariantCulture, $"the content of message {i} is '{content}', its text is '{message.Text}'");
            string header = string.Join('\0', message.Author.Name, Roles.NameOf(message.Role), message.Recipient, message.Channel, message.ContentType, message.Text, "to= channel:", quoted);
            if (FindLost(tokenizer, ids, at, span.Start, quoted) is { } between)
                return $"'{between}' between messages is nowhere";
            if (FindLost(tokenizer, ids, span.Start, span.ContentStart, header) is { } lost)
                return string.Create(CultureInfo.InvariantCulture, $"'{lost}' in the header of message {i} is nowhere: {header.Replace('\0', '|')}");
            at = span.End;
        }
        return FindLost(tokenizer, ids, at, ids.Length, quoted) is { } rest ? $"'{rest}' at the end is nowhere" : null;
    }

    /// <summary>Content as the bytes of its ids say, broken where a control token stands.</summary>
    static string ContentOf(Tokenizer tokenizer, int[] ids, int start, int end)
    {
        StringBuilder text = new();
        List<byte> bytes = [];
        for (int i = start; i < end; i++)
        {
            bool isKnown = tokenizer.TryGetBytes(ids[i], out ReadOnlySpan<byte> own);
            bool isSpecial = tokenizer.IsSpecial(ids[i]);
            string spelling = isKnown ? Encoding.UTF8.GetString(own) : "";
            if (isKnown && !isSpecial)
            {
                bytes.AddRange(own);
                continue;
            }
            if (isSpecial && spelling is "<|message|>" or "<|constrain|>")
                continue;   // left out, and quoted
            text.Append(Encoding.UTF8.GetString([.. bytes]));
            bytes.Clear();
            text.Append(isSpecial ? IsEnd(spelling) ? "" : spelling : "\uFFFD");
        }
        return text.Append(Encoding.UTF8.GetString([.. bytes])).ToString();
    }

    static bool IsEnd(string spelling) => spelling is "<|end|>" or "<|return|>" or "<|call|>" or "<|endoftext|>";

    /// <summary>The first ordinary id whose text is not to be found; parts that are no characters count by their bytes.</summary>
    static string? FindLost(Tokenizer tokenizer, int[] ids, int start, int end, string haystack)
    {
        for (int i = start; i < end; i++)
        {
            if (!tokenizer.TryGetBytes(ids[i], out ReadOnlySpan<byte> bytes) || tokenizer.IsSpecial(ids[i]))
                continue;
            string text = Encoding.UTF8.GetString(bytes).Trim();
            bool isWhole = !text.Contains('\uFFFD', StringComparison.Ordinal);
            bool isFound = !isWhole || text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).All(word => IsIn(word, haystack, places: 3));
            if (!isFound)
                return text;
        }
        return null;
    }

    /// <summary>A word may end in places of their own: <c>="[</c> can be the end of <c>to=</c>, a recipient, and the first of the content.</summary>
    static bool IsIn(string word, string haystack, int places)
    {
        if (haystack.Contains(word, StringComparison.Ordinal))
            return true;
        for (int cut = 1; cut < word.Length && places > 1; cut++)
            if (haystack.Contains(word[..cut], StringComparison.Ordinal) && IsIn(word[cut..], haystack, places - 1))
                return true;
        return false;
    }
}
