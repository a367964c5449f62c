using System.Runtime.CompilerServices;
using Chorale.Grammar;

namespace Chorale.Chat;

/// <summary>
/// The turns that were compiled last, over each vocabulary: sessions come and go with each request of a server, while what they ask stays the same. Threads share it.
/// </summary>
sealed class TurnGrammarCache
{
    const int Capacity = 64;

    static readonly ConditionalWeakTable<GrammarVocabulary, TurnGrammarCache> Caches = [];

    readonly Dictionary<HarmonyTurn, LinkedListNode<Entry>> _entries = [];
    readonly LinkedList<Entry> _byUse = new();
    readonly Lock _lock = new();

    /// <summary>A compiled turn.</summary>
    /// <inheritdoc cref="TurnGrammar.Compile" path="/param|/exception"/>
    public static TurnGrammar Get(HarmonyTurn turn, GrammarVocabulary vocabulary) => Caches.GetOrCreateValue(vocabulary).Find(turn, vocabulary);

    TurnGrammar Find(HarmonyTurn turn, GrammarVocabulary vocabulary)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(turn, out LinkedListNode<Entry>? known))
            {
                _byUse.Remove(known);
                _byUse.AddFirst(known);
                return known.Value.Grammar;
            }
        }
        TurnGrammar compiled = TurnGrammar.Compile(turn, vocabulary);    // outside of the lock: it may take long, and may fail
        lock (_lock)
        {
            if (_entries.TryGetValue(turn, out LinkedListNode<Entry>? meanwhile))
                return meanwhile.Value.Grammar;
            _entries.Add(turn, _byUse.AddFirst(new Entry(turn, compiled)));
            if (_entries.Count > Capacity)
            {
                _entries.Remove(_byUse.Last!.Value.Turn);
                _byUse.RemoveLast();
            }
        }
        return compiled;
    }

    sealed record Entry(HarmonyTurn Turn, TurnGrammar Grammar);
}
