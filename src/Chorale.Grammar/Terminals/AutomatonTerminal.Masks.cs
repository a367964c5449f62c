using System.Runtime.CompilerServices;

namespace Chorale.Grammar;

/// <summary>What its states say of all tokens.</summary>
sealed partial class AutomatonTerminal
{
    public override TerminalMask Mask(int state)
    {
        Node node = _nodes[state];
        if (Volatile.Read(ref node.Mask) is { } known)
            return known;
        TerminalMask mask = MakeMask(state);
        Volatile.Write(ref node.Mask, mask);
        _vocabulary.Keep(node);
        return mask;
    }

    /// <inheritdoc/>
    /// <remarks>Where plain tokens may follow by their number of characters, so does what is left after them.</remarks>
    public override void AddInside(int state, int mostCost, Span<ulong> mask)
    {
        TokenTrie trie = _vocabulary.Trie;
        if (_nodes[state].Place is { Kind: ByteStateKind.Between, State: var characters } && _characters.IsUniform(characters) && TryCountPlain(characters, out int most, out _)
            && TryBoundPlain(state, Math.Min(most, _vocabulary.Plain.MostCharacters), mostCost, out int first, out int last))
        {
            _vocabulary.Plain.AddBetween(first, last, mask);
            trie = _vocabulary.NotPlainTrie;
        }
        ReadOnlySpan<TrieNode> nodes = trie.Nodes;
        int[] states = new int[trie.MaxDepth + 1];
        states[0] = state;
        for (int i = 0; i < nodes.Length;)
        {
            ref readonly TrieNode node = ref nodes[i];
            int next = Next(states[node.Depth - 1], node.Value);
            if (next == Dead)
            {
                i = node.Next;
                continue;
            }
            states[node.Depth] = next;
            if (node.Token != TrieNode.NoToken && Cost(next) <= mostCost)
                mask[node.Token / 64] |= 1UL << (node.Token % 64);
            i++;
        }
    }

