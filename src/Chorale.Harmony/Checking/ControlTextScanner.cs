using System.Buffers;
using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Finds spelled control tokens and what looks like them: <c>&lt;|end|&gt;</c>, <c>＜｜end｜＞</c>, <c>&lt;start&gt;</c>,
/// <c>&lt;|im_end|&gt;</c>, <c>[INST]</c>. Linear: at each bracket it looks at most <see cref="Reach"/> units ahead.
/// </summary>
static class ControlTextScanner
{
    const int Reach = 80;

    static readonly SearchValues<char> Openers = SearchValues.Create("<＜‹〈⟨《«&[");
    static readonly SearchValues<char> Bars = SearchValues.Create("|｜∣│¦ǀ❘￨⏐");
    static readonly SearchValues<char> Closers = SearchValues.Create(">＞›〉⟩》»");

    static readonly HashSet<string> Harmony = new(StringComparer.Ordinal)
    {
        "start", "end", "message", "channel", "constrain", "return", "call", "startoftext", "endoftext", "endofprompt",
    };

    /// <summary>Names that are markers without bars too, in this format or another.</summary>
    static readonly HashSet<string> WithoutBars = new(StringComparer.Ordinal)
    {
        "start", "end", "message", "channel", "constrain", "return", "call", "im_start", "im_end", "endoftext", "start_of_turn", "end_of_turn",
        "start_header_id", "end_header_id", "eot_id", "eom_id", "begin_of_text", "end_of_text", "bos", "eos", "/s", "think", "/think",
    };

    /// <summary>All of them, in order, without overlap.</summary>
    public static List<ControlText> Find(string text)
    {
        List<ControlText> found = [];
        Dictionary<string, bool>? closed = null;
        for (int at = 0; at < text.Length;)
        {
            int next = text.AsSpan(at).IndexOfAny(Openers);
            if (next < 0)
                break;
            at += next;
            if (Match(text, at) is { } match && (match.IsExact || !IsMarkup(text, match, ref closed)))
            {
                found.Add(match);
                at = match.End;
            }
            else
            {
                at++;
            }
        }
        return found;
    }

    /// <summary>What begins at an opening bracket; null where it is nothing.</summary>
    static ControlText? Match(string text, int start)
    {
        if (text[start] == '[')
            return MatchInstruction(text, start);
        Cursor cursor = new(text, start, Math.Min(text.Length, start + Reach));
        bool isPlain = true;
        if (text[start] == '&')
        {
            if (!text.AsSpan(start).StartsWith("&lt;", StringComparison.OrdinalIgnoreCase))
                return null;
            cursor.At += 4;
            isPlain = false;
        }
        else
        {
            cursor.At++;
        }
        if (cursor.Peek() == '<' && text.AsSpan(start).StartsWith("<<", StringComparison.Ordinal))
            return MatchSystem(text, start);

        cursor.SkipHidden();
        bool opensWithBar = cursor.TakeAny(Bars);
        string name = cursor.TakeName();
        bool closesWithBar = cursor.TakeAny(Bars);
        if (!cursor.TakeOne(Closers) && !cursor.TakeText("&gt;"))
            return null;
        if (name.Length == 0)
            return null;
        int length = cursor.At - start;
        bool isExact = isPlain && (Harmony.Contains(name) || IsReserved(name)) && text.AsSpan(start, length).SequenceEqual($"<|{name}|>");
        bool bars = opensWithBar || closesWithBar;
        return isExact || (opensWithBar && closesWithBar) || (bars && (Harmony.Contains(name) || WithoutBars.Contains(name))) || (!bars && WithoutBars.Contains(name))
            ? new ControlText(start, length, name, isExact)
            : null;
    }

    static ControlText? MatchInstruction(string text, int start)
    {
        foreach (string marker in (ReadOnlySpan<string>)["[INST]", "[/INST]"])
            if (text.AsSpan(start).StartsWith(marker, StringComparison.Ordinal))
                return new(start, marker.Length, marker[1..^1].ToLowerInvariant(), IsExact: false);
        return null;
    }

    static ControlText? MatchSystem(string text, int start)
    {
        foreach (string marker in (ReadOnlySpan<string>)["<<SYS>>", "<</SYS>>"])
            if (text.AsSpan(start).StartsWith(marker, StringComparison.Ordinal))
                return new(start, marker.Length, marker[2..^2].ToLowerInvariant(), IsExact: false);
        return null;
    }

    static bool IsReserved(string name) =>
        name.StartsWith("reserved_", StringComparison.Ordinal) && int.TryParse(name.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id is >= 200_000 and <= 201_088;

    /// <summary>A name in plain angle brackets that is closed as in XML is XML: <c>&lt;message&gt;hi&lt;/message&gt;</c>.</summary>
    static bool IsMarkup(string text, in ControlText match, ref Dictionary<string, bool>? closed)
    {
        if (match.Name[0] == '/' && match.Name != "/s")
            return false;
        string bare = match.Name.TrimStart('/');
        if (text.AsSpan(match.Start, match.Length).ContainsAny(Bars))
            return false;
        closed ??= new(StringComparer.Ordinal);
        if (!closed.TryGetValue(bare, out bool isClosed))
        {
            isClosed = bare switch
            {
                "s" => text.Contains("<s>", StringComparison.Ordinal),
                "think" => false,   // closed or not, it is another model's reasoning
                _ => text.Contains($"</{bare}>", StringComparison.Ordinal),
            };
            closed[bare] = isClosed;
        }
        return isClosed;
    }

    ref struct Cursor(string text, int at, int end)
    {
        public int At = at;

        public readonly char Peek() => At < end ? text[At] : '\0';

        /// <summary>Blanks, and characters that are not seen.</summary>
        public void SkipHidden()
        {
            while (At < end && (text[At] is ' ' or '\u00A0' or '\u3000' || IsInvisible(text[At])))
                At++;
        }

        public bool TakeAny(SearchValues<char> values)
        {
            SkipHidden();
            bool any = false;
            while (At < end && values.Contains(text[At]))
            {
                At++;
                any = true;
                SkipHidden();
            }
            return any;
        }

        /// <summary>The very character and nothing behind it, where the words go on.</summary>
        public bool TakeOne(SearchValues<char> values)
        {
            SkipHidden();
            if (At >= end || !values.Contains(text[At]))
                return false;
            At++;
            return true;
        }

        public bool TakeText(string expected)
        {
            if (!text.AsSpan(At).StartsWith(expected, StringComparison.OrdinalIgnoreCase))
                return false;
            At += expected.Length;
            return true;
        }

        public string TakeName()
        {
            SkipHidden();
            StringBuilder name = new();
            for (; At < end; At++)
            {
                char c = text[At] is >= '\uFF01' and <= '\uFF5E' && !Bars.Contains(text[At]) && !Closers.Contains(text[At]) ? (char)(text[At] - 0xFEE0) : text[At];
                if (char.IsAsciiLetterOrDigit(c) || c is '_' or '/')
                    name.Append(char.ToLowerInvariant(c));
                else if (c is '\u2581' or '-')   // another format's blank
                    name.Append('_');
                else if (!IsInvisible(c))
                    break;
            }
            return name.ToString();
        }

        static bool IsInvisible(char c) => c is '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF' or '\u00AD';
    }
}
