using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Reads a text that should be a JSON object, piece by piece, and tells how much of its beginning is sure to stay: none while it may still be an envelope
/// around a call, and nothing from where a repair would have to change something.
/// </summary>
/// <param name="maybeEnvelope">Whether an envelope is looked for at all.</param>
sealed class EnvelopeScanner(bool maybeEnvelope)
{
    /// <summary>One more than the longest name of an envelope's members has.</summary>
    const int LongestKey = 11;

    readonly StringBuilder _key = new();
    readonly Stack<char> _open = new();
    Expected _expected = Expected.Object;
    int _length;
    int _safe;
    bool _inString;
    bool _isEscaped;
    bool _isKey;

    enum Expected
    {
        /// <summary>The object itself.</summary>
        Object,
        KeyOrEnd,
        Key,
        Colon,
        ValueOrEnd,
        Value,
        CommaOrEnd,

        /// <summary>A comma or an end, or more of a number or literal.</summary>
        Literal,

        /// <summary>Nothing: the object is closed.</summary>
        Nothing,

        /// <summary>It is no object.</summary>
        Broken,
    }

    /// <summary>Whether it may still turn out to be an envelope.</summary>
    public bool MayBeEnvelope { get; private set; } = maybeEnvelope;

    /// <summary>Whether the text cannot be a JSON object and nothing else any more.</summary>
    public bool IsBroken => _expected == Expected.Broken;

    /// <summary>Takes the next characters.</summary>
    /// <returns>How many characters from the beginning are sure to stay.</returns>
    public int Push(string text)
    {
        foreach (char c in text)
        {
            _length++;
            Take(c);
            bool isInside = _open.Count > 0 || (_expected == Expected.Nothing && c == '}');
            if (isInside && !IsBroken && !MayBeEnvelope)
                _safe = _length;
        }
        return _safe;
    }

    void Take(char c)
    {
        if (IsBroken)
            return;
        if (_inString)
            TakeInString(c);
        else if (c is not (' ' or '\t' or '\r' or '\n'))
            TakeOutside(c);
        else if (_expected == Expected.Literal)
            _expected = Expected.CommaOrEnd;
    }

    void TakeOutside(char c)
    {
        bool mayEnd = _expected is Expected.CommaOrEnd or Expected.Literal;
        switch (c)
        {
            case '"' when _expected is Expected.Key or Expected.KeyOrEnd:
                (_inString, _isKey) = (true, true);
                _key.Clear();
                break;
            case '"' when _expected is Expected.Value or Expected.ValueOrEnd:
                (_inString, _isKey) = (true, false);
                break;
            case '{' when _expected is Expected.Object or Expected.Value or Expected.ValueOrEnd:
                _open.Push('}');
                _expected = Expected.KeyOrEnd;
                break;
            case '[' when _expected is Expected.Value or Expected.ValueOrEnd:
                _open.Push(']');
                _expected = Expected.ValueOrEnd;
                break;
            case '}' or ']' when (mayEnd || _expected is Expected.KeyOrEnd or Expected.ValueOrEnd) && _open.Peek() == c:
                _open.Pop();
                _expected = _open.Count == 0 ? Expected.Nothing : Expected.CommaOrEnd;
                break;
            case ',' when mayEnd:
                _expected = _open.Peek() == '}' ? Expected.Key : Expected.Value;
                break;
            case ':' when _expected == Expected.Colon:
                _expected = Expected.Value;
                break;
            default:
                bool isLiteral = (_expected is Expected.Value or Expected.ValueOrEnd && (char.IsAsciiDigit(c) || c is '-' or 't' or 'f' or 'n'))
                    || (_expected == Expected.Literal && (char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-'));
                _expected = isLiteral ? Expected.Literal : Expected.Broken;
                break;
        }
    }

    void TakeInString(char c)
    {
        if (c < ' ')
        {
            _expected = Expected.Broken;
            return;
        }
        bool isPartOfKey = _isKey && _open.Count == 1;
        if (_isEscaped || c != '"')
        {
            _isEscaped = !_isEscaped && c == '\\';
            if (isPartOfKey && _key.Length < LongestKey)
                _key.Append(c);
            return;
        }
        _inString = false;
        _expected = _isKey ? Expected.Colon : Expected.CommaOrEnd;
        if (isPartOfKey)
            MayBeEnvelope = MayBeEnvelope && IsOfEnvelope(_key.ToString());
    }

    /// <summary>An escape may spell any character, so a name with one may be any name.</summary>
    static bool IsOfEnvelope(string key) => key.Contains('\\', StringComparison.Ordinal) || ArgumentRepair.IsOfEnvelope(key);
}
