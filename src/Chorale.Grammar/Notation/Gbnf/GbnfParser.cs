using System.Text;

namespace Chorale.Grammar;

/// <summary>Reads a grammar in GBNF, the notation of llama.cpp.</summary>
sealed class GbnfParser
{
    const string Root = "root";

    readonly GrammarText _text;
    readonly Dictionary<string, NotatedRule> _rules = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    int _next;     // the character that comes next
    int _depth;    // of brackets

    GbnfParser(GrammarText text) => _text = text;

    /// <summary>The character that comes next. A method, because it is another one after each step.</summary>
    int Next() => _text.At(_next);

    /// <summary>Reads a grammar.</summary>
    /// <exception cref="GrammarSyntaxException">The grammar is malformed, or uses what is not supported.</exception>
    public static NotatedGrammar Parse(string grammar)
    {
        GbnfParser parser = new(new(grammar));
        parser.ReadRules();
        parser.CheckNames();
        return new(parser._text, parser._rules, Root);
    }

    void ReadRules()
    {
        SkipBlank(isMultiLine: true);
        while (Next() != GrammarText.End)
        {
            ReadRule();
            SkipBlank(isMultiLine: true);
        }
    }

    void ReadRule()
    {
        int start = _next;
        string name = ReadName("the name of a rule");
        SkipBlank(isMultiLine: false);
        if (string.CompareOrdinal(_text.Value, _next, "::=", 0, 3) != 0)
            throw Unexpected($"'::=' and what '{GrammarText.Shorten(name)}' describes");
        if (_places.TryGetValue(name, out int first))
            throw _text.Error(start, $"'{GrammarText.Shorten(name)}' is defined a second time; it was first in line {_text.Line(first)}.");
        if (_rules.Count == GrammarText.MaxRules)
            throw _text.Error(start, $"The grammar has more than {GrammarText.MaxRules} rules.");
        _places.Add(name, start);
        _next += 3;
        SkipBlank(isMultiLine: true);
        NotatedExpression body = ReadChoice();
        if (Next() != GrammarText.End && !GrammarText.IsLineBreak(Next()))
            throw Unexpected("a part of the rule or the end of the line");
        _rules.Add(name, new(name, body, IsTerminal: false));
    }

    void CheckNames()
    {
        if (_rules.Values.SelectMany(rule => rule.Body.References()).FirstOrDefault(reference => !_rules.ContainsKey(reference.Name)) is { } unknown)
            throw _text.Error(unknown.Offset, $"The rule '{GrammarText.Shorten(unknown.Name)}' is used but not defined.");
        if (!_rules.ContainsKey(Root))
            throw new GrammarSyntaxException(1, 1, "The grammar has no rule 'root', where a text begins.");
    }

    NotatedExpression ReadChoice()
    {
        List<NotatedExpression> alternatives = [];
        do
            alternatives.Add(ReadSequence());
        while (TakeBar());
        return NotatedExpression.OneOf(alternatives);
    }

    /// <summary>Goes past the bar before another alternative, which may stand in a line of its own.</summary>
    bool TakeBar()
    {
        int start = _next;
        SkipBlank(isMultiLine: true);
        if (Next() == '|')
        {
            _next++;
            SkipBlank(isMultiLine: true);
            return true;
        }
        _next = start;
        return false;
    }

    NotatedExpression ReadSequence()
    {
        List<NotatedExpression> parts = [];
        while (true)
        {
            int start = _next;
            if (ReadAtom() is NotatedExpression atom)
            {
                SkipBlank(isMultiLine: _depth > 0);
                parts.Add(ReadRepetitions(atom, start));
            }
            else if (Next() is '*' or '+' or '?' or '{')
                throw Unexpected("something to repeat before it");
            else
                return NotatedExpression.InSequence(parts);
        }
    }

    NotatedExpression ReadRepetitions(NotatedExpression atom, int start)
    {
        int operators = 0;
        while (Next() is '*' or '+' or '?' or '{')
        {
            if (operators++ == GrammarText.MaxNesting)
                throw _text.Error(_next, $"More than {GrammarText.MaxNesting} operators stand in a row here.");
            (int least, int most) = Next() switch
            {
                '*' => (0, RegularExpression.Unbounded),
                '+' => (1, RegularExpression.Unbounded),
                '?' => (0, 1),
                _ => ReadCounts(),
            };
            _next++;
            atom = new NotatedExpression.Repeat(atom, least, most, start);
            SkipBlank(isMultiLine: _depth > 0);
        }
        return atom;
    }

    /// <summary>Reads <c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c> or <c>{,m}</c>, up to the closing brace.</summary>
    (int Least, int Most) ReadCounts()
    {
        _next++;
        SkipBlank(isMultiLine: _depth > 0);
        bool hasLeast = Next() != ',';
        int least = hasLeast ? ReadCount() : 0;
        if (Next() == '}')
            return (least, least);
        if (Next() != ',')
            throw Unexpected("',' or '}'");
        _next++;
        SkipBlank(isMultiLine: _depth > 0);
        if (Next() == '}' && hasLeast)
            return (least, RegularExpression.Unbounded);
        int start = _next, most = ReadCount();
        if (Next() != '}')
            throw Unexpected("'}'");
        return most >= least ? (least, most) : throw _text.Error(start, $"Found {most} as the greatest count, which is less than the least, {least}.");
    }

    int ReadCount()
    {
        int count = _text.Number(ref _next, GrammarText.MaxCount);
        SkipBlank(isMultiLine: _depth > 0);
        return count;
    }