    /// <summary>The numbers of plain characters after which the cost is no more than a number; false where they are not all the numbers between two.</summary>
    bool TryBoundPlain(int state, int most, int mostCost, out int first, out int last)
    {
        (first, last) = (1, 0);
        for (int count = 1; count <= most; count++)
        {
            int next = Next(state, (byte)'a');
            if (Cost(next) <= mostCost)
            {
                if (last > 0 && last != count - 1)
                    return false;
                first = last == 0 ? count : first;
                last = count;
            }
            if (next == state)
            {
                last = last == count ? most : last;
                break;
            }
            state = next;
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    TerminalMask MakeMask(int state)
    {
        ulong[] inside = new ulong[_vocabulary.MaskWords + 1];
        Span<ulong> mask = inside.AsSpan(1);
        List<int>? crossings = [];
        TokenTrie trie = _vocabulary.Trie;
        if (_nodes[state].Place is { Kind: ByteStateKind.Between, State: var characters })
        {
            if (TryCountPlain(characters, out int most, out bool mayEnd))
            {
                _vocabulary.Plain.AddUpTo(most, mask);
                trie = _vocabulary.NotPlainTrie;
                crossings = mayEnd && !_isJson ? null : crossings;    // after any character of any token
            }
            else if (TryFindExceptions(characters, out ByteSet exceptions))
            {
                _vocabulary.Plain.AddUpTo(int.MaxValue, mask);
                List<int>? none = null;
                foreach (int root in Roots(_vocabulary.Trie, exceptions))
                {
                    Clear(_vocabulary.Trie, root, mask);
                    Walk(_vocabulary.Trie, root, state, inside, ref none);
                }
                trie = _vocabulary.NotPlainTrie;
                crossings = _isJson ? crossings : null;
            }
        }
        foreach (int root in Roots(trie, Live(state)))
            Walk(trie, root, state, inside, ref crossings);
        return new(inside, crossings?.ToArray(), trie);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Walk(TokenTrie trie, int root, int state, ulong[] inside, ref List<int>? crossings)
    {
        ReadOnlySpan<TrieNode> nodes = trie.Nodes;
        int[] path = new int[trie.MaxDepth + 1], table = _table;
        path[0] = state;
        int end = nodes[root].Next;
        for (int i = root; i < end;)
        {
            ref readonly TrieNode node = ref nodes[i];
            int index = (path[node.Depth - 1] << BitsOfByte) | node.Value;
            int next = (uint)index < (uint)table.Length ? table[index] : Unknown;
            if (next == Unknown)
            {
                next = Next(path[node.Depth - 1], node.Value);
                table = _table;
            }
            if (next == Dead)
            {
                i = node.Next;
                continue;
            }
            path[node.Depth] = next;
            // Whether a node is a token is as good as random: no branch, but a word in front for what is none.
            inside[(node.Token >> TerminalMask.BitsOfWordLog2) + 1] |= 1UL << node.Token;
            if (crossings is not null && node.Next > i + 1 && _nodes[next].IsAccepting)
            {
                crossings.Add(i);
                if (crossings.Count > TerminalMask.MostCrossings)
                    crossings = null;
            }
            i++;
        }
    }

    static List<int> Roots(TokenTrie trie, ByteSet first)
    {
        List<int> roots = [];
        for (int value = first.First(); value >= 0; value = first.After(value))
        {
            if (trie.Root((byte)value) is >= 0 and int root)
                roots.Add(root);
        }
        return roots;
    }

    static void Clear(TokenTrie trie, int root, Span<ulong> mask)
    {
        ReadOnlySpan<TrieNode> nodes = trie.Nodes;
        for (int i = root; i < nodes[root].Next; i++)
        {
            if (nodes[i].Token is var token && token != TrieNode.NoToken)
                mask[token / 64] &= ~(1UL << (token % 64));
        }
    }

    /// <summary>Whether after most characters anything may follow: then only tokens that begin with the others need a look. So are the names of members that are not declared.</summary>
    /// <param name="state">Of the automaton of characters.</param>
    /// <param name="exceptions">The first bytes of the others.</param>
    bool TryFindExceptions(int state, out ByteSet exceptions)
    {
        const int most = 64;
        CharClasses classes = _characters.Classes;
        bool[] isFree = new bool[classes.Count];
        for (int c = 0; c < isFree.Length; c++)
            isFree[c] = _characters.Next(state, c) is >= 0 and int next && _characters.AllowsAll(next);
        exceptions = default;
        for (int value = 0; value < Bytes; value++)
        {
            bool isPlain = value < Ascii ? !TokenTrie.NotPlain.Contains(value) : value is >= 0xC2 and < 0xF5;
            int only = value < Ascii ? classes[value] : classes.OfFirstByte((byte)value);
            if (isPlain && (only < 0 || !isFree[only]))
                exceptions.Add((byte)value);
        }
        return exceptions.Count <= most;
    }

    /// <summary>Whether plain tokens may follow by their number of characters alone: all plain characters are alike, until all or none are allowed.</summary>
    /// <param name="state">Of the automaton of characters.</param>
    /// <param name="most">How many plain characters may follow.</param>
    /// <param name="mayEnd">Whether the text may end before, among or after them, or perhaps may.</param>
    bool TryCountPlain(int state, out int most, out bool mayEnd)
    {
        if (_characters.AllowsAll(state))
        {
            (most, mayEnd) = (int.MaxValue, true);
            return true;
        }
        if (_characters.TryCountAny(state, out most))
        {
            mayEnd = true;
            return true;
        }
        mayEnd = _characters.IsAccepting(state);
        int longest = _vocabulary.Plain.MostCharacters;
        for (most = 0; most < longest; most++)
        {
            if (!_characters.TryNextPlain(state, out int next))
                return false;
            if (next == Dead)
                return true;
            mayEnd |= _characters.IsAccepting(next);
            if (next == state)
                break;
            state = next;
        }
        most = longest;
        return true;
    }
}
