using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Chorale.Tokenization;

namespace Chorale.Grammar;

/// <summary>Follows one sequence of ids through a grammar. Small, and for one thread at a time.</summary>
public sealed class GrammarMatcher
{
    const int BitsOfWord = 64;

    /// <summary>So many ids before the shortest completion is due, it is made ready.</summary>
    const int NearTheEnd = 64;

    const int MostForcedBytes = 1024;

    /// <summary>Ids before a forced text that may bear on how it is cut.</summary>
    const int ContextIds = 8;

    readonly List<MatchState> _states;
    readonly List<int> _ids;
    readonly MatchState[] _path;             // of a walk, by depth
    readonly List<int> _completion = [];
    int _completionStart = -1;               // the part of it that was followed; -1 where it is to be made

    internal GrammarMatcher(CompiledGrammar grammar)
        : this(grammar, [grammar.First], [])
    {
    }

    GrammarMatcher(CompiledGrammar grammar, List<MatchState> states, List<int> ids)
    {
        (Grammar, _states, _ids) = (grammar, states, ids);
        _path = new MatchState[grammar.Vocabulary.Trie.MaxDepth + 1];
    }

    /// <summary>What it follows.</summary>
    public CompiledGrammar Grammar { get; }

    /// <summary>How many ids were accepted and not taken back.</summary>
    public int Count => _ids.Count;

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd => Current.CanEnd;

    /// <summary>Whether nothing may follow: the text is complete.</summary>
    public bool IsComplete => CanEnd && Current.Live.IsEmpty && Current.Specials.IsEmpty;

    /// <summary>How many ids the shortest completion takes, by <see cref="AppendCompletion"/>; 0 where the text may end here.</summary>
    public int CompletionLength => Completion().Length;

    /// <summary>Whether the text can be completed with so many ids. Quick where they are plenty: then the completion need not be found.</summary>
    public bool CanCompleteWithin(int count) => count >= Current.Cost(Grammar) || count >= CompletionLength;

    MatchState Current => _states[^1];

    Tokenizer Tokenizer => Grammar.Vocabulary.Tokenizer;

    TokenTrie Trie => Grammar.Vocabulary.Trie;

    /// <summary>Writes which ids may follow: bit <c>i % 64</c> of word <c>i / 64</c> for id <c>i</c>.</summary>
    /// <param name="mask">At least <see cref="GrammarVocabulary.MaskWords"/> words, overwritten whole.</param>
    /// <returns>False where none may: the text is complete.</returns>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    public bool FillMask(Span<ulong> mask)
    {
        Fill(mask, int.MaxValue);
        return !IsComplete;
    }

