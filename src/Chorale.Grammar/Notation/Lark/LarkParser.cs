using System.Text;

namespace Chorale.Grammar;

/// <summary>Reads a grammar in the notation of Lark.</summary>
sealed class LarkParser
{
    readonly GrammarText _text;
    readonly List<LarkToken> _tokens;
    readonly Dictionary<string, LarkDefinition> _definitions = [];
    readonly HashSet<string> _imported = [];
    readonly List<NotatedExpression> _ignored = [];

    int _next;            // the token that comes next
    int _depth;           // of brackets
    bool _isTerminal;     // whether the definition at hand is a terminal's

    LarkParser(GrammarText text)
    {
        _text = text;
        _tokens = LarkLexer.Read(text);
    }

    LarkToken Next => _tokens[_next];

    /// <summary>Reads a grammar.</summary>
    /// <exception cref="GrammarSyntaxException">The grammar is malformed, or uses what is not supported.</exception>
    public static NotatedGrammar Parse(string grammar)
    {
        LarkParser parser = new(new(grammar));
        parser.ReadItems();
        return new LarkResolver(parser._text, parser._definitions, parser._ignored).Resolve();
    }

    void ReadItems()
    {
        while (true)
        {
            SkipLineBreaks();
            if (Next.Kind == LarkTokenKind.End)
                return;
            if (Next.Kind == LarkTokenKind.Directive)
                ReadDirective();
            else
                ReadDefinition();
            if (Next.Kind is not (LarkTokenKind.LineBreak or LarkTokenKind.End))
                throw Unexpected("the end of the line");
        }
    }

    void ReadDirective()
    {
        LarkToken directive = Take();
        switch (directive.Text)
        {
            case "%import":
                ReadImport();
                break;
            case "%ignore":
                _isTerminal = true;
                _ignored.Add(ReadChoice());
                break;
            default:
                throw _text.Error(directive.Offset, $"Found {directive}, which is not supported; supported are %import and %ignore.");
        }
    }

    /// <summary>Reads <c>common.NAME</c>, <c>common.NAME -> OTHER</c> or <c>common (NAME, …)</c>.</summary>
    void ReadImport()
    {
        if (Next.Kind != LarkTokenKind.Name || Next.Text != "common")
            throw Unexpected("'common', the one module that can be imported from");
        Take();
        if (TakeIf("("))
        {
            do
            {
                SkipLineBreaks();
                LarkToken one = TakeName("the name of a terminal");
                Import(one, one.Text);
                SkipLineBreaks();
            }
            while (TakeIf(","));
            Expect(")");
            return;
        }
        Expect(".");
        LarkToken name = TakeName("the name of a terminal");
        if (!TakeIf("->"))
        {
            Import(name, name.Text);
            return;
        }
        LarkToken other = TakeName("another name for the terminal");
        CheckName(other);
        if (!LarkDefinition.IsTerminalName(other.Text))
            throw _text.Error(other.Offset, $"Found {other}, but the name of a terminal is upper case.");
        Import(name, other.Text);
    }

    void Import(LarkToken name, string other)
    {
        RegularExpression language = LarkCommon.Find(name.Text)
            ?? throw _text.Error(name.Offset, $"Found {name}, which is not in the module common; it has {string.Join(", ", LarkCommon.Names)}.");
        // The same import may stand twice, as in grammars that were put together.
        if (_imported.Add($"{other} = {name.Text}"))
            Define(new(other, [], new NotatedExpression.Text(language), name.Offset));
    }

    void ReadDefinition()
    {
        while (TakeIf("?") || TakeIf("!"))
        {
            // These shape a parse tree, of which there is none.
        }
        LarkToken name = TakeName("a rule, a terminal, %import or %ignore");
        CheckName(name);
        _isTerminal = LarkDefinition.IsTerminalName(name.Text);
        List<string> parameters = Next.IsSymbol("{") ? ReadParameters() : [];
        if (TakeIf("."))
        {
            if (!TakeIf("-"))
                TakeIf("+");
            if (Next.Kind != LarkTokenKind.Number)
                throw Unexpected("the number of a priority");
            Take();
        }
        if (!Next.IsSymbol(":"))
            throw Unexpected($"':' and what '{GrammarText.Shorten(name.Text)}' describes");
        Take();
        Define(new(name.Text, parameters, ReadChoice(), name.Offset));
    }

