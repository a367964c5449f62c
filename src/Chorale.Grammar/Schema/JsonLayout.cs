namespace Chorale.Grammar;

/// <summary>The punctuation of JSON with the white space that is allowed around it.</summary>
sealed class JsonLayout
{
    readonly JsonWhitespace _whitespace;
    readonly RegularExpression _space, _afterMark;
    readonly RegularExpression _comma, _colon, _closeObject, _closeArray;

    public JsonLayout(JsonSchemaOptions options)
    {
        _whitespace = options.Whitespace;
        _space = _whitespace == JsonWhitespace.Flexible ? RegularExpression.Repeat(RegularExpression.Set(CharSet.Of(" \t\n\r")), 0, options.MaxWhitespace) : RegularExpression.Empty;
        _afterMark = _whitespace == JsonWhitespace.Spaced ? RegularExpression.Optional(RegularExpression.Literal(" ")) : _space;
        _comma = Mark(",");
        _colon = Mark(":");
        _closeObject = RegularExpression.Concat(_space, RegularExpression.Literal("}"));
        _closeArray = RegularExpression.Concat(_space, RegularExpression.Literal("]"));
    }

    bool IsCompact => _whitespace == JsonWhitespace.Compact;

    /// <summary>White space leads from one state to another where it may stand anywhere; otherwise nothing does.</summary>
    public void AddSpace(GrammarBuilder builder, int from, int to)
    {
        if (_whitespace == JsonWhitespace.Flexible)
            builder.AddText(from, _space, to);
        else
            builder.AddEmpty(from, to);
    }

    public void AddComma(GrammarBuilder builder, int from, int to) => Add(builder, from, ",", _comma, to);

    public void AddColon(GrammarBuilder builder, int from, int to) => Add(builder, from, ":", _colon, to);

    public void AddObjectEnd(GrammarBuilder builder, int from, int to) => Add(builder, from, "}", _closeObject, to);

    public void AddArrayEnd(GrammarBuilder builder, int from, int to) => Add(builder, from, "]", _closeArray, to);

    /// <summary>The name of a member and its colon, after a comma where it is not the first one.</summary>
    public void AddName(GrammarBuilder builder, int from, string name, bool isFirst, int to)
    {
        string quoted = JsonText.Quote(name);
        if (IsCompact)
            builder.AddLiteral(from, $"{(isFirst ? "" : ",")}{quoted}:", to);
        else
            builder.AddText(from, RegularExpression.Concat(isFirst ? _space : _comma, RegularExpression.Literal(quoted), _colon), to);
    }

    RegularExpression Mark(string mark) => RegularExpression.Concat(_space, RegularExpression.Literal(mark), _afterMark);

    void Add(GrammarBuilder builder, int from, string mark, RegularExpression spaced, int to)
    {
        // Under Spaced, what closes has no white space before it.
        if (IsCompact)
            builder.AddLiteral(from, mark, to);
        else
            builder.AddText(from, spaced, to);
    }
}
