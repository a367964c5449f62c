using System.Globalization;
using System.Text;

namespace Chorale.Templates;

/// <summary>
/// Cuts a template into tokens, as Jinja2 does with <c>trim_blocks</c> and <c>lstrip_blocks</c>: the line break behind a block is dropped, and so are the
/// spaces before one that begins its line; <c>-</c> drops all white space on its side, <c>+</c> keeps it.
/// </summary>
sealed class JinjaLexer
{
    static readonly string[] LongOperators = ["//", "**", "==", "!=", ">=", "<="];

    readonly string _source;
    readonly List<Token> _tokens = [];
    readonly Stack<char> _brackets = new();
    int _position;
    int _line = 1;
    int _lineAt;

    JinjaLexer(string source) => _source = source;

    public static List<Token> Read(string source)
    {
        string normal = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return new JinjaLexer(normal.EndsWith('\n') ? normal[..^1] : normal).Read();
    }

    List<Token> Read()
    {
        bool beginsLine = true;
        while (true)
        {
            int tag = FindTag(_position);
            if (tag < 0)
            {
                AddData(_source[_position..]);
                _tokens.Add(new Token(TokenKind.End, "", LineAt(_source.Length)));
                return _tokens;
            }
            char kind = _source[tag + 1];
            char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : '\0';
            AddData(Before(tag, kind, sign, beginsLine));
            int line = LineAt(tag);
            _position = tag + (sign == '\0' ? 2 : 3);
            if (kind == '#')
                SkipComment(line);
            else
                ReadTag(kind, line);
            beginsLine = _source[_position - 1] == '\n';
        }
    }

    int FindTag(int from)
    {
        while (_source.IndexOf('{', from) is >= 0 and int at)
        {
            if (at + 1 < _source.Length && _source[at + 1] is '{' or '%' or '#')
                return at;
            from = at + 1;
        }
        return -1;
    }

    /// <summary>The text before a tag, cut as its sign and the rules say.</summary>
    string Before(int tag, char kind, char sign, bool beginsLine)
    {
        string text = _source[_position..tag];
        if (sign == '-')
            return PythonStrings.TrimEnd(text, characters: null).ToString();
        if (sign == '+' || kind == '{')
            return text;
        int line = text.LastIndexOf('\n') + 1;
        return (line > 0 || beginsLine) && PythonStrings.TrimStart(text.AsSpan(line), characters: null).IsEmpty ? text[..line] : text;
    }

