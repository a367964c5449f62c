using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace Chorale.Tokenization;

/// <summary>Turns text into token ids and back: byte-pair encoding under the splitting rules of o200k.</summary>
/// <remarks>Immutable, and any number of threads may share one. Working memory is pooled: a call allocates its result and nothing else.</remarks>
public sealed class Tokenizer
{
    const byte UnknownByte = 0xFF;   // never valid in UTF-8, so lossy decoding makes it one U+FFFD
    static readonly Lazy<Tokenizer> Harmony = new(() => new Tokenizer(Tokenization.O200kHarmony.Load()));

    readonly TokenIds _ids;
    readonly NameSearch _names;
    readonly NameSearch _userDefined;

    Tokenizer(TokenIds ids)
    {
        _ids = ids;
        _names = new NameSearch(ids.Specials, ids.UserDefined);
        _userDefined = new NameSearch(new Dictionary<string, int>(StringComparer.Ordinal), ids.UserDefined);
    }

    /// <summary>The vocabulary of the gpt-oss models, which lies in this assembly; made at first use, then shared.</summary>
    public static Tokenizer O200kHarmony => Harmony.Value;

    /// <summary>One past the highest id.</summary>
    public int VocabularySize => _ids.Bytes.Count;

    /// <summary>The control tokens, by name.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens => _ids.Specials;

    /// <summary>The number of bytes of the longest token.</summary>
    internal int MaxTokenBytes => _ids.MaxLength;

    /// <summary>The merges and tables behind this tokenizer.</summary>
    internal BytePairEncoder Encoder => _ids.Encoder;

