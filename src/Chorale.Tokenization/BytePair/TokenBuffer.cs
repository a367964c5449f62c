using System.Buffers;

namespace Chorale.Tokenization;

/// <summary>A growing list of tokens in pooled memory; <see cref="Dispose"/> gives the memory back.</summary>
ref struct TokenBuffer
{
    int[] _rented;
    Span<int> _tokens;

    public TokenBuffer(int capacity)
    {
        _rented = ArrayPool<int>.Shared.Rent(capacity);
        _tokens = _rented;
    }

    public int Count { get; private set; }

    public readonly int Last => _tokens[Count - 1];

    public readonly Span<int> Tokens => _tokens[..Count];

    public void Add(int token)
    {
        int count = Count;
        if ((uint)count >= (uint)_tokens.Length)
            Grow();
        _tokens[count] = token;
        Count = count + 1;
    }

    public int RemoveLast() => _tokens[--Count];

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(_rented);

    void Grow()
    {
        int[] larger = ArrayPool<int>.Shared.Rent(2 * _tokens.Length);
        _tokens[..Count].CopyTo(larger);
        ArrayPool<int>.Shared.Return(_rented);
        _rented = larger;
        _tokens = larger;
    }
}