    List<string> ReadParameters()
    {
        LarkToken bracket = Take();
        if (_isTerminal)
            throw _text.Error(bracket.Offset, "Found '{' after the name of a terminal; only rules can be templates.");
        List<string> parameters = [];
        do
        {
            LarkToken parameter = TakeName("the name of a parameter");
            CheckName(parameter);
            if (parameters.Contains(parameter.Text))
                throw _text.Error(parameter.Offset, $"Found the parameter {parameter} a second time.");
            parameters.Add(parameter.Text);
        }
        while (TakeIf(","));
        Expect("}");
        return parameters;
    }

    void Define(LarkDefinition definition)
    {
        if (_definitions.TryGetValue(definition.Name, out LarkDefinition? first))
            throw _text.Error(definition.Offset, $"'{GrammarText.Shorten(definition.Name)}' is defined a second time; it was first in line {_text.Line(first.Offset)}.");
        if (_definitions.Count == GrammarText.MaxRules)
            throw _text.Error(definition.Offset, $"The grammar has more than {GrammarText.MaxRules} rules and terminals.");
        _definitions.Add(definition.Name, definition);
    }

    NotatedExpression ReadChoice()
    {
        List<NotatedExpression> alternatives = [];
        do
        {
            GoToAtom();
            alternatives.Add(ReadSequence());
            if (Next.IsSymbol("->"))
                ReadAlias();
        }
        while (TakeBar());
        return NotatedExpression.OneOf(alternatives);
    }

    void ReadAlias()
    {
        LarkToken arrow = Take();
        if (_isTerminal || _depth > 0)
            throw _text.Error(arrow.Offset, $"Found '->' {(_isTerminal ? "in a terminal" : "in brackets")}; an alias stands at the end of an alternative of a rule.");
        TakeName("an alias");
    }

    /// <summary>Goes past the bar before another alternative, which may stand in a line of its own.</summary>
    bool TakeBar()
    {
        int start = _next;
        SkipLineBreaks();
        if (TakeIf("|"))
            return true;
        if (_depth == 0)
            _next = start;
        return false;
    }

    /// <summary>Goes past the ends of lines where what follows is no item of its own.</summary>
    void GoToAtom()
    {
        int start = _next;
        SkipLineBreaks();
        if (_depth == 0 && (!IsAtom(Next) || IsDefinition(_next)))
            _next = start;
    }

    NotatedExpression ReadSequence()
    {
        List<NotatedExpression> parts = [];
        while (true)
        {
            if (_depth > 0)
                SkipLineBreaks();
            if (!IsAtom(Next))
                return NotatedExpression.InSequence(parts);
            parts.Add(ReadRepeated());
        }
    }

    NotatedExpression ReadRepeated()
    {
        int offset = Next.Offset;
        NotatedExpression atom = ReadAtom();
        if (!IsOperator(Next))
            return atom;
        LarkToken symbol = Take();
        (int least, int most) = symbol.Text switch
        {
            "?" => (0, 1),
            "*" => (0, RegularExpression.Unbounded),
            "+" => (1, RegularExpression.Unbounded),
            _ => ReadCounts(),
        };
        if (IsOperator(Next))
            throw _text.Error(Next.Offset, $"Found {Next} after {symbol}; of two operators in a row the first needs brackets around it and what it repeats.");
        return new NotatedExpression.Repeat(atom, least, most, offset);
    }

    static bool IsOperator(LarkToken token) => token.Kind == LarkTokenKind.Symbol && token.Text is "?" or "*" or "+" or "~";

    (int Least, int Most) ReadCounts()
    {
        int least = ReadCount();
        if (!TakeIf(".."))
            return (least, least);
        int offset = Next.Offset, most = ReadCount();
        return most >= least ? (least, most) : throw _text.Error(offset, $"Found {most} as the greatest count, which is less than the least, {least}.");
    }