    void SkipComment(int line)
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
            throw new TemplateSyntaxException(line, "comment", "'{#' without '#}'");
        char sign = end > _position ? _source[end - 1] : '\0';
        _position = end + 2;
        SkipBehind(sign);
    }

    /// <summary>Drops what a closing sign drops: all white space for <c>-</c>, nothing for <c>+</c>, else one line break.</summary>
    void SkipBehind(char sign)
    {
        if (sign == '-')
        {
            while (_position < _source.Length && PythonStrings.IsSpace(_source[_position]))
                _position++;
        }
        else if (sign != '+' && _position < _source.Length && _source[_position] == '\n')
        {
            _position++;
        }
    }

    void ReadTag(char kind, int line)
    {
        bool print = kind == '{';
        _tokens.Add(new Token(print ? TokenKind.PrintBegin : TokenKind.BlockBegin, "", line));
        _brackets.Clear();
        while (true)
        {
            while (_position < _source.Length && PythonStrings.IsSpace(_source[_position]))
                _position++;
            if (_position == _source.Length)
                throw new TemplateSyntaxException(line, print ? "'{{'" : "'{%'", print ? "not closed by '}}'" : "not closed by '%}'");
            if (_brackets.Count == 0 && TryEnd(print))
                return;
            ReadToken();
        }
    }

    bool TryEnd(bool print)
    {
        ReadOnlySpan<char> rest = _source.AsSpan(_position);
        char sign = rest[0] == '-' || (rest[0] == '+' && !print) ? rest[0] : '\0';
        int length = sign == '\0' ? 0 : 1;
        if (!rest[length..].StartsWith(print ? "}}" : "%}", StringComparison.Ordinal))
            return false;
        _tokens.Add(new Token(print ? TokenKind.PrintEnd : TokenKind.BlockEnd, "", LineAt(_position)));
        _position += length + 2;
        if (!print || sign == '-')
            SkipBehind(sign);
        return true;
    }

    void ReadToken()
    {
        char first = _source[_position];
        int line = LineAt(_position);
        if (char.IsAsciiDigit(first))
            ReadNumber(line);
        else if (first == '_' || char.IsLetter(first))
            Add(TokenKind.Name, Span(static c => c == '_' || char.IsLetterOrDigit(c)), line);
        else if (first is '"' or '\'')
            ReadText(first, line);
        else
            ReadOperator(first, line);
    }

    void Add(TokenKind kind, int length, int line)
    {
        _tokens.Add(new Token(kind, _source.Substring(_position, length), line));
        _position += length;
    }

    int Span(Func<char, bool> belongs, int from = 0)
    {
        int length = from;
        while (_position + length < _source.Length && belongs(_source[_position + length]))
            length++;
        return length;
    }

    void ReadNumber(int line)
    {
        int length = Digits(0);
        bool isFloat = false;
        if (_position == 0 || _source[_position - 1] != '.')
        {
            int end = length;
            if (At(end) == '.' && char.IsAsciiDigit(At(end + 1)))
            {
                end = Digits(end + 1);
                isFloat = true;
            }
            if (At(end) is 'e' or 'E')
            {
                int digits = end + (At(end + 1) is '+' or '-' ? 2 : 1);
                if (char.IsAsciiDigit(At(digits)))
                {
                    end = Digits(digits);
                    isFloat = true;
                }
            }
            length = end;
        }
        if (!isFloat && At(0) == '0' && (length > 1 || char.IsLetter(At(1))))
        {
            string found = _source.Substring(_position, Span(static c => c == '_' || char.IsLetterOrDigit(c)));
            throw new TemplateSyntaxException(line, $"number '{found}'", "only decimal numbers without leading zeros are known");
        }
        if (length > 400)
            throw new TemplateSyntaxException(line, "number", string.Create(CultureInfo.InvariantCulture, $"it has {length} digits"));
        Add(isFloat ? TokenKind.Float : TokenKind.Integer, length, line);
    }

    char At(int offset) => _position + offset < _source.Length ? _source[_position + offset] : '\0';

    int Digits(int from) => Span(char.IsAsciiDigit, from);

    void ReadText(char quote, int line)
    {
        int start = _position++;
        while (_position < _source.Length && _source[_position] != quote)
            _position += _source[_position] == '\\' ? 2 : 1;
        if (_position >= _source.Length)
            throw new TemplateSyntaxException(line, "text", $"no closing {quote}");
        string raw = _source[(start + 1)..(_position++)];
        _tokens.Add(new Token(TokenKind.Text, raw.Contains('\\', StringComparison.Ordinal) ? Unescape(raw, line) : raw, line));
    }

    /// <summary>Escapes as Python's <c>unicode-escape</c> reads them; one that it does not know stays as it is.</summary>
    static string Unescape(string raw, int line)
    {
        StringBuilder text = new(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }
            char kind = raw[++i];
            switch (kind)
            {
                case '\n':
                    break;
                case 'x' or 'u' or 'U':
                    int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
                    string hexadecimal = raw.Substring(i + 1, Math.Min(digits, raw.Length - i - 1));
                    if (hexadecimal.Length < digits || !int.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code is < 0 or > 0x10FFFF)
                        throw new TemplateSyntaxException(line, $"escape '\\{kind}{hexadecimal}'", string.Create(CultureInfo.InvariantCulture, $"expected {digits} hexadecimal digits of a character"));
                    if (code < 0x10000)
                        text.Append((char)code);
                    else
                        text.Append(char.ConvertFromUtf32(code));
                    i += digits;
                    break;
                case >= '0' and <= '7':
                    int end = i + 1;
                    int octal = kind - '0';
                    while (end < raw.Length && end < i + 3 && raw[end] is >= '0' and <= '7')
                        octal = (octal * 8) + raw[end++] - '0';
                    text.Append((char)octal);
                    i = end - 1;
                    break;
                case 'N':
                    throw new TemplateSyntaxException(line, "escape '\\N'", "characters by name are outside the subset that is known here");
                default:
                    text.Append(kind switch
                    {
                        'n' => "\n",
                        't' => "\t",
                        'r' => "\r",
                        '\\' => "\\",
                        '\'' => "'",
                        '"' => "\"",
                        'a' => "\a",
                        'b' => "\b",
                        'f' => "\f",
                        'v' => "\v",
                        _ => "\\" + kind,
                    });
                    break;
            }
        }
        return text.ToString();
    }

    void ReadOperator(char first, int line)
    {
        ReadOnlySpan<char> rest = _source.AsSpan(_position);
        foreach (string known in LongOperators)
        {
            if (rest.StartsWith(known, StringComparison.Ordinal))
            {
                Add(TokenKind.Operator, 2, line);
                return;
            }
        }
        if (!"+-/*%~[](){}><=.:|,;".Contains(first, StringComparison.Ordinal))
            throw new TemplateSyntaxException(line, $"character '{(char.IsControl(first) ? '\uFFFD' : first)}'", "it begins nothing that a template knows");
        if (first is '(' or '[' or '{')
            _brackets.Push(first == '(' ? ')' : first == '[' ? ']' : '}');
        else if (first is ')' or ']' or '}' && (!_brackets.TryPop(out char expected) || expected != first))
            throw new TemplateSyntaxException(line, $"'{first}'", expected == '\0' ? "nothing is open that it could close" : $"expected '{expected}'");
        Add(TokenKind.Operator, 1, line);
    }

    void AddData(string text)
    {
        if (text.Length > 0)
            _tokens.Add(new Token(TokenKind.Data, text, LineAt(_position)));
    }

    /// <summary>The line of a place that is not before the last one asked for.</summary>
    int LineAt(int position)
    {
        if (position > _lineAt)
        {
            _line += _source.AsSpan(_lineAt, position - _lineAt).Count('\n');
            _lineAt = position;
        }
        return _line;
    }
}