    /// <summary>Reads a <c>.tiktoken</c> file: a token in Base64, a space and its rank on each line; ids are ranks.</summary>
    /// <param name="ranks">The file, read to its end and left open.</param>
    /// <param name="specials">The names and ids of special tokens, which such a file lacks.</param>
    /// <exception cref="VocabularyFormatException">The file is malformed, a rank is missing or doubled, or a special token's id is taken.</exception>
    public static Tokenizer FromTiktoken(Stream ranks, IReadOnlyDictionary<string, int> specials)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        ArgumentNullException.ThrowIfNull(specials);
        return new Tokenizer(TiktokenReader.Read(ranks, specials));
    }

    /// <summary>Reads a Hugging Face <c>tokenizer.json</c> of a byte-level BPE model with the splitting rules of o200k.</summary>
    /// <param name="json">The file, read to its end and left open.</param>
    /// <exception cref="VocabularyFormatException">The file is malformed, or names a model or rules other than these.</exception>
    public static Tokenizer FromTokenizerJson(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new Tokenizer(TokenIdsBuilder.FromMerges(TokenizerJsonReader.Read(json)));
    }

    /// <summary>Takes a vocabulary as plain lists, as a GGUF file holds it.</summary>
    /// <exception cref="VocabularyFormatException">The lists contradict each other, or name a model or rules other than these.</exception>
    public static Tokenizer FromVocabulary(VocabularyLists lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        return new Tokenizer(TokenIdsBuilder.FromMerges(VocabularyListsReader.Read(lists)));
    }

    /// <summary>The id of a special token, for control tokens that are appended by id.</summary>
    public bool TryGetSpecial(string name, out int id) => _ids.Specials.TryGetValue(name, out id);

    /// <summary>Whether an id is a special token's; false for any number that is no id.</summary>
    public bool IsSpecial(int id) => _ids.IsSpecial(id);

    /// <summary>The ids of ordinary text: the spelling of a special token in it is text like any other.</summary>
    /// <param name="text">A lone surrogate counts as U+FFFD.</param>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        TokenBuffer ids = new(Capacity(text.Length));
        try
        {
            AppendOrdinary(text, ref ids);
            return ids.Tokens.ToArray();
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>As <see cref="Encode(ReadOnlySpan{char})"/>, into a buffer of the caller's.</summary>
    /// <param name="text">A lone surrogate counts as U+FFFD.</param>
    /// <param name="destination">Takes the ids.</param>
    public void Encode(ReadOnlySpan<char> text, IBufferWriter<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        TokenBuffer ids = new(Capacity(text.Length));
        try
        {
            AppendOrdinary(text, ref ids);
            destination.Write(ids.Tokens);
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>As <see cref="Encode(ReadOnlySpan{char})"/>, for text in UTF-8.</summary>
    /// <param name="utf8">Each bad sequence counts as U+FFFD.</param>
    public int[] EncodeUtf8(ReadOnlySpan<byte> utf8)
    {
        if (_userDefined.Any || !Utf8.IsValid(utf8))
            return Encode(Encoding.UTF8.GetString(utf8));
        byte[] padded = ArrayPool<byte>.Shared.Rent(utf8.Length + BytePairEncoder.Padding);
        TokenBuffer ids = new(Capacity(utf8.Length));
        try
        {
            utf8.CopyTo(padded);
            _ids.Encoder.Encode(padded, utf8.Length, ref ids);
            return ids.Tokens.ToArray();
        }
        finally
        {
            ids.Dispose();
            ArrayPool<byte>.Shared.Return(padded);
        }
    }

    /// <summary>The ids of text in which special tokens are recognised by their spelling: for tools and tests, never for text that others wrote.</summary>
    /// <param name="text">A lone surrogate counts as U+FFFD.</param>
    /// <param name="allowed">The special tokens that are recognised; null for all. Unknown names have no effect.</param>
    public int[] EncodeWithSpecials(ReadOnlySpan<char> text, IReadOnlySet<string>? allowed = null)
    {
        TokenBuffer ids = new(Capacity(text.Length));
        try
        {
            Append(text, _names, allowed, ref ids);
            return ids.Tokens.ToArray();
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>How many ids <see cref="Encode(ReadOnlySpan{char})"/> gives; allocates nothing.</summary>
    public int Count(ReadOnlySpan<char> text)
    {
        TokenBuffer ids = new(Capacity(text.Length));
        try
        {
            AppendOrdinary(text, ref ids);
            return ids.Count;
        }
        finally
        {
            ids.Dispose();
        }
    }

    /// <summary>The bytes of a token, seldom whole characters; a special token has those of its name.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="bytes">Memory of this tokenizer, valid as long as it is.</param>
    /// <returns>False where the vocabulary has no such id, or has it unused.</returns>
    public bool TryGetBytes(int id, out ReadOnlySpan<byte> bytes) => _ids.TryGetBytes(id, out bytes);

    /// <summary>The bytes of the tokens, one after the other.</summary>
    /// <exception cref="TokenDecodingException">An id is not in the vocabulary.</exception>
    public byte[] DecodeBytes(ReadOnlySpan<int> ids)
    {
        byte[] bytes = new byte[TotalLength(ids, strict: true)];
        CopyBytes(ids, bytes);
        return bytes;
    }

    /// <summary>The text of the tokens.</summary>
    /// <exception cref="TokenDecodingException">An id is not in the vocabulary, or the bytes are not UTF-8.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        int length;
        try
        {
            length = TotalLength(ids, strict: true);
        }
        catch (TokenDecodingException e)
        {
            throw new TokenDecodingException($"Could not decode tokens: Invalid token error: {e.Message}", e.Index, e.UnknownId);
        }
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length + TokenBytes.Padding);
        char[] chars = ArrayPool<char>.Shared.Rent(length);
        try
        {
            CopyBytes(ids, bytes);
            ReadOnlySpan<byte> utf8 = bytes.AsSpan(0, length);
            if (Utf8.ToUtf16(utf8, chars, out int read, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
                ThrowInvalidUtf8(utf8, read);
            return new string(chars, 0, written);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>The text of the tokens, whatever they are: each unknown id and each bad sequence of bytes becomes U+FFFD.</summary>
    public string DecodeLossy(ReadOnlySpan<int> ids)
    {
        int length = TotalLength(ids, strict: false);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length + TokenBytes.Padding);
        try
        {
            CopyBytes(ids, bytes);
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>A first guess at the number of ids; the buffer grows where it is too low.</summary>
    static int Capacity(int textLength) => (textLength / 2) + 16;

    void AppendOrdinary(ReadOnlySpan<char> text, ref TokenBuffer ids)
    {
        if (_userDefined.Any)
            Append(text, _userDefined, allowed: null, ref ids);
        else
            AppendText(text, ref ids);
    }

    void Append(ReadOnlySpan<char> text, NameSearch names, IReadOnlySet<string>? allowed, ref TokenBuffer ids)
    {
        while (names.TryFind(text, allowed, out int at, out int length, out int id))
        {
            AppendText(text[..at], ref ids);
            ids.Add(id);
            text = text[(at + length)..];
        }
        AppendText(text, ref ids);
    }

    void AppendText(ReadOnlySpan<char> text, ref TokenBuffer ids)
    {
        if (text.IsEmpty)
            return;
        byte[] padded = ArrayPool<byte>.Shared.Rent(checked(3 * text.Length) + BytePairEncoder.Padding);
        try
        {
            Utf8.FromUtf16(text, padded, out _, out int length);
            _ids.Encoder.Encode(padded, length, ref ids);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(padded);
        }
    }

    /// <summary>How many bytes the tokens have together.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="strict">Whether an unknown id is an error or a byte that is no UTF-8.</param>
    int TotalLength(ReadOnlySpan<int> ids, bool strict)
    {
        ReadOnlySpan<int> starts = _ids.Bytes.Starts;
        int length = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int id = ids[i];
            int tokenLength = (uint)id < (uint)(starts.Length - 1) ? starts[id + 1] - starts[id] : 0;
            if (tokenLength == 0)
            {
                if (strict)
                    ThrowUnknownId(id, i);
                tokenLength = 1;
            }
            length = checked(length + tokenLength);
        }
        return length;
    }

    /// <summary>Writes the bytes of all tokens, which <see cref="TotalLength"/> has counted.</summary>
    void CopyBytes(ReadOnlySpan<int> ids, Span<byte> destination)
    {
        ReadOnlySpan<int> starts = _ids.Bytes.Starts;
        ReadOnlySpan<byte> block = _ids.Bytes.Block;
        int position = 0;
        foreach (int id in ids)
        {
            int start = 0;
            int length = 0;
            if ((uint)id < (uint)(starts.Length - 1))
            {
                start = starts[id];
                length = starts[id + 1] - start;
            }
            if (length == 0)
            {
                destination[position++] = UnknownByte;
                continue;
            }
            // Nearly every token is short: one whole vector is quicker than a copy of just its length.
            if (length <= TokenBytes.Padding && destination.Length - position >= TokenBytes.Padding)
                Vector128.Create(block.Slice(start, TokenBytes.Padding)).CopyTo(destination[position..]);
            else
                block.Slice(start, length).CopyTo(destination[position..]);
            position += length;
        }
    }

    [DoesNotReturn]
    static void ThrowUnknownId(int id, int index) =>
        throw new TokenDecodingException($"Invalid token for decoding: {(uint)id}", index, id);

    [DoesNotReturn]
    static void ThrowInvalidUtf8(ReadOnlySpan<byte> utf8, int index)
    {
        string what = Rune.DecodeFromUtf8(utf8[index..], out _, out int length) == OperationStatus.NeedMoreData
            ? "incomplete utf-8 byte sequence"
            : $"invalid utf-8 sequence of {length} bytes";
        throw new TokenDecodingException($"Could not decode tokens: Invalid utf-8 sequence: {what} from index {index}", index, unknownId: null);
    }
}