    /// <summary>
    /// As <see cref="FillMask(Span{ulong})"/>, with only such ids after which the text can still be completed within a number of ids.
    /// </summary>
    /// <remarks>
    /// The shortest completion is always among them where it fits, so a text whose budget was at least <see cref="CompletionLength"/> once, and whose every id came
    /// out of such a mask, is complete when the budget is used up.
    /// </remarks>
    /// <param name="mask">As there.</param>
    /// <param name="budget">How many ids may follow in all, the next one included; not negative.</param>
    /// <returns>False where no id may follow within the budget.</returns>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    public bool FillMask(Span<ulong> mask, int budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        if (budget == 0)
        {
            CheckLength(mask);
            mask.Clear();
            return false;
        }
        Fill(mask, budget - 1);
        bool any = mask.ContainsAnyExcept(0UL);
        if (any && budget >= Costs.Sum(Current.Cost(Grammar), NearTheEnd))
            return true;
        ReadOnlySpan<int> completion = Completion();
        if (completion.IsEmpty || completion.Length > budget)
            return any;
        Set(mask, completion[0]);
        return true;
    }

    /// <summary>Whether an id may follow.</summary>
    public bool Allows(int id) => After(id) is not null;

    /// <summary>Accepts the next id.</summary>
    /// <returns>False where it may not follow; nothing has changed then.</returns>
    public bool TryAccept(int id)
    {
        if (After(id) is not { } next)
            return false;
        _states.Add(next);
        _ids.Add(id);
        bool isExpected = _completionStart >= 0 && _completionStart < _completion.Count && _completion[_completionStart] == id;
        _completionStart = isExpected ? _completionStart + 1 : -1;
        return true;
    }

    /// <summary>Takes back the last ids.</summary>
    /// <param name="count">In 0 to <see cref="Count"/>.</param>
    public void Rollback(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _states.RemoveRange(_states.Count - count, count);
        _ids.RemoveRange(_ids.Count - count, count);
        if (count > 0)
            _completionStart = -1;
    }

    /// <summary>
    /// Appends the ids that must follow, cut as the tokenizer cuts the whole text; none where there is a choice, or where what may follow decides how the forced text is cut.
    /// </summary>
    public void AppendForced(IList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        MatchState state = Current;
        List<byte> text = [];
        List<int> context = Context();
        while (!state.CanEnd)
        {
            if (state.Specials.IsEmpty && state.Live.Count == 1 && text.Count < MostForcedBytes)
            {
                byte only = (byte)state.Live.First();
                text.Add(only);
                state = state.Next(only, Grammar)!;
                continue;
            }
            if (!state.Live.IsEmpty || OnlySpecial(state) is not { } special)
                break;
            if (!AppendText(CollectionsMarshal.AsSpan(text), context, state, ids))
                return;
            ids.Add(special);
            text.Clear();
            context.Clear();
            state = AfterSpecial(state, special)!;
        }
        AppendText(CollectionsMarshal.AsSpan(text), context, state, ids);
    }

    /// <summary>Appends the ids of a shortest completion.</summary>
    public void AppendCompletion(IList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (int id in Completion())
            ids.Add(id);
    }

    /// <summary>Another matcher at the same place.</summary>
    public GrammarMatcher Clone()
    {
        GrammarMatcher clone = new(Grammar, [.. _states], [.. _ids]);
        clone._completion.AddRange(_completion);
        clone._completionStart = _completionStart;
        return clone;
    }

    MatchState? After(int id)
    {
        if (Tokenizer.IsSpecial(id))
            return AfterSpecial(Current, id);
        if (!Tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) || bytes.IsEmpty)
            return null;
        MatchState? state = Current;
        foreach (byte value in bytes)
        {
            state = state.Next(value, Grammar);
            if (state is null)
                return null;
        }
        return state;
    }

    MatchState? AfterSpecial(MatchState state, int id)
    {
        List<Item>? items = null;
        foreach ((int special, Item then) in state.Specials)
        {
            if (special == id)
                (items ??= []).Add(then);
        }
        return items is null ? null : Grammar.StateAt(CollectionsMarshal.AsSpan(items));
    }

    static int? OnlySpecial(MatchState state)
    {
        int? only = null;
        foreach ((int id, _) in state.Specials)
        {
            if (only is not null && only != id)
                return null;
            only = id;
        }
        return only;
    }

    /// <param name="mask">Written whole.</param>
    /// <param name="most">Only ids after which the cost of completing is no more than this.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Fill(Span<ulong> mask, int most)
    {
        CheckLength(mask);
        mask.Clear();
        MatchState state = Current;
        bool isLimited = most != int.MaxValue;
        foreach ((int id, Item then) in state.Specials)
        {
            if (!isLimited || MatchState.CostOf(then, Grammar) <= most)
                Set(mask, id);
        }
        for (int i = 0; i < state.Readings.Length; i++)
        {
            if (!state.HasMask(i, Grammar))
                continue;
            ref readonly Reading reading = ref state.Readings[i];
            if (isLimited && Costs.Sum(Math.Min(reading.Terminal.MostCost, Costs.Impossible), MatchState.CostOf(reading.Then, Grammar)) > most)
                AddAll(Grammar.StateOf([reading]), mask, most);    // within the terminal the cost is not known to fit
            else
                AddMask(state, i, mask, most);
        }
        if (state.Narrow(Grammar) is { } narrow)
            AddNarrow(narrow, mask, most);
        Grammar.Vocabulary.AddDoubles(mask);
    }

    /// <summary>Adds what a wide terminal allows: tokens within it, and those that go on after its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddMask(MatchState state, int reading, Span<ulong> mask, int most)
    {
        TerminalMask own = state.Readings[reading].Terminal.Mask(state.Readings[reading].At);
        Add(mask, own.Inside);
        MatchState after = state.After(reading, Grammar);
        if (after.Live.IsEmpty)
            return;
        ReadOnlySpan<TrieNode> nodes = own.Trie.Nodes;
        foreach (int node in own.Crossings)
        {
            _path[nodes[node].Depth] = after;
            Walk(own.Trie, node + 1, nodes[node].Next, mask, most);
        }
    }

    void AddNarrow(MatchState narrow, Span<ulong> mask, int most)
    {
        if (most != int.MaxValue || !narrow.IsWide)
        {
            AddAll(narrow, mask, most);
            return;
        }
        ulong[]? kept = narrow.KeptMask;
        if (kept is null)
        {
            kept = new ulong[Grammar.Vocabulary.MaskWords];
            AddAll(narrow, kept, most);
            narrow.KeptMask = kept;
            Grammar.Vocabulary.Keep(narrow);
        }
        Add(mask, kept);
    }

    /// <summary>Adds all tokens that may follow a state, by going through the trie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddAll(MatchState state, Span<ulong> mask, int most)
    {
        _path[0] = state;
        for (int value = state.Live.First(); value >= 0; value = state.Live.After(value))
        {
            int root = Trie.Root((byte)value);
            if (root >= 0)
                Walk(Trie, root, Trie.Nodes[root].Next, mask, most);
        }
    }

    /// <summary>Adds the tokens of some neighbouring nodes; the state before them lies on the path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Walk(TokenTrie trie, int from, int end, Span<ulong> mask, int most)
    {
        ReadOnlySpan<TrieNode> nodes = trie.Nodes;
        for (int i = from; i < end;)
        {
            ref readonly TrieNode node = ref nodes[i];
            MatchState? next = _path[node.Depth - 1].Next(node.Value, Grammar);
            if (next is null)
            {
                i = node.Next;
                continue;
            }
            _path[node.Depth] = next;
            if (node.Token != TrieNode.NoToken && (most == int.MaxValue || next.Cost(Grammar) <= most))
                Set(mask, node.Token);
            i++;
        }
    }

    /// <summary>Appends the ids of a forced text, as far as what may follow cannot change how it is cut.</summary>
    /// <param name="text">The text.</param>
    /// <param name="context">The ids before it.</param>
    /// <param name="end">Where it leads.</param>
    /// <param name="ids">Takes the ids.</param>
    /// <returns>Whether all of the text was appended.</returns>
    bool AppendText(ReadOnlySpan<byte> text, List<int> context, MatchState end, IList<int> ids)
    {
        int whole = text.Length;
        while (whole > 0 && !Utf8.IsValid(text[..whole]))
            whole--;
        if (whole == 0)
            return text.IsEmpty;
        byte[] before = Tokenizer.DecodeBytes(CollectionsMarshal.AsSpan(context));
        if (!Utf8.IsValid(before))
            before = [];
        byte[] both = [.. before, .. text[..whole]];
        int[] cut = Tokenizer.EncodeUtf8(both);
        if (SkipContext(cut, before.Length) is not { } first)
        {
            both = both[before.Length..];
            (cut, first, before) = (Tokenizer.EncodeUtf8(both), 0, []);
        }
        int stable = whole < text.Length ? StablePrefix.Length(both, static _ => true) : StablePrefix.Length(both, value => end.Live.Contains(value));
        int at = before.Length;
        foreach (int id in cut.AsSpan(first))
        {
            Tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes);
            at += bytes.Length;
            if (at > stable)
                return false;
            ids.Add(id);
        }
        return whole == text.Length;
    }

    /// <summary>The index of the first id after so many bytes; null where an id reaches across.</summary>
    int? SkipContext(ReadOnlySpan<int> cut, int length)
    {
        int index = 0;
        for (; length > 0; index++)
        {
            Tokenizer.TryGetBytes(cut[index], out ReadOnlySpan<byte> bytes);
            length -= bytes.Length;
        }
        return length == 0 ? index : null;
    }

    /// <summary>The last ids since the last special one.</summary>
    List<int> Context()
    {
        List<int> context = [];
        for (int i = _ids.Count - 1; i >= 0 && context.Count < ContextIds && !Tokenizer.IsSpecial(_ids[i]); i--)
            context.Insert(0, _ids[i]);
        return context;
    }

    ReadOnlySpan<int> Completion()
    {
        if (CanEnd)
            return [];
        if (_completionStart < 0)
        {
            _completion.Clear();
            MakeCompletion();
            _completionStart = 0;
        }
        return CollectionsMarshal.AsSpan(_completion)[_completionStart..];
    }

    void MakeCompletion()
    {
        MatchState state = Current;
        (int least, Item then, int special, int reading) = (int.MaxValue, default, -1, -1);
        for (int i = 0; i < state.Readings.Length; i++)
        {
            int cost = MatchState.CostOf(state.Readings[i], Grammar);
            if (cost < least)
                (least, then, reading) = (cost, state.Readings[i].Then, i);
        }
        foreach ((int id, Item after) in state.Specials)
        {
            int cost = Costs.Sum(1, MatchState.CostOf(after, Grammar));
            if (cost < least)
                (least, then, special) = (cost, after, id);
        }
        List<byte> text = [];
        if (special >= 0)
            _completion.Add(special);
        else
            state.Readings[reading].Terminal.AppendShortest(state.Readings[reading].At, text);
        AppendWay(then, text);
        Trie.Cut(CollectionsMarshal.AsSpan(text), _completion);
    }

    /// <summary>Appends the shortest way from an item to the end of the whole text; what is left of its text stays in <paramref name="text"/>.</summary>
    void AppendWay(Item item, List<byte> text)
    {
        Stack<int> returns = new();
        (int state, ItemSet? origin) = (item.State, item.Origin);
        while (state != Item.Done)
        {
            switch (Grammar.WayFrom(state))
            {
                case null when returns.Count > 0:
                    state = returns.Pop();
                    break;
                case null:
                    Item then = origin!.Waiting[origin.Cheapest(Grammar.RuleOf(state), Grammar)].Then;
                    (state, origin) = (then.State, then.Origin);
                    break;
                case Edge.Read read:
                    read.Terminal.AppendShortest(Terminal.Start, text);
                    state = read.To;
                    break;
                case Edge.Special special:
                    Trie.Cut(CollectionsMarshal.AsSpan(text), _completion);
                    text.Clear();
                    _completion.Add(special.Id);
                    state = special.To;
                    break;
                case Edge.Call call:
                    returns.Push(call.To);
                    state = Grammar.RuleAt(call.Rule).Start;
                    break;
                case { } empty:
                    state = empty.To;
                    break;
            }
        }
    }

    void CheckLength(Span<ulong> mask)
    {
        if (mask.Length < Grammar.Vocabulary.MaskWords)
            throw new ArgumentException($"The mask has {mask.Length} words, expected {Grammar.Vocabulary.MaskWords}.", nameof(mask));
    }

    static void Add(Span<ulong> mask, ReadOnlySpan<ulong> more)
    {
        int i = 0;
        for (; i <= more.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
            (new Vector<ulong>(mask[i..]) | new Vector<ulong>(more[i..])).CopyTo(mask[i..]);
        for (; i < more.Length; i++)
            mask[i] |= more[i];
    }

    static void Set(Span<ulong> mask, int id) => mask[id / BitsOfWord] |= 1UL << (id % BitsOfWord);
}
