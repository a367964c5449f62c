using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Chorale.Tokenization;

/// <summary>Byte-pair merging of one piece: of all neighbours the pair that merges earliest merges, leftmost first, until none does.</summary>
static class BytePairMerge
{
    /// <summary>The most bytes that <see cref="Scan"/> takes.</summary>
    public const int ScanLimit = 128;

    const int MaxFailures = 256;
    const int WorthGuessing = 8;
    const int GuessMargin = 24;

    /// <summary>Does as the definition says: each round finds the earliest pair and merges all of its places.</summary>
    /// <remarks>All places at once, since a merge never makes an earlier pair. As many rounds as there are different merges, so for short pieces.</remarks>
    /// <param name="vocabulary">The merges.</param>
    /// <param name="piece">The bytes, at most <see cref="ScanLimit"/>.</param>
    /// <param name="tokens">Takes the tokens, at least as many as there are bytes.</param>
    /// <returns>How many tokens there are.</returns>
    public static int Scan(BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, Span<int> tokens)
    {
        PairTable pairs = vocabulary.Merges.Pairs;
        Span<int> merges = stackalloc int[ScanLimit + Vector256<int>.Count];   // merges[i] is what tokens[i] and tokens[i + 1] merge to
        merges.Fill(PairTable.Never);
        int count = piece.Length;
        for (int i = 0; i < count; i++)
            tokens[i] = vocabulary.TokenOfByte(piece[i]);
        for (int i = 0; i + 1 < count; i++)
            merges[i] = pairs.Find(tokens[i], tokens[i + 1]);

        while (count > 1 && Least(merges, count - 1) is not PairTable.Never and int merged)
        {
            int kept = merges.IndexOf(merged);
            int read = kept;
            while (read < count)
            {
                bool merges2 = read + 1 < count && merges[read] == merged;
                int before = kept > 0 ? merges[read - 1] : PairTable.Never;
                tokens[kept] = merges2 ? merged : tokens[read];
                if (kept > 0)
                {
                    bool changed = tokens[kept] == merged || tokens[kept - 1] == merged;
                    merges[kept - 1] = changed ? pairs.Find(tokens[kept - 1], tokens[kept]) : before;
                }
                kept++;
                read += merges2 ? 2 : 1;
            }
            merges[(kept - 1)..(count - 1)].Fill(PairTable.Never);
            count = kept;
        }
        return count;
    }

    /// <summary>The least of the first numbers; what follows them up to a whole vector is <see cref="PairTable.Never"/>.</summary>
    static int Least(ReadOnlySpan<int> merges, int count)
    {
        Vector256<int> least = Vector256.Create(merges);
        for (int i = Vector256<int>.Count; i < count; i += Vector256<int>.Count)
            least = Vector256.Min(least, Vector256.Create(merges[i..]));
        Vector128<int> half = Vector128.Min(least.GetLower(), least.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Math.Min(half[0], half[1]);
    }

    /// <summary>Finds the same tokens from left to right: linear in the length of the piece, whatever is in it.</summary>
    /// <remarks>
    /// <para>A sequence of tokens is the result of merging exactly if every two neighbours are stable
    /// (<see cref="MergeTree.IsStable"/>): the first merge across a border of two tokens would also be there if
    /// those two stood alone. So each start of the piece has exactly one such sequence, the merge of that start. The
    /// search takes the longest token that is stable after the one before it, then shorter ones, and where none
    /// is left it drops the token before and marks the place as dead: no place is entered twice.</para>
    /// <para>Runs of one character and random letters make that search fail often, by a factor of a hundred.
    /// Then the next tokens are guessed by merging a window of the text alone. A guess is
    /// taken if it is stable after what stands there, so it can cost time and never correctness.</para>
    /// <para>Source of the idea: H. van Antwerpen and A. Neubeck, "So many tokens, so little time", 2024.</para>
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
        Span<ushort> lengths = stackalloc ushort[vocabulary.MaxMergedLength];
        MergeTree merges = vocabulary.Merges;
        int firstToken = tokens.Count;
        int end = start + length;
        int position = start;
        int previous = -1;
        int limit = int.MaxValue;
        int failures = 0;
        while (position < end)
        {
            if (failures > MaxFailures)
            {
                failures = 0;
                limit = int.MaxValue;
                Guess(vocabulary, text, start, end, dead, ref position, ref previous, ref tokens);
                continue;
            }

            int token = -1;
            int next = position;
            int candidates = vocabulary.Prefixes.FindLengths(text[position..end], lengths);
            while (candidates > 0)
            {
                int candidateLength = lengths[--candidates];
                if (candidateLength > limit)
                    continue;
                next = position + candidateLength;
                if (!IsDead(dead, next - start))
                {
                    int candidate = vocabulary.Pieces.Find(text, position, candidateLength);
                    if ((uint)candidate < (uint)merges.Count && (previous < 0 || merges.IsStable(previous, candidate)))
                    {
                        token = candidate;
                        break;
                    }
                }
                failures++;
            }

            if (token >= 0)
            {
                tokens.Add(token);
                position = next;
                previous = token;
                limit = int.MaxValue;
                continue;
            }
            if (tokens.Count == firstToken)
                throw new UnreachableException("A vocabulary with a token for each byte merges every piece.");
            int offset = position - start;
            dead[offset >> 6] |= 1UL << offset;
            int dropped = vocabulary.Tokens.Length(tokens.RemoveLast());
            position -= dropped;
            limit = dropped - 1;
            previous = tokens.Count == firstToken ? -1 : tokens.Last;
        }
    }

    /// <summary>Goes on by windows merged alone, as long as they fit what stands there and their tokens are long.</summary>
    static void Guess(
        BytePairVocabulary vocabulary, ReadOnlySpan<byte> text, int start, int end, scoped Span<ulong> dead,
        ref int position, ref int previous, ref TokenBuffer tokens)
    {
        Span<int> window = stackalloc int[ScanLimit];
        int count = 0;
        for (int length = ScanLimit; position < end && count * WorthGuessing <= length;)
        {
            length = Math.Min(ScanLimit, end - position);
            count = Scan(vocabulary, text.Slice(position, length), window);
            int trusted = length == end - position ? end : position + length - GuessMargin;   // the cut shows near the window's end
            if (previous >= 0 && !vocabulary.Merges.IsStable(previous, window[0]))
                return;
            for (int i = 0; i < count; i++)
            {
                int next = position + vocabulary.Tokens.Length(window[i]);
                if (IsDead(dead, next - start))
                    return;
                if (next > trusted && i > 0)
                    break;
                tokens.Add(window[i]);
                previous = window[i];
                position = next;
            }
        }
    }

    static bool IsDead(ReadOnlySpan<ulong> dead, int offset) => (dead[offset >> 6] >> offset & 1) != 0;
}
