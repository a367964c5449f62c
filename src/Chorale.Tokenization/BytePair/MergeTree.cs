using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>Which two parts each token is merged from, with the tokens numbered by time.</summary>
/// <remarks>
/// <para>Numbers 0 to 255 are the single bytes. From 256 on stand the merged tokens in the order of their merges, so that
/// of two numbers the smaller is the earlier merge, and a token's parts are older than the token.</para>
/// <para>Each token has exactly one pair: the last two parts when its bytes are merged alone. Whatever stands around them,
/// the same bytes merge in the same order, so no other pair of the same bytes ever meets.</para>
/// <para>Grows by <see cref="Add"/>; immutable afterwards, and then shared by threads.</para>
/// </remarks>
sealed class MergeTree
{
    public const int FirstMerged = 256;

    readonly int[] _left;
    readonly int[] _right;

    /// <summary>Starts with the single bytes.</summary>
    /// <param name="capacity">How many tokens there will be at most, single bytes included.</param>
    public MergeTree(int capacity)
    {
        _left = new int[capacity];
        _right = new int[capacity];
        Pairs = new PairTable(capacity - FirstMerged);
    }

    /// <summary>Takes all merged tokens at once.</summary>
    /// <param name="left">The left part of each token, itself an older one; what stands before <see cref="FirstMerged"/> is not looked at.</param>
    /// <param name="right">The right part of each token.</param>
    // Runs once a process, so it cannot wait for the tiers of the JIT.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MergeTree(int[] left, int[] right)
    {
        _left = left;
        _right = right;
        Count = left.Length;
        Pairs = new PairTable(left.Length - FirstMerged);
        for (int merged = FirstMerged; merged < left.Length; merged++)
            Pairs.Add(left[merged], right[merged], merged);
    }

    public PairTable Pairs { get; }

    /// <summary>One past the youngest token.</summary>
    public int Count { get; private set; } = FirstMerged;

    public int Left(int token) => _left[token];

    public int Right(int token) => _right[token];

    /// <summary>Adds the next merge.</summary>
    /// <returns>The token that it makes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(int left, int right)
    {
        int merged = Count++;
        _left[merged] = left;
        _right[merged] = right;
        Pairs.Add(left, right, merged);
        return merged;
    }

    /// <summary>Whether merging the bytes of two tokens, one after the other, gives just these two tokens again.</summary>
    /// <remarks>
    /// Goes back in time from the two finished tokens to single bytes, undoing the younger one each time (of equals the
    /// right one, since of equal merges the leftmost comes first). At each stand, a merge across the border would have
    /// come first if it is older than the merge just undone.
    /// </remarks>
    public bool IsStable(int left, int right)
    {
        int undone = int.MaxValue;
        while (Pairs.Find(left, right) >= undone)
        {
            if (left > right && left >= FirstMerged)
            {
                undone = left;
                left = _right[left];
            }
            else if (right >= FirstMerged)
            {
                undone = right + 1;   // a merge across the border lies to the left of this one and wins a tie
                right = _left[right];
            }
            else
            {
                return true;
            }
        }
        return false;
    }
}
