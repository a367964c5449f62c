using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Chorale.Harmony;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary>
/// An explanation as lines of fixed columns: place, id, kind and bytes of each token, and beside them the message that they
/// make. Everything that the input wrote is escaped. Linear, whatever the number of ids.
/// </summary>
sealed class ExplainTable
{
    const int IndexWidth = 6;
    const int IdWidth = 6;
    const int KindWidth = 12;
    const int NarrowBytes = 18;
    const int WideBytes = 26;
    const int WidestUnasked = 160;

    readonly HarmonyEncoding _encoding;
    readonly TokenExplanation _explanation;
    readonly StyledLines _lines;
    readonly int _bytesWidth;
    readonly int _messageWidth;
    readonly int _width;

    public ExplainTable(CliHost host, HarmonyEncoding encoding, TokenExplanation explanation, int? width)
    {
        _encoding = encoding;
        _explanation = explanation;
        _lines = new(host);
        if (width is { } wanted)
            _lines.Width = wanted;
        _width = Math.Min(_lines.Width, width ?? WidestUnasked);
        _bytesWidth = _width < 100 ? NarrowBytes : WideBytes;
        _messageWidth = Math.Max(10, _width - LeftWidth - 3);
    }

    int LeftWidth => IndexWidth + 1 + IdWidth + 1 + KindWidth + 1 + _bytesWidth;

    public static string NameOf(TokenKind kind) => kind == TokenKind.ContentType ? "content_type" : kind.ToString().ToLowerInvariant();

    public void Write()
    {
        _lines.Append($"{"#".PadLeft(IndexWidth)} {"id".PadLeft(IdWidth)} {"kind".PadRight(KindWidth)} {"bytes".PadRight(_bytesWidth)} │ message", "bold").Line();
        Queue<HarmonyDiagnostic> diagnostics = new(_explanation.Diagnostics.OrderBy(diagnostic => diagnostic.Index));
        IEnumerator<string> message = Enumerable.Empty<string>().GetEnumerator();
        int current = -1;
        foreach (ExplainedToken token in _explanation.Tokens)
        {
            if (token.MessageIndex != current)
            {
                FinishMessage(message);
                current = token.MessageIndex;
                message = current < 0 ? Enumerable.Empty<string>().GetEnumerator() : Describe(current).GetEnumerator();
            }
            while (diagnostics.TryPeek(out HarmonyDiagnostic? missing) && missing.Index <= token.Index && missing.Length == 0)
                WriteDiagnostic(diagnostics.Dequeue());
            WriteToken(token, message.MoveNext() ? message.Current : "");
            while (diagnostics.TryPeek(out HarmonyDiagnostic? next) && next.Index <= token.Index)
                WriteDiagnostic(diagnostics.Dequeue());
        }
        FinishMessage(message);
        foreach (HarmonyDiagnostic last in diagnostics)
            WriteDiagnostic(last);
        _lines.Append($"{CheckWriter.Counted(_explanation.Tokens.Count, "id")}, {CheckWriter.Counted(_explanation.Messages.Count, "message")}, {CheckWriter.Counted(_explanation.Diagnostics.Count, "diagnostic")}", "bold").Line();
        _lines.Flush();
    }

    void WriteToken(ExplainedToken token, string message)
    {
        string style = StyleOf(token.Kind);
        _lines.Append(string.Create(CultureInfo.InvariantCulture, $"{token.Index,IndexWidth} "), "grey");
        _lines.Append(string.Create(CultureInfo.InvariantCulture, $"{(uint)token.Id,IdWidth} "));
        _lines.Append($"{NameOf(token.Kind).PadRight(KindWidth)} ", style);
        string bytes = Cut(BytesOf(token), _bytesWidth, out int cells);
        _lines.Append(bytes, style).Append(new string(' ', _bytesWidth - cells));
        WriteMessage(message);
    }

    void WriteMessage(string message)
    {
        _lines.Append(message.Length > 0 ? " │ " : " │", "grey").Append(message);
        _lines.Line();
    }

    /// <summary>What of a message did not fit beside its ids.</summary>
    void FinishMessage(IEnumerator<string> message)
    {
        while (message.MoveNext())
        {
            _lines.Append(new string(' ', LeftWidth));
            WriteMessage(message.Current);
        }
    }

    void WriteDiagnostic(HarmonyDiagnostic diagnostic)
    {
        string text = Printable.Escape($"{diagnostic.Name}: {diagnostic.Message}");
        string indent = new(' ', IndexWidth - 1);
        bool isFirst = true;
        foreach (string line in Wrap(text, _width - IndexWidth - 1))
        {
            _lines.Append($"{indent}{(isFirst ? "!" : " ")} {line}", "yellow").Line();
            isFirst = false;
        }
    }

    /// <summary>The text where the bytes are text, quoted; otherwise the bytes.</summary>
    string BytesOf(ExplainedToken token)
    {
        if (!_encoding.Tokenizer.TryGetBytes(token.Id, out ReadOnlySpan<byte> bytes))
            return "no such id";
        if (!Utf8.IsValid(bytes))
            return string.Join(' ', bytes.ToArray().Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));
        string text = Printable.Escape(Encoding.UTF8.GetString(bytes));
        return token.Kind == TokenKind.Control ? text : $"\"{text}\"";
    }

