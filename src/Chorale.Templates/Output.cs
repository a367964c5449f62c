using System.Buffers;
using System.Runtime.InteropServices;

namespace Chorale.Templates;

/// <summary>A text in the making, with where each part of it comes from, if that is wanted. Not shared by threads; dispose it when its text is taken.</summary>
sealed class Output : IDisposable
{
    readonly Budget _budget;
    readonly List<TextRun>? _runs;
    readonly List<int> _marks = [];
    char[] _buffer = ArrayPool<char>.Shared.Rent(2048);

    public Output(Budget budget, bool keepsRuns)
    {
        _budget = budget;
        if (keepsRuns)
            _runs = [];
    }

    public int Length { get; private set; }

    /// <summary>Whether it keeps where its text comes from.</summary>
    public bool KeepsRuns => _runs is not null;

    /// <summary><see cref="PieceKind.Trained"/> while inside <c>{% generation %}</c>; it is added to the kind of all that is appended.</summary>
    public PieceKind Mark { get; set; }

    public ReadOnlySpan<char> Text => _buffer.AsSpan(0, Length);

    /// <summary>Appends a literal of the template.</summary>
    public void Template(string text) => Append(text, PieceKind.Template);

    /// <summary>Appends what the caller wrote, or what is made of it.</summary>
    public void Caller(ReadOnlySpan<char> text) => Append(text, PieceKind.Caller);

    public void Append(ReadOnlySpan<char> text, PieceKind kind)
    {
        if (text.IsEmpty)
            return;
        text.CopyTo(Reserve(text.Length));
        Advance(text.Length, kind);
    }

    public void Append(char character, PieceKind kind)
    {
        Reserve(1)[0] = character;
        Advance(1, kind);
    }

    public void Append(StringValue text)
    {
        if (_runs is null || text.Runs.IsEmpty)
        {
            Append(text.Value, text.First);
            return;
        }
        int start = 0;
        foreach (TextRun run in text.Runs)
        {
            Append(text.Value.AsSpan(start, run.End - start), run.Kind);
            start = run.End;
        }
    }

    /// <summary>Room for so many characters; <see cref="Advance"/> tells how many were written.</summary>
    public Span<char> Reserve(int length)
    {
        if (length > _budget.MaxLength - Length)
            _budget.ThrowLength();
        if (length > _buffer.Length - Length)
            Grow(length);
        return _buffer.AsSpan(Length, length);
    }

    /// <summary>Appends the characters that were written into <see cref="Reserve"/>.</summary>
    public void Advance(int length, PieceKind kind)
    {
        _budget.SpendOn(length);
        Length += length;
        if (_runs is not null)
            Extend(kind | Mark);
    }

    /// <summary>Marks what is appended from here on as one stretch.</summary>
    public void BeginMark(PieceKind mark)
    {
        Mark = mark;
        if (_runs is not null && mark != PieceKind.Caller)
            _marks.Add(Length);
    }

    /// <summary>Takes away what stands behind a length.</summary>
    public void Truncate(int length)
    {
        Length = length;
        if (_runs is null)
            return;
        while (_runs.Count > 0 && (_runs.Count > 1 ? _runs[^2].End : 0) >= length)
            _runs.RemoveAt(_runs.Count - 1);
        if (_runs.Count > 0)
            _runs[^1] = _runs[^1] with { End = length };
    }

    /// <summary>The text, without where it comes from.</summary>
    public string ToText() => new(Text);

    /// <summary>The text as a value of the template.</summary>
    public StringValue ToValue() =>
        Length == 0 ? StringValue.Empty
        : _runs is null ? new StringValue(ToText(), PieceKind.Template)
        : new StringValue(ToText(), [.. _runs]);

    /// <summary>The text in pieces.</summary>
    public RenderedTemplate ToPieces()
    {
        string text = ToText();
        List<TemplatePiece> pieces = [];
        int start = 0;
        foreach (TextRun run in Split(CollectionsMarshal.AsSpan(_runs)))
        {
            pieces.Add(new(text[start..run.End], run.Kind.HasFlag(PieceKind.Template), run.Kind.HasFlag(PieceKind.Trained)));
            start = run.End;
        }
        return new RenderedTemplate(text, pieces, _marks);
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Cuts runs where a marked stretch begins, so that each piece is of one stretch.</summary>
    List<TextRun> Split(ReadOnlySpan<TextRun> runs)
    {
        List<TextRun> split = new(runs.Length);
        int start = 0, mark = 0;
        foreach (TextRun run in runs)
        {
            for (; mark < _marks.Count && _marks[mark] < run.End; mark++)
            {
                if (_marks[mark] > start)
                    split.Add(run with { End = start = _marks[mark] });
            }
            split.Add(run);
            start = run.End;
        }
        return split;
    }

    void Extend(PieceKind kind)
    {
        if (_runs is [.., { } last] && last.Kind == kind)
            _runs[^1] = last with { End = Length };
        else
            _runs!.Add(new(Length, kind));
    }

    void Grow(int length)
    {
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(Length + length, _buffer.Length * 2));
        Text.CopyTo(larger);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
