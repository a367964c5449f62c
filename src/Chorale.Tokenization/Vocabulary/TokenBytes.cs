using System.Runtime.CompilerServices;

namespace Chorale.Tokenization;

/// <summary>The bytes of numbered tokens, end to end in one block; a number without a token has no bytes.</summary>
sealed class TokenBytes
{
    /// <summary>So many zero bytes follow the block, so that whole words can be read and copied at its end.</summary>
    public const int Padding = 16;

    readonly byte[] _block;
    readonly int[] _starts;

    /// <summary>Takes both arrays as they are.</summary>
    /// <param name="block">All bytes, and <see cref="Padding"/> more.</param>
    /// <param name="starts">Where each token starts, and one more for the end: [count + 1].</param>
    public TokenBytes(byte[] block, int[] starts)
    {
        _block = block;
        _starts = starts;
    }

    /// <summary>Joins separate arrays; null stands for a number without a token.</summary>
    public static TokenBytes Join(IReadOnlyList<byte[]?> tokens)
    {
        int[] starts = new int[tokens.Count + 1];
        for (int token = 0; token < tokens.Count; token++)
            starts[token + 1] = checked(starts[token] + (tokens[token]?.Length ?? 0));
        byte[] block = new byte[starts[^1] + Padding];
        for (int token = 0; token < tokens.Count; token++)
            tokens[token]?.CopyTo(block, starts[token]);
        return new TokenBytes(block, starts);
    }

    public int Count => _starts.Length - 1;

    public ReadOnlySpan<int> Starts => _starts;

    /// <summary>The block with its padding.</summary>
    public ReadOnlySpan<byte> Block => _block;

    public ReadOnlySpan<byte> this[int token] => _block.AsSpan(_starts[token], Length(token));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Length(int token) => _starts[token + 1] - _starts[token];
}
