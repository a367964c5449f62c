using System.Buffers;
using System.Text;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>A text that is put together only to be encoded. Its builder is kept for the next one of this thread, unless it grew large.</summary>
readonly ref struct BorrowedText
{
    const int LargestKept = 64 * 1024;

    [ThreadStatic]
    static StringBuilder? _spare;

    BorrowedText(StringBuilder builder) => Builder = builder;

    /// <summary>Takes the text.</summary>
    public StringBuilder Builder { get; }

    public static BorrowedText Take()
    {
        StringBuilder builder = _spare ?? new StringBuilder(1024);
        _spare = null;
        return new BorrowedText(builder);
    }

    /// <summary>Encodes what was written as one piece.</summary>
    public void Encode(Tokenizer tokenizer, IBufferWriter<int> destination)
    {
        int length = Builder.Length;
        char[] text = ArrayPool<char>.Shared.Rent(length);
        Builder.CopyTo(0, text, length);
        tokenizer.Encode(text.AsSpan(0, length), destination);
        ArrayPool<char>.Shared.Return(text);
    }

    /// <summary>Gives the builder back.</summary>
    public void Dispose() => GiveBack(Builder);

    static void GiveBack(StringBuilder builder)
    {
        if (builder.Capacity <= LargestKept)
            _spare = builder.Clear();
    }
}