    /// <summary>Reads what can be repeated; null where nothing begins that can stand in a rule.</summary>
    NotatedExpression? ReadAtom()
    {
        switch (Next())
        {
            case '"':
                return ReadLiteral();
            case '[':
                return ReadClass();
            case '.':
                _next++;
                return new NotatedExpression.Text(RegularExpression.AnyCharacter);
            case '(':
                return ReadGroup();
            case '<':
                return ReadSpecial();
            case '!' when _text.At(_next + 1) == '<':
                throw _text.Error(_next, "Found '!<': any token but one is not supported.");
            default:
                int start = _next;
                return IsNameCharacter(Next()) ? new NotatedExpression.Reference(ReadName("a name"), start) : null;
        }
    }

    NotatedExpression ReadGroup()
    {
        int start = _next++;
        if (++_depth > GrammarText.MaxNesting)
            throw _text.Error(start, $"Brackets are nested more than {GrammarText.MaxNesting} deep here.");
        SkipBlank(isMultiLine: true);
        NotatedExpression inner = ReadChoice();
        if (Next() != ')')
            throw Unexpected($"a part of the rule, or ')' for the '(' of line {_text.Line(start)},");
        _next++;
        _depth--;
        return inner;
    }

    NotatedExpression.Literal ReadLiteral()
    {
        int start = _next++;
        StringBuilder value = new();
        while (Next() != '"')
        {
            if (Next() == GrammarText.End)
                throw _text.Error(start, "A string begins here and is not closed: found the end of the grammar where '\"' was expected.");
            value.Append(new Rune(ReadCharacter()).ToString());
        }
        _next++;
        return new(value.ToString());
    }

    NotatedExpression.Text ReadClass()
    {
        int start = _next++;
        bool isNegated = Next() == '^';
        if (isNegated)
            _next++;
        List<(int First, int Last)> ranges = [];
        while (Next() != ']')
        {
            CheckClassIsOpen();
            int place = _next, first = ReadCharacter(), last = first;
            if (Next() == '-' && _text.At(_next + 1) != ']')
            {
                _next++;
                CheckClassIsOpen();
                last = ReadCharacter();
            }
            if (last < first)
                throw _text.Error(place, $"Found the range {_text.Value[place.._next]}, whose last character is before its first.");
            ranges.Add((first, last));
        }
        _next++;
        if (ranges.Count == 0)
            throw _text.Error(start, $"Found {_text.Value[start.._next]}, a class of characters with nothing in it; any character is written '.'.");
        CharSet set = CharSet.Union(ranges);
        return new(RegularExpression.Set(isNegated ? set.Complement() : set));

        void CheckClassIsOpen()
        {
            if (Next() == GrammarText.End)
                throw _text.Error(start, "A class of characters begins here and is not closed: found the end of the grammar where ']' was expected.");
        }
    }

    /// <summary>Reads a character of a string or a class, which may be escaped.</summary>
    int ReadCharacter()
    {
        if (Next() != '\\')
        {
            Rune rune = Rune.GetRuneAt(_text.Value, _next);
            _next += rune.Utf16SequenceLength;
            return rune.Value;
        }
        int start = _next++, character = Next();
        int digits = character switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        _next++;
        if (digits > 0)
        {
            int scalar = _text.Hexadecimal(_next, digits);
            _next += digits;
            return Rune.IsValid(scalar) ? scalar
                : throw _text.Error(start, $"Found the escape of U+{scalar:X4}, half of a surrogate pair; characters beyond U+FFFF are written \\UHHHHHHHH.");
        }
        return character switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '"' or '[' or ']' or '-' or '^' => character,
            _ => throw _text.Error(start, $"Found a backslash and {_text.Describe(start + 1)}; known are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ \\xHH \\uHHHH and \\UHHHHHHHH."),
        };
    }

    /// <summary>Reads <c>&lt;[id]&gt;</c> or <c>&lt;name&gt;</c>, where the brackets are part of the name.</summary>
    NotatedExpression.Special ReadSpecial()
    {
        int start = _next++;
        if (Next() == '[')
        {
            _next++;
            int id = _text.Number(ref _next, int.MaxValue - 1);
            if (Next() != ']')
                throw Unexpected("']>'");
            _next++;
            if (Next() != '>')
                throw Unexpected("'>'");
            _next++;
            return new(null, id, start);
        }
        while (Next() != '>')
        {
            if (Next() == GrammarText.End || GrammarText.IsLineBreak(Next()))
                throw _text.Error(start, $"The name of a special token begins here and is not closed: found {_text.Describe(_next)} where '>' was expected.");
            _next++;
        }
        _next++;
        return new(_text.Value[start.._next], 0, start);
    }

    string ReadName(string expected)
    {
        int start = _next;
        while (IsNameCharacter(Next()))
            _next++;
        return _next > start ? _text.Value[start.._next] : throw Unexpected(expected);
    }

    /// <summary>Goes past white space and comments; past ends of lines only on request.</summary>
    void SkipBlank(bool isMultiLine)
    {
        while (true)
        {
            if (Next() == '#')
            {
                while (Next() != GrammarText.End && !GrammarText.IsLineBreak(Next()))
                    _next++;
            }
            else if (Next() is ' ' or '\t' || (isMultiLine && GrammarText.IsLineBreak(Next())))
                _next++;
            else
                return;
        }
    }

    static bool IsNameCharacter(int character) => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_';

    GrammarSyntaxException Unexpected(string expected) =>
        _text.Error(_next, $"Found {_text.Describe(_next)}, where {expected} was expected.".Replace(",,", ",", StringComparison.Ordinal));
}
