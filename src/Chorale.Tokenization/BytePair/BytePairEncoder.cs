using System.Buffers;

namespace Chorale.Tokenization;

/// <summary>Text to ids: cuts it into pieces, looks each up whole, and merges those that are no token.</summary>
sealed class BytePairEncoder
{
    /// <summary>So many bytes have to follow a text, whatever they are.</summary>
    public const int Padding = PieceTable.Padding;

    const int StackWords = 32;
    readonly BytePairVocabulary _vocabulary;
    readonly int[]? _ids;

    /// <summary>Joins merges with a numbering of ids.</summary>
    /// <param name="vocabulary">The merges.</param>
    /// <param name="ids">The id of each token; null where they are the same numbers.</param>
    public BytePairEncoder(BytePairVocabulary vocabulary, int[]? ids)
    {
        _vocabulary = vocabulary;
        _ids = ids;
    }

    /// <summary>The merges; numbered by time, not by id.</summary>
    public BytePairVocabulary Vocabulary => _vocabulary;

    /// <summary>Appends the ids of a text.</summary>
    /// <param name="padded">Valid UTF-8, and at least <see cref="Padding"/> bytes more.</param>
    /// <param name="length">The length of the text without these.</param>
    /// <param name="ids">Takes the ids.</param>
    public void Encode(ReadOnlySpan<byte> padded, int length, ref TokenBuffer ids)
    {
        int firstId = ids.Count;
        ReadOnlySpan<byte> text = padded[..length];
        PieceTable pieces = _vocabulary.Pieces;
        int position = 0;
        while (position < text.Length)
        {
            int end = O200kSplitter.FindEnd(text, position);
            int token = pieces.Find(padded, position, end - position);
            if (token >= 0)
                ids.Add(token);
            else
                Merge(padded, position, end - position, ref ids);
            position = end;
        }
        if (_ids is { } map)
        {
            foreach (ref int id in ids.Tokens[firstId..])
                id = map[id];
        }
    }

    void Merge(ReadOnlySpan<byte> padded, int start, int length, ref TokenBuffer ids)
    {
        int words = (length / 64) + 1;
        if (words <= StackWords)
        {
            Span<ulong> dead = stackalloc ulong[words];
            dead.Clear();
            BytePairMerge.Linear(_vocabulary, padded, start, length, dead, ref ids);
            return;
        }
        ulong[] rented = ArrayPool<ulong>.Shared.Rent(words);
        try
        {
            rented.AsSpan(0, words).Clear();
            BytePairMerge.Linear(_vocabulary, padded, start, length, rented, ref ids);
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(rented);
        }
    }
}
