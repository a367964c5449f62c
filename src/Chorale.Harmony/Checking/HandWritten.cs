using System.Buffers;
using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Harmony as people write it by hand: <c>&lt;|start|&gt;</c>, a line break, the role, a line <c>channel: final</c>, no
/// <c>&lt;|message|&gt;</c>; or with markers that nearly are control tokens. Mended to what a parser reads, with a finding
/// for each slip.
/// </summary>
sealed class HandWritten
{
    static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n<＜:");

    readonly StringBuilder _text = new();
    readonly string _given;
    readonly List<ControlText> _marks;
    int _line = 1;
    int _lineAt;

    HandWritten(string text)
    {
        _given = text;
        _marks = [.. ControlTextScanner.Find(text).Select(WithHarmonyName).Where(mark => ControlTokens.Kinds.ContainsKey($"<|{mark.Name}|>"))];
    }

    public string Text { get; private set; } = "";

    public List<Finding> Findings { get; } = [];

    public List<Fix> Fixes { get; } = [];

    public static HandWritten Mend(string text)
    {
        HandWritten mended = new(text);
        mended.Run();
        return mended;
    }

    /// <summary>The markers of ChatML do what start and end do.</summary>
    static ControlText WithHarmonyName(ControlText mark) => mark.Name switch
    {
        "im_start" => mark with { Name = "start" },
        "im_end" => mark with { Name = "end" },
        _ => mark,
    };

    void Run()
    {
        HashSet<string> exact = [.. _marks.Where(mark => mark.IsExact).Select(mark => mark.Name)];
        List<ControlText> structure = [];
        foreach (ControlText mark in _marks)
        {
            if (!mark.IsExact && !IsStructure(mark, structure, exact))
                continue;
            structure.Add(mark);
            if (!mark.IsExact)
                Tell(FindingCode.MistypedControlToken, mark.Start, $"{Printable.Quote(_given.AsSpan(mark.Start, mark.Length))} stands where a control token should.",
                    $"Harmony writes <|{mark.Name}|>.", $"Wrote {Printable.Quote(_given.AsSpan(mark.Start, mark.Length))} as <|{mark.Name}|>.");
        }
        int at = 0;
        for (int i = 0; i < structure.Count; i++)
        {
            _text.Append(_given, at, structure[i].Start - at).Append(CultureInfo.InvariantCulture, $"<|{structure[i].Name}|>");
            at = structure[i].End;
            if (structure[i].Name == "start")
                at = MendHeader(at, i + 1 < structure.Count ? structure[i + 1] : null);
        }
        Text = _text.Append(_given, at, _given.Length - at).ToString();
    }

    /// <summary>A near spelling counts where the text has none that is exact of that name, or where it stands between messages.</summary>
    bool IsStructure(in ControlText mark, List<ControlText> before, HashSet<string> exact)
    {
        if (mark.Name != "start")
            return !exact.Contains(mark.Name) && before.Count > 0;
        bool isBetween = before.Count == 0 ? _given.AsSpan(0, mark.Start).IsWhiteSpace()
            : before[^1].IsStop && _given.AsSpan(before[^1].End, mark.Start - before[^1].End).IsWhiteSpace();
        return isBetween && Roles.TryParse(Word(mark.End).ToString(), out _);
    }

    /// <summary>Mends what stands between a start and the next control token; gives how far.</summary>
    int MendHeader(int at, ControlText? next)
    {
        int end = next?.Start ?? _given.Length;
        ReadOnlySpan<char> header = _given.AsSpan(at, end - at);
        if (header.Trim().IsEmpty || !header.Trim().ContainsAny('\r', '\n') && !header[..^header.TrimStart().Length].ContainsAny('\r', '\n'))
            return at;
        bool isClosed = next?.Name is "message" or "channel" or "constrain";
        int role = at + (header.Length - header.TrimStart().Length);
        ReadOnlySpan<char> name = Word(role);
        if (!Roles.TryParse(name.ToString(), out _))
            return at;
        if (isClosed)
        {
            Tell(FindingCode.NewlineInHeader, at, "A line break stands in the header.", "Between <|start|> and <|message|> stand words with single blanks between.", "Took the line break out of the header.");
            _text.Append(string.Join(' ', header.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
            return end;
        }
        int body = role + name.Length;
        Tell(FindingCode.NewlineInHeader, at, "A line break stands in the header.", $"A header is one line: <|start|>{name}<|message|>.", "Took the line break out of the header.");
        _text.Append(name);
        string? channel = TakeChannel(ref body, end);
        if (channel is not null)
            _text.Append("<|channel|>").Append(channel);
        Tell(FindingCode.MissingMessageToken, body, "The header has no <|message|>.", "<|message|> ends the header; what follows is the content.", "Put <|message|> between header and content.");
        _text.Append("<|message|>").Append(_given.AsSpan(body, end - body).Trim());
        return end;
    }

    /// <summary>A line <c>channel: final</c> behind the role.</summary>
    string? TakeChannel(ref int at, int end)
    {
        ReadOnlySpan<char> rest = _given.AsSpan(at, end - at);
        int start = at + (rest.Length - rest.TrimStart().Length);
        ReadOnlySpan<char> line = _given.AsSpan(start, end - start);
        int newline = line.IndexOfAny('\r', '\n');
        line = newline < 0 ? line : line[..newline];
        if (!line.StartsWith("channel", StringComparison.OrdinalIgnoreCase) || line["channel".Length..].TrimStart() is not [':' or '=', .. var value] || value.Trim() is not { IsEmpty: false } name || name.ContainsAny(' ', '\t'))
            return null;
        string channel = name.ToString();
        Tell(FindingCode.ChannelAsText, start, $"The channel is written as text: {Printable.Quote(line)}.", $"Harmony writes <|channel|>{Printable.Escape(channel)} behind the role.", $"Put <|channel|>{Printable.Escape(channel)} into the header.");
        at = start + line.Length;
        return channel;
    }

    ReadOnlySpan<char> Word(int at)
    {
        ReadOnlySpan<char> rest = _given.AsSpan(at, Math.Min(64, _given.Length - at));
        int length = rest.IndexOfAny(WordEnds);
        return length < 0 ? rest : rest[..length];
    }

    void Tell(FindingCode code, int at, string found, string advice, string done)
    {
        if (at < _lineAt)
            (_line, _lineAt) = (1, 0);
        _line += _given.AsSpan(_lineAt, at - _lineAt).Count('\n');
        _lineAt = at;
        Findings.Add(new()
        {
            Code = code,
            Severity = FindingCodes.SeverityOf(code),
            Path = string.Create(CultureInfo.InvariantCulture, $"text[{at}]"),
            Found = string.Create(CultureInfo.InvariantCulture, $"Line {_line}: {found}"),
            Advice = advice,
            CanFix = true,
        });
        Fixes.Add(new(code, null, string.Create(CultureInfo.InvariantCulture, $"Line {_line}: {done}")));
    }
}
