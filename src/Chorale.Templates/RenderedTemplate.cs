using Chorale.Tokenization;

namespace Chorale.Templates;

/// <summary>A rendered text in pieces.</summary>
public sealed class RenderedTemplate
{
    readonly IReadOnlyList<int> _marks;

    /// <summary>A text in pieces.</summary>
    /// <param name="text">The whole.</param>
    /// <param name="pieces">Its pieces.</param>
    /// <param name="marks">Where a <c>generation</c> begins.</param>
    internal RenderedTemplate(string text, IReadOnlyList<TemplatePiece> pieces, IReadOnlyList<int> marks)
    {
        Text = text;
        Pieces = pieces;
        _marks = marks;
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The text cut into pieces; neighbours differ in where they come from or in whether they are trained, or a <c>generation</c> begins between them.</summary>
    public IReadOnlyList<TemplatePiece> Pieces { get; }

    /// <summary>The text cut where training begins and ends: what stands inside <c>{% generation %}</c>, and what does not.</summary>
    public IReadOnlyList<(string Text, bool IsTrained)> Segments
    {
        get
        {
            List<(string Text, bool IsTrained)> segments = [];
            HashSet<int> marks = [.. _marks];
            int start = 0, position = 0;
            for (int i = 0; i < Pieces.Count; i++)
            {
                position += Pieces[i].Text.Length;
                if (i + 1 < Pieces.Count && Pieces[i + 1].IsTrained == Pieces[i].IsTrained && !marks.Contains(position))
                    continue;
                segments.Add((Text[start..position], Pieces[i].IsTrained));
                start = position;
            }
            return segments;
        }
    }

    /// <summary>
    /// The ids of the text. A control token is recognised only where the template itself spells it: what the caller wrote stays ordinary text, whatever it
    /// spells. Where the caller spells none, these are the ids of the text tokenized as it stands.
    /// </summary>
    public int[] ToIds(Tokenizer tokenizer) => PieceTokenizer.Encode(this, tokenizer);
}
