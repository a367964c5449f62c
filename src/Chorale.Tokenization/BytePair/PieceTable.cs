using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Chorale.Tokenization;

/// <summary>Finds the token with given bytes: one flat table with open addressing, sixteen bytes an entry.</summary>
/// <remarks>
/// An entry holds the token's first eight bytes, so most look-ups end in one place of memory; only longer tokens are
/// compared with <see cref="TokenBytes"/>. Immutable once filled, and then shared by threads.
/// </remarks>
sealed class PieceTable
{
    /// <summary>A text that is looked up in has to go on for so many bytes behind its end, whatever they are.</summary>
    public const int Padding = sizeof(ulong);

    readonly TokenBytes _tokens;
    readonly Entry[] _entries;
    readonly int _shift;
    readonly HashFilter _filter;

    /// <summary>Starts empty, at its final size.</summary>
    /// <param name="tokens">The bytes of every token that will be added.</param>
    /// <param name="capacity">How many tokens will be added at most.</param>
    public PieceTable(TokenBytes tokens, int capacity)
    {
        _tokens = tokens;
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity + (capacity / 2)));
        _entries = new Entry[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        _filter = new HashFilter(capacity);
    }

    /// <summary>Adds a token; false where one with the same bytes is there.</summary>
    public bool TryAdd(int token)
    {
        int start = _tokens.Starts[token];
        int length = _tokens.Length(token);
        if (Find(_tokens.Block, start, length) >= 0)
            return false;
        Add(token, HashOf(token));
        return true;
    }

    /// <summary>Adds tokens 0 to <paramref name="count"/>, all different and none of them there yet.</summary>
    // Runs once a process, so it cannot wait for the tiers of the JIT.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddAll(int count)
    {
        for (int token = 0; token < count; token++)
            Add(token, HashOf(token));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Add(int token, ulong hash)
    {
        _filter.Add(hash);
        int slot = (int)(hash >> _shift);
        while (_entries[slot].Length != 0)
            slot = (slot + 1) & (_entries.Length - 1);
        int length = _tokens.Length(token);
        _entries[slot] = new Entry { FirstBytes = Head(_tokens.Block, _tokens.Starts[token], length), Token = token, Length = length };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    ulong HashOf(int token)
    {
        int start = _tokens.Starts[token];
        int length = _tokens.Length(token);
        return Hash(Head(_tokens.Block, start, length), Tail(_tokens.Block, start, length), length);
    }

    /// <summary>The token whose bytes are <c>text[start .. start + length]</c>, or -1.</summary>
    /// <param name="text">The text and at least <see cref="Padding"/> bytes behind the piece.</param>
    /// <param name="start">Where the piece starts.</param>
    /// <param name="length">How long it is, at least 1.</param>
    public int Find(ReadOnlySpan<byte> text, int start, int length)
    {
        ulong head = Head(text, start, length);
        ulong hash = Hash(head, Tail(text, start, length), length);
        if (!_filter.MayContain(hash))
            return -1;
        Entry[] entries = _entries;
        int slot = (int)(hash >> _shift);
        while (true)
        {
            ref readonly Entry entry = ref entries[slot];
            if (entry.FirstBytes == head && entry.Length == length && (length <= 8 || RestEquals(entry.Token, text, start, length)))
                return entry.Token;
            if (entry.Length == 0)
                return -1;
            slot = (slot + 1) & (entries.Length - 1);
        }
    }

    bool RestEquals(int token, ReadOnlySpan<byte> text, int start, int length) =>
        length <= 16
            ? Tail(text, start, length) == Tail(_tokens.Block, _tokens.Starts[token], length)
            : text.Slice(start + 8, length - 8).SequenceEqual(_tokens[token][8..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Head(ReadOnlySpan<byte> text, int start, int length)
    {
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(text.Slice(start, 8));
        return length >= 8 ? word : word & ((1UL << (8 * length)) - 1);
    }

    /// <summary>The last eight bytes of a token longer than eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Tail(ReadOnlySpan<byte> text, int start, int length) =>
        length <= 8 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(text.Slice(start + length - 8, 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Hash(ulong head, ulong tail, int length) =>
        ((head + (uint)length) * 0x9E3779B97F4A7C15UL) ^ (tail * 0xC2B2AE3D27D4EB4FUL);

    [StructLayout(LayoutKind.Sequential)]
    struct Entry
    {
        public ulong FirstBytes;
        public int Token;
        public int Length;
    }
}
