using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Chorale.Tokenization;

namespace Chorale.Grammar;

/// <summary>The tokens of a vocabulary as a tree of their bytes, laid out depth first: what is below a node follows it. Immutable.</summary>
sealed class TokenTrie
{
    readonly TrieNode[] _nodes;
    readonly int[] _roots = new int[256];    // the node of each first byte; -1 where no token begins with it

    TokenTrie(TrieNode[] nodes, int maxDepth)
    {
        (_nodes, MaxDepth) = (nodes, maxDepth);
        Array.Fill(_roots, -1);
        for (int i = 0; i < nodes.Length; i = nodes[i].Next)
            _roots[nodes[i].Value] = i;
    }

    /// <summary>What a plain token has none of: characters that end a JSON string or cannot stand in one as they are.</summary>
    public static CharSet NotPlain { get; } = CharSet.Union((0, 0x1F), ('"', '"'), ('\\', '\\'));

    public ReadOnlySpan<TrieNode> Nodes => _nodes;

    /// <summary>The length of the longest token, in bytes.</summary>
    public int MaxDepth { get; }

    /// <summary>The node of tokens that begin with a byte; -1 where there are none.</summary>
    public int Root(byte first) => _roots[first];

    /// <summary>Makes the tree of some tokens.</summary>
    /// <param name="tokenizer">Whose tokens.</param>
    /// <param name="ids">Which of them, each with bytes. Of tokens with the same bytes the first stays.</param>
    /// <param name="doubles">Takes each id whose bytes another has, with that other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]    // done once, over all tokens: too seldom for the tiers of the JIT
    public static TokenTrie Of(Tokenizer tokenizer, ReadOnlySpan<int> ids, List<(int Id, int Double)> doubles)
    {
        int[] sorted = Sort(tokenizer, ids);
        List<TrieNode> nodes = new(sorted.Length * 2);
        List<int> open = [];    // the nodes on the way to the last token
        ReadOnlySpan<byte> previous = default;
        int maxDepth = 0;
        foreach (int id in sorted)
        {
            tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes);
            int common = previous.CommonPrefixLength(bytes);
            Close(common);
            for (int depth = common; depth < bytes.Length; depth++)
            {
                open.Add(nodes.Count);
                nodes.Add(new(0, checked((ushort)(depth + 1)), bytes[depth]));
            }
            TrieNode last = nodes[open[^1]];
            if (last.Token != TrieNode.NoToken)
            {
                doubles.Add((last.Token, id));
            }
            else
            {
                last.Token = id;
                nodes[open[^1]] = last;
            }
            maxDepth = Math.Max(maxDepth, bytes.Length);
            previous = bytes;
        }
        Close(0);
        return new([.. nodes], maxDepth);

        void Close(int depth)
        {
            for (; open.Count > depth; open.RemoveAt(open.Count - 1))
            {
                TrieNode node = nodes[open[^1]];
                node.Next = nodes.Count;
                nodes[open[^1]] = node;
            }
        }
    }

    /// <summary>The node that bytes lead to; -1 where no token begins so.</summary>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        int node = bytes.IsEmpty ? -1 : _roots[bytes[0]];
        for (int i = 1; i < bytes.Length && node >= 0; i++)
            node = Child(node, bytes[i]);
        return node;
    }

    /// <summary>The node below another for one more byte; -1 where there is none.</summary>
    public int Child(int node, byte value)
    {
        for (int child = node + 1; child < _nodes[node].Next; child = _nodes[child].Next)
        {
            if (_nodes[child].Value == value)
                return child;
        }
        return -1;
    }

    /// <summary>Cuts bytes into as few tokens as can be.</summary>
    /// <param name="bytes">Any.</param>
    /// <param name="destination">Takes the ids; null only counts.</param>
    /// <returns>How many there are; -1 where the vocabulary lacks a byte.</returns>
    public int Cut(ReadOnlySpan<byte> bytes, ICollection<int>? destination)
    {
        if (bytes.IsEmpty)
            return 0;
        int[] fewest = new int[bytes.Length + 1], first = new int[bytes.Length];    // from a place to the end
        for (int from = bytes.Length - 1; from >= 0; from--)
        {
            fewest[from] = int.MaxValue;
            int node = _roots[bytes[from]], to = from;
            while (node >= 0)
            {
                to++;
                int token = _nodes[node].Token;
                // Of equally good ways the one with the longest token first.
                if (token != TrieNode.NoToken && fewest[to] < int.MaxValue && fewest[to] < fewest[from])
                    (fewest[from], first[from]) = (fewest[to] + 1, to);
                node = to < bytes.Length ? Child(node, bytes[to]) : -1;
            }
        }
        if (fewest[0] == int.MaxValue)
            return -1;
        for (int at = 0; destination is not null && at < bytes.Length; at = first[at])
            destination.Add(_nodes[Find(bytes[at..first[at]])].Token);
        return fewest[0];
    }

    /// <summary>The ids in the order of their bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int[] Sort(Tokenizer tokenizer, ReadOnlySpan<int> ids)
    {
        int[] sorted = ids.ToArray();
        ulong[] keys = new ulong[sorted.Length];
        Span<byte> head = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < sorted.Length; i++)
        {
            tokenizer.TryGetBytes(sorted[i], out ReadOnlySpan<byte> bytes);
            head.Clear();
            bytes[..Math.Min(bytes.Length, sizeof(ulong))].CopyTo(head);
            keys[i] = BinaryPrimitives.ReadUInt64BigEndian(head);
        }
        Array.Sort(keys, sorted);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && keys[end] == keys[start];)
                end++;
            if (end - start > 1)
                sorted.AsSpan(start, end - start).Sort((a, b) => Compare(tokenizer, a, b));
        }
        return sorted;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Compare(Tokenizer tokenizer, int a, int b)
    {
        tokenizer.TryGetBytes(a, out ReadOnlySpan<byte> bytesOfA);
        tokenizer.TryGetBytes(b, out ReadOnlySpan<byte> bytesOfB);
        int order = bytesOfA.SequenceCompareTo(bytesOfB);
        return order != 0 ? order : a.CompareTo(b);
    }
}
