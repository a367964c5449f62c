namespace Chorale.Templates;

/// <summary>A text, and where each part of it comes from.</summary>
sealed class StringValue : TemplateValue
{
    public static readonly StringValue Empty = new("", PieceKind.Template);

    readonly TextRun[]? _runs;

    /// <summary>A text of one kind.</summary>
    public StringValue(string value, PieceKind kind) => (Value, First) = (value, kind);

    /// <summary>A text of several kinds.</summary>
    /// <param name="value">The text.</param>
    /// <param name="runs">In order, the last one ending where the text does; at least one.</param>
    public StringValue(string value, TextRun[] runs)
    {
        Value = value;
        First = runs[0].Kind;
        _runs = runs.Length == 1 ? null : runs;
    }

    public string Value { get; }

    /// <summary>The kind of the first characters, which is that of all where <see cref="Runs"/> is empty.</summary>
    public PieceKind First { get; }

    /// <summary>The runs of a text of several kinds; empty for one kind.</summary>
    public ReadOnlySpan<TextRun> Runs => _runs;

    public override TemplateValueKind Kind => TemplateValueKind.Text;

    public override bool IsTrue => Value.Length > 0;

    internal override string TypeName => "str";

    /// <summary>A part of it, in UTF-16 units.</summary>
    public StringValue Slice(int start, int length)
    {
        if (length == Value.Length)
            return this;
        string part = Value.Substring(start, length);
        if (_runs is null || length == 0)
            return new StringValue(part, First);
        List<TextRun> runs = [];
        foreach (TextRun run in _runs)
        {
            if (run.End <= start)
                continue;
            runs.Add(run with { End = Math.Min(run.End - start, length) });
            if (run.End >= start + length)
                break;
        }
        return new StringValue(part, [.. runs]);
    }
}
