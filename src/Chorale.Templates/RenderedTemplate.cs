using Chorale.Tokenization;

namespace Chorale.Templates;

/// <summary>A rendered text in pieces.</summary>
public sealed class RenderedTemplate
{
    internal RenderedTemplate(string text, IReadOnlyList<TemplatePiece> pieces)
    {
        Text = text;
        Pieces = pieces;
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The text cut into pieces; neighbours differ in where they come from, or in whether they are trained.</summary>
    public IReadOnlyList<TemplatePiece> Pieces { get; }

    /// <summary>The text cut where training begins and ends: what stands inside <c>{% generation %}</c>, and what does not.</summary>
    public IReadOnlyList<(string Text, bool IsTrained)> Segments
    {
        get
        {
            List<(string Text, bool IsTrained)> segments = [];
            for (int i = 0; i < Pieces.Count;)
            {
                int end = i;
                while (end < Pieces.Count && Pieces[end].IsTrained == Pieces[i].IsTrained)
                    end++;
                segments.Add((string.Concat(Pieces.Skip(i).Take(end - i).Select(piece => piece.Text)), Pieces[i].IsTrained));
                i = end;
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
