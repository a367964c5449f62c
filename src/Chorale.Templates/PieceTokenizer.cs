using System.Buffers;
using System.Runtime.CompilerServices;
using Chorale.Tokenization;

namespace Chorale.Templates;

/// <summary>From pieces to ids: control tokens by their names in what is the template's, ordinary text elsewhere.</summary>
static class PieceTokenizer
{
    static readonly ConditionalWeakTable<Tokenizer, ControlNames> Names = [];

    public static int[] Encode(RenderedTemplate rendered, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ControlNames names = Names.GetValue(tokenizer, static owner => new ControlNames(owner.SpecialTokens));
        ArrayBufferWriter<int> ids = new((rendered.Text.Length / 2) + 16);
        ReadOnlySpan<char> text = rendered.Text;
        int encoded = 0, start = 0;
        for (int i = 0; i < rendered.Pieces.Count;)
        {
            int end = start;
            bool isTemplate = rendered.Pieces[i].IsTemplate;
            while (i < rendered.Pieces.Count && rendered.Pieces[i].IsTemplate == isTemplate)
                end += rendered.Pieces[i++].Text.Length;
            while (isTemplate && names.TryFind(text[start..end], out int at, out int length, out int id))
            {
                tokenizer.Encode(text[encoded..(start + at)], ids);
                ids.GetSpan(1)[0] = id;
                ids.Advance(1);
                encoded = start += at + length;
            }
            start = end;
        }
        tokenizer.Encode(text[encoded..], ids);
        return ids.WrittenSpan.ToArray();
    }
}
