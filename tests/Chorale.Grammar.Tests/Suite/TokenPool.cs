using System.Buffers;
using System.Numerics;
using System.Text;
using Chorale.TestKit;
using Chorale.Tokenization;

namespace Chorale.Grammar.Tests;

/// <summary>The tokens of a vocabulary, to draw from: those of a mask, or those with which a text goes on.</summary>
sealed class TokenPool
{
    /// <summary>No longer tokens are tried in <see cref="Split"/>.</summary>
    const int LongestPiece = 20;

    /// <summary>With so many digits, doubles still tell numbers apart; ajv sees doubles.</summary>
    const int LongestNumber = 12;

    /// <summary>With its sign.</summary>
    const int LongestExponent = 2;

    const int MostAttempts = 400;

    static readonly Lazy<TokenPool> Full = new(() => new(GrammarVocabulary.O200kHarmony));
    static readonly Lazy<TokenPool> Little = new(() =>
    {
        using FileStream json = File.OpenRead(TestData.PathOf("tokenization/pub-d.tokenizer.json"));
        return new(new(Tokenizer.FromTokenizerJson(json)));
    });

    static readonly SearchValues<byte> OfNumbers = SearchValues.Create("0123456789.eE+-"u8);

    readonly byte[][] _bytes;
    readonly ulong[] _special;
    readonly ulong[] _short;
    readonly Dictionary<string, int> _byText = new(StringComparer.Ordinal);

    TokenPool(GrammarVocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        Tokenizer tokenizer = vocabulary.Tokenizer;
        _bytes = new byte[tokenizer.VocabularySize][];
        _special = new ulong[vocabulary.MaskWords];
        _short = new ulong[vocabulary.MaskWords];
        for (int id = 0; id < _bytes.Length; id++)
        {
            bool isKnown = tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes);
            bool isOrdinary = isKnown && !tokenizer.IsSpecial(id);
            _bytes[id] = isOrdinary ? bytes.ToArray() : [];
            if (!isOrdinary)
                Set(_special, id);
            else if (bytes.Length <= 2)
                Set(_short, id);
            if (isOrdinary)
                _byText.TryAdd(Encoding.Latin1.GetString(bytes), id);
        }
    }

    /// <summary>Of gpt-oss.</summary>
    public static TokenPool O200k => Full.Value;

    /// <summary>Of a thousand tokens, so that a test may try each of them.</summary>
    public static TokenPool Small => Little.Value;

    public GrammarVocabulary Vocabulary { get; }

    /// <summary>Room for a mask.</summary>
    public ulong[] CreateMask() => new ulong[Vocabulary.MaskWords];

    public static bool Has(ReadOnlySpan<ulong> mask, int id) => (mask[id >> 6] >> (id & 63) & 1) != 0;

    /// <summary>Whether a mask allows a special token, or an id that is none.</summary>
    public bool HasSpecial(ReadOnlySpan<ulong> mask)
    {
        for (int i = 0; i < mask.Length; i++)
            if ((mask[i] & _special[i]) != 0)
                return true;
        return false;
    }

    /// <summary>Draws an id of a mask: often a short one, so that texts come to an end, and none that makes a number too long for a double.</summary>
    /// <returns>The id; -1 where none was found.</returns>
    public int Draw(ReadOnlySpan<ulong> mask, ReadOnlySpan<byte> before, Random random)
    {
        Span<ulong> few = stackalloc ulong[mask.Length];
        for (int i = 0; i < mask.Length; i++)
            few[i] = mask[i] & _short[i];
        int allCount = Count(mask);
        int fewCount = Count(few);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            int id = fewCount > 0 && random.Next(2) == 0 ? At(few, random.Next(fewCount)) : At(mask, random.Next(allCount));
            if (KeepsNumberShort(before, _bytes[id]))
                return id;
        }
        return -1;
    }

    /// <summary>Cuts a text into tokens as no tokenizer would.</summary>
    public List<int> Split(ReadOnlySpan<byte> text, Random random)
    {
        List<int> ids = [];
        List<int> choices = [];
        string rest = Encoding.Latin1.GetString(text);
        var byText = _byText.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int position = 0; position < rest.Length; position += _bytes[ids[^1]].Length)
        {
            choices.Clear();
            for (int length = 1; length <= Math.Min(LongestPiece, rest.Length - position); length++)
                if (byText.TryGetValue(rest.AsSpan(position, length), out int id))
                    choices.Add(id);
            ids.Add(choices[random.Next(choices.Count)]);
        }
        return ids;
    }

    /// <summary>Cuts a text into tokens of one byte.</summary>
    public List<int> SplitIntoBytes(ReadOnlySpan<byte> text)
    {
        List<int> ids = [];
        foreach (byte b in text)
            ids.Add(_byText[((char)b).ToString()]);
        return ids;
    }

    /// <summary>The ids of the tokens of a mask.</summary>
    public static IEnumerable<int> IdsOf(ulong[] mask)
    {
        for (int i = 0; i < mask.Length; i++)
            for (ulong bits = mask[i]; bits != 0; bits &= bits - 1)
                yield return (i << 6) + BitOperations.TrailingZeroCount(bits);
    }

    public ReadOnlySpan<byte> BytesOf(int id) => _bytes[id];

    static bool KeepsNumberShort(ReadOnlySpan<byte> before, ReadOnlySpan<byte> token)
    {
        ReadOnlySpan<byte> begun = before[(before.LastIndexOfAnyExcept(OfNumbers) + 1)..];
        int more = token.IndexOfAnyExcept(OfNumbers);
        ReadOnlySpan<byte> rest = more < 0 ? token : token[..more];
        if (begun.Length + rest.Length > LongestNumber)
            return false;
        int exponent = begun.LastIndexOfAny("eE"u8);
        int digits = exponent >= 0 ? begun.Length - exponent - 1 + rest.Length : rest.Length - rest.LastIndexOfAny("eE"u8) - 1;
        return digits <= LongestExponent || (exponent < 0 && rest.IndexOfAny("eE"u8) < 0);
    }

    static void Set(ulong[] mask, int id) => mask[id >> 6] |= 1UL << (id & 63);

    static int Count(ReadOnlySpan<ulong> mask)
    {
        int count = 0;
        foreach (ulong word in mask)
            count += BitOperations.PopCount(word);
        return count;
    }

    static int At(ReadOnlySpan<ulong> mask, int index)
    {
        int word = 0;
        for (int here; (here = BitOperations.PopCount(mask[word])) <= index; word++)
            index -= here;
        ulong bits = mask[word];
        for (; index > 0; index--)
            bits &= bits - 1;
        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }
}
