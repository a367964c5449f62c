using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>Guesses what follows by what followed the same ids earlier in the sequence.</summary>
/// <remarks>
/// The last three ids are looked up among all earlier threes, the latest first; what followed it is the guess. Text that repeats its source
/// (code that is edited, JSON that quotes, a summary with names) is guessed well, other text not at all, so the length of a guess follows its luck: doubled when
/// all of it was right, halved when it was not, and after a guess that was wrong from the start none is made for a while, longer each
/// time. Source: Saxena 2023, "Prompt Lookup Decoding".
/// </remarks>
/// <param name="maxDraft">The most ids of a guess, at least 1.</param>
sealed class NGramDraft(int maxDraft)
{
    const int Length = 3;
    const int LongestPause = 31;

    readonly Dictionary<(int, int, int), int> _followers = [];    // three ids, and the index of what followed them last
    int _indexed = Length;                                        // threes that end before this index are listed
    int _limit = Math.Min(2, maxDraft);
    int _pause;
    int _nextPause = 1;

    /// <summary>Adds a guess.</summary>
    /// <param name="ids">The sequence so far.</param>
    /// <param name="room">The most ids to add.</param>
    /// <param name="guess">Takes them.</param>
    public void Propose(List<int> ids, int room, List<int> guess)
    {
        ReadOnlySpan<int> all = CollectionsMarshal.AsSpan(ids);
        for (; _indexed < all.Length; _indexed++)
            _followers[Three(all, _indexed)] = _indexed;
        if (_pause > 0)
        {
            _pause--;
            return;
        }
        if (all.Length < Length || !_followers.TryGetValue(Three(all, all.Length), out int at))
            return;
        int start = guess.Count, count = Math.Min(_limit, room);
        for (int i = 0; i < count; i++)
            guess.Add(at + i < all.Length ? all[at + i] : guess[start + at + i - all.Length]);    // a guess may run into itself
    }

    /// <summary>Tells how a guess fared.</summary>
    public void Learn(int proposed, int accepted)
    {
        if (proposed == 0)
            return;
        if (accepted > 0)
            _nextPause = 1;
        if (accepted == proposed)
            _limit = Math.Min(maxDraft, _limit * 2);
        else
            _limit = Math.Max(1, _limit / 2);
        if (accepted > 0)
            return;
        _pause = _nextPause;
        _nextPause = Math.Min((_nextPause * 2) + 1, LongestPause);
    }

    /// <summary>The three ids before an index.</summary>
    static (int, int, int) Three(ReadOnlySpan<int> ids, int end) => (ids[end - 3], ids[end - 2], ids[end - 1]);
}
