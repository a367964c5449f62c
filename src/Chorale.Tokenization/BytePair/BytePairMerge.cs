using System.Diagnostics;

namespace Chorale.Tokenization;

/// <summary>Byte-pair merging of one piece: of all neighbours the pair that merges earliest merges, leftmost first, until none does.</summary>
static class BytePairMerge
{
    /// <summary>Up to this many bytes <see cref="Scan"/> is quicker, beyond it <see cref="Linear"/>.</summary>
    public const int ScanLimit = 24;

    /// <summary>Does as the definition says, looking at all pairs for each merge: quadratic, and quick for short pieces.</summary>
    /// <param name="vocabulary">The merges.</param>
    /// <param name="piece">The bytes, at most <see cref="ScanLimit"/>.</param>
    /// <param name="tokens">Takes the tokens, at least as many as there are bytes.</param>
    /// <returns>How many tokens there are.</returns>
    public static int Scan(BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, Span<int> tokens)
    {
        PairTable pairs = vocabulary.Merges.Pairs;
        Span<int> merges = stackalloc int[ScanLimit];   // merges[i] is the token that tokens[i] and tokens[i + 1] merge to
        int count = piece.Length;
        for (int i = 0; i < count; i++)
            tokens[i] = vocabulary.TokenOfByte(piece[i]);
        for (int i = 0; i + 1 < count; i++)
            merges[i] = pairs.Find(tokens[i], tokens[i + 1]);

        while (count > 1)
        {
            int first = PairTable.Never;
            int at = 0;
            for (int i = 0; i + 1 < count; i++)
            {
                if (merges[i] < first)
                {
                    first = merges[i];
                    at = i;
                }
            }
            if (first == PairTable.Never)
                break;

            count--;
            tokens[at] = first;
            for (int i = at + 1; i < count; i++)
            {
                tokens[i] = tokens[i + 1];
                merges[i - 1] = merges[i];
            }
            if (at > 0)
                merges[at - 1] = pairs.Find(tokens[at - 1], first);
            if (at + 1 < count)
                merges[at] = pairs.Find(first, tokens[at + 1]);
        }
        return count;
    }

    /// <summary>Finds the same tokens from left to right: linear in the length of the piece, whatever is in it.</summary>
    /// <remarks>
    /// A sequence of tokens is the result of merging exactly if every two neighbours are stable
    /// (<see cref="MergeTree.IsStable"/>): the first merge across a border of two tokens would also be there if
    /// those two stood alone. So each start of the piece has exactly one such sequence, the merge of that start. The
    /// search takes the longest token that is stable after the one before it, then shorter ones, and where none
    /// is left it drops the token before and marks the place as dead: no place is entered twice.
    /// Source of the idea: "Byte pair encoding in linear time", H. van Antwerpen and A. Neubeck, 2024.
    /// </remarks>
    /// <param name="vocabulary">The merges.</param>
    /// <param name="text">The text, and at least <see cref="PieceTable.Padding"/> bytes behind the piece.</param>
    /// <param name="start">Where the piece starts.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="dead">A bit for each place in the piece, all zero at first: [length / 64 + 1].</param>
    /// <param name="tokens">Takes the tokens.</param>
    public static void Linear(
        BytePairVocabulary vocabulary, ReadOnlySpan<byte> text, int start, int length, scoped Span<ulong> dead, ref TokenBuffer tokens)
    {
        ReadOnlySpan<byte> piece = text[..(start + length)];
        int firstToken = tokens.Count;
        int end = start + length;
        int position = start;
        int previous = -1;
        int tokenLength = vocabulary.Prefixes.LongestPrefix(piece, position);
        while (true)
        {
            int token = FindStable(vocabulary, text, position, ref tokenLength, previous, start, dead);
            if (token >= 0)
            {
                tokens.Add(token);
                position += tokenLength;
                if (position == end)
                    return;
                previous = token;
                tokenLength = vocabulary.Prefixes.LongestPrefix(piece, position);
            }
            else
            {
                if (tokens.Count == firstToken)
                    throw new UnreachableException("A vocabulary with a token for each byte merges every piece.");
                int offset = position - start;
                dead[offset >> 6] |= 1UL << offset;
                int dropped = tokens.RemoveLast();
                int droppedLength = vocabulary.Tokens.Length(dropped);
                position -= droppedLength;
                tokenLength = droppedLength - 1;
                previous = tokens.Count == firstToken ? -1 : tokens.Last;
            }
        }
    }

    /// <summary>The longest token at <paramref name="position"/>, not longer than <paramref name="length"/>, that is stable and leads to no dead place, or -1.</summary>
    static int FindStable(
        BytePairVocabulary vocabulary, ReadOnlySpan<byte> text, int position, ref int length, int previous, int start, ReadOnlySpan<ulong> dead)
    {
        for (; length > 0; length--)
        {
            int offset = position + length - start;
            if ((dead[offset >> 6] >> offset & 1) != 0)
                continue;
            int token = vocabulary.Pieces.Find(text, position, length);
            if ((uint)token < (uint)vocabulary.Merges.Count && (previous < 0 || vocabulary.Merges.IsStable(previous, token)))
                return token;
        }
        return -1;
    }
}
