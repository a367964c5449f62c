using System.Diagnostics.CodeAnalysis;

namespace Chorale.Server;

/// <summary>
/// The reasoning before each call, by the call's id: a model that does not see it again plans anew at each step, and many clients drop it. Bounded; the longest unused goes first.
/// Threads may share it.
/// </summary>
/// <remarks>An id is drawn at random and told to one client only, so that nobody else can ask for its reasoning.</remarks>
/// <param name="maxTurns">At most this many calls.</param>
/// <param name="maxCharacters">At most this many characters together.</param>
sealed class ReasoningCache(int maxTurns = 4096, long maxCharacters = 16 * 1024 * 1024)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, LinkedListNode<Entry>> _byCall = new(StringComparer.Ordinal);
    readonly LinkedList<Entry> _byUse = [];     // the longest unused first
    long _characters;

    /// <summary>How many calls it knows.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byCall.Count;
        }
    }

    /// <summary>Keeps what stood before a call; a turn that is larger than the whole cache is not kept.</summary>
    public void Add(string callId, CachedTurn turn)
    {
        int size = turn.Size;
        if (size > maxCharacters)
            return;
        lock (_lock)
        {
            Remove(callId);
            _byCall[callId] = _byUse.AddLast(new Entry(callId, turn, size));
            _characters += size;
            while (_byCall.Count > maxTurns || _characters > maxCharacters)
                Remove(_byUse.First!.Value.CallId);
        }
    }

    /// <summary>What stood before a call.</summary>
    public bool TryGet(string callId, [NotNullWhen(true)] out CachedTurn? turn)
    {
        lock (_lock)
        {
            if (!_byCall.TryGetValue(callId, out LinkedListNode<Entry>? entry))
            {
                turn = null;
                return false;
            }
            _byUse.Remove(entry);
            _byUse.AddLast(entry);
            turn = entry.Value.Turn;
            return true;
        }
    }

    void Remove(string callId)
    {
        if (!_byCall.Remove(callId, out LinkedListNode<Entry>? entry))
            return;
        _byUse.Remove(entry);
        _characters -= entry.Value.Size;
    }

    sealed record Entry(string CallId, CachedTurn Turn, int Size);
}