    int ReadCount()
    {
        if (Next.Kind != LarkTokenKind.Number)
            throw Unexpected("a number of times");
        int offset = Take().Offset;
        return _text.Number(ref offset, GrammarText.MaxCount);
    }

    NotatedExpression ReadAtom()
    {
        LarkToken token = Take();
        switch (token.Kind)
        {
            case LarkTokenKind.Name:
                return ReadReference(token);
            case LarkTokenKind.Regex:
                return new NotatedExpression.Text(ReadRegex(token));
            case LarkTokenKind.String:
                return TakeIf("..") ? ReadRange(token) : ReadString(token);
        }
        if (++_depth > GrammarText.MaxNesting)
            throw _text.Error(token.Offset, $"Brackets are nested more than {GrammarText.MaxNesting} deep here.");
        NotatedExpression inner = ReadChoice();
        string closing = token.Text == "(" ? ")" : "]";
        if (!Next.IsSymbol(closing))
            throw Unexpected($"'{closing}', for the '{token.Text}' of line {_text.Line(token.Offset)},");
        Take();
        _depth--;
        return closing == "]" ? new NotatedExpression.Repeat(inner, 0, 1, token.Offset) : inner;
    }

    NotatedExpression ReadReference(LarkToken name)
    {
        CheckName(name);
        bool isTerminal = LarkDefinition.IsTerminalName(name.Text);
        if (_isTerminal && !isTerminal)
            throw _text.Error(name.Offset, $"Found the rule {name} in a terminal, which is made of strings, regular expressions and terminals only.");
        if (isTerminal || !TakeIf("{"))
            return new NotatedExpression.Reference(name.Text, name.Offset);
        if (++_depth > GrammarText.MaxNesting)
            throw _text.Error(name.Offset, $"Brackets are nested more than {GrammarText.MaxNesting} deep here.");
        List<NotatedExpression> arguments = [];
        do
        {
            SkipLineBreaks();
            if (!IsAtom(Next) || Next.Kind == LarkTokenKind.Symbol)
                throw Unexpected("a name, a string or a regular expression");
            arguments.Add(ReadAtom());
            SkipLineBreaks();
        }
        while (TakeIf(","));
        _depth--;
        Expect("}");
        return new LarkTemplateUse(name.Text, arguments, name.Offset);
    }

    static bool IsAtom(LarkToken token) =>
        token.Kind is LarkTokenKind.Name or LarkTokenKind.String or LarkTokenKind.Regex || token.IsSymbol("(") || token.IsSymbol("[");

    /// <summary>Whether a definition begins with a token: a name, then perhaps parameters and a priority, and a colon.</summary>
    bool IsDefinition(int token)
    {
        if (_tokens[token++].Kind != LarkTokenKind.Name)
            return false;
        if (_tokens[token].IsSymbol("{"))
        {
            while (_tokens[token].Kind is not (LarkTokenKind.LineBreak or LarkTokenKind.End) && !_tokens[token].IsSymbol("}"))
                token++;
            if (_tokens[token].IsSymbol("}"))
                token++;
        }
        return _tokens[token].IsSymbol(":") || _tokens[token].IsSymbol(".");
    }

    RegularExpression ReadRegex(LarkToken token)
    {
        int end = token.Text.LastIndexOf('/');
        RegexFlags flags = RegexFlags.UnixLines;
        for (int i = end + 1; i < token.Text.Length; i++)
        {
            flags |= token.Text[i] switch
            {
                'i' => RegexFlags.IgnoreCase,
                'm' => RegexFlags.MultiLine,
                's' => RegexFlags.DotAll,
                'x' => RegexFlags.Extended,
                'u' => RegexFlags.Unicode,
                _ => throw _text.Error(token.Offset + i, $"Found the flag '{token.Text[i]}' of a regular expression; supported are i, m, s, u and x."),
            };
        }
        string pattern = token.Text[1..end];
        new LarkRegex(_text, token.Offset + 1, pattern, flags.HasFlag(RegexFlags.Extended)).Check();
        return _text.Regex(token.Offset + 1, pattern, flags);
    }