    /// <summary>A message line by line: who to whom on which channel, then the words.</summary>
    IEnumerable<string> Describe(int index)
    {
        Message message = _explanation.Messages[index];
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"{index} {(message.Role == Role.Tool ? "tool " + message.Author.Name : Roles.NameOf(message.Role))}");
        if (message.Recipient is { } recipient)
            head.Append(" to=").Append(recipient);
        if (message.Channel is { } channel)
            head.Append(" on ").Append(channel);
        if (message.ContentType is { } type)
            head.Append(" as ").Append(type);
        foreach (string line in Wrap(Printable.Escape(head.ToString()), _messageWidth))
            yield return line;
        foreach (string line in WrapText(message.Text))
            yield return $"  {line}";
    }

    IEnumerable<string> WrapText(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int newline = text.IndexOf('\n', at);
            int end = newline < 0 ? text.Length : newline + 1;
            foreach (string line in Wrap(Printable.Escape(text.AsSpan(at, end - at)), _messageWidth - 2))
                yield return line;
            at = end;
        }
    }

    /// <summary>Pieces that fit a number of cells, cut behind a blank where there is one in the second half.</summary>
    static IEnumerable<string> Wrap(string text, int width)
    {
        int start = 0, cells = 0;
        int blank = 0, cellsToBlank = 0;   // behind the last blank
        for (int at = 0; at < text.Length;)
        {
            int length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            int wide = CellsOf(text, at, length);
            if (cells + wide > width && at > start)
            {
                bool isAtBlank = blank > start && cellsToBlank > width / 2;
                int cut = isAtBlank ? blank : at;
                yield return text[start..cut].TrimEnd(' ');
                cells -= isAtBlank ? cellsToBlank : cells;
                start = cut;
            }
            cells += wide;
            at += length;
            if (text[at - 1] == ' ')
                (blank, cellsToBlank) = (at, cells);
        }
        if (start < text.Length)
            yield return text[start..];
    }

    /// <summary>A text cut to a number of cells, with an ellipsis where it was longer.</summary>
    static string Cut(string text, int width, out int cells)
    {
        cells = 0;
        int fits = 0;   // what leaves room for the ellipsis
        int fitCells = 0;
        for (int at = 0; at < text.Length;)
        {
            int length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            int wide = CellsOf(text, at, length);
            if (cells + wide > width)
            {
                cells = fitCells + 1;
                return $"{text[..fits]}…";
            }
            cells += wide;
            at += length;
            if (cells < width)
                (fits, fitCells) = (at, cells);
        }
        return text;
    }

    static int CellsOf(string text, int at, int length) => length == 2 ? 2 : text[at] < 0x7F ? 1 : Math.Max(0, text[at].GetCellWidth());

    static string StyleOf(TokenKind kind) => kind switch
    {
        TokenKind.Control => "magenta",
        TokenKind.Role => "green",
        TokenKind.Recipient => "cyan",
        TokenKind.Channel => "blue",
        TokenKind.ContentType => "cyan",
        TokenKind.Free => "yellow",
        TokenKind.Unknown => "red",
        _ => "default",
    };
}