    NotatedExpression ReadString(LarkToken token)
    {
        string value = Unescape(token);
        if (token.Text[^1] == '"')
            return new NotatedExpression.Literal(value);
        RegularExpression[] characters = [.. value.EnumerateRunes().Select(rune => RegularExpression.Set(CaseFolding.Close(rune.Value)))];
        return new NotatedExpression.Text(RegularExpression.Concat(characters));
    }

    NotatedExpression.Text ReadRange(LarkToken first)
    {
        if (Next.Kind != LarkTokenKind.String)
            throw Unexpected("the last character of a range, in quotes,");
        LarkToken last = Take();
        int from = Single(first), to = Single(last);
        return from <= to ? new(RegularExpression.Set(CharSet.Range(from, to)))
            : throw _text.Error(first.Offset, $"Found the range {first}..{last}, whose last character is before its first.");
    }

    int Single(LarkToken token)
    {
        string value = Unescape(token);
        return token.Text[^1] == '"' && Rune.TryGetRuneAt(value + "\0", 0, out Rune rune) && rune.Utf16SequenceLength == value.Length ? rune.Value
            : throw _text.Error(token.Offset, $"Found {token} as an end of a range, where one character in quotes was expected, without flag.");
    }

    string Unescape(LarkToken token)
    {
        StringBuilder value = new();
        int offset = token.Offset + 1, end = token.Offset + token.Text.LastIndexOf('"');
        while (offset < end)
        {
            if (_text.At(offset) == '\\')
                value.Append(ReadEscape(ref offset));
            else
                value.Append(_text.Value[offset++]);
        }
        return value.ToString();
    }

    Rune ReadEscape(ref int offset)
    {
        int start = offset, letter = _text.At(offset + 1);
        offset += 2;
        int digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0)
        {
            return new(letter switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'f' => '\f',
                'b' => '\b',
                'v' => '\v',
                '\\' or '/' or '"' or '\'' => letter,
                _ => throw _text.Error(start, $"Found a backslash and {_text.Describe(start + 1)}; known are \\n \\r \\t \\f \\b \\v \\\\ \\/ \\\" \\' \\xHH \\uHHHH and \\UHHHHHHHH."),
            });
        }
        int scalar = _text.Hexadecimal(offset, digits);
        offset += digits;
        if (digits == 4 && char.IsHighSurrogate((char)scalar) && _text.At(offset) == '\\' && _text.At(offset + 1) == 'u'
            && Rune.TryCreate((char)scalar, (char)_text.Hexadecimal(offset + 2, digits), out Rune pair))
        {
            offset += 2 + digits;
            return pair;
        }
        return Rune.TryCreate(scalar, out Rune rune) ? rune : throw _text.Error(start, $"Found the escape of U+{scalar:X4}, half of a surrogate pair alone.");
    }

    void CheckName(LarkToken name)
    {
        bool isTerminal = LarkDefinition.IsTerminalName(name.Text);
        if (name.Text.AsSpan().Trim("_0123456789").IsEmpty || name.Text.Any(isTerminal ? char.IsAsciiLetterLower : char.IsAsciiLetterUpper))
            throw _text.Error(name.Offset, $"Found the name {name}, but rules are lower case and terminals upper case.");
    }

    LarkToken Take() => Next.Kind == LarkTokenKind.End ? Next : _tokens[_next++];

    bool TakeIf(string symbol)
    {
        if (!Next.IsSymbol(symbol))
            return false;
        _next++;
        return true;
    }

    LarkToken TakeName(string what) => Next.Kind == LarkTokenKind.Name ? Take() : throw Unexpected(what);

    void Expect(string symbol)
    {
        if (!TakeIf(symbol))
            throw Unexpected($"'{symbol}'");
    }

    void SkipLineBreaks()
    {
        while (Next.Kind == LarkTokenKind.LineBreak)
            _next++;
    }

    GrammarSyntaxException Unexpected(string expected) => _text.Error(Next.Offset, $"Found {Next}, where {expected} was expected.".Replace(",,", ",", StringComparison.Ordinal));
}
