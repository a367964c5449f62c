using System.Text;
using Chorale.Tokenization;

namespace Chorale.Grammar;

/// <summary>
/// A vocabulary prepared for masks: its tokens as a trie, and the automata and masks that grammars over it share. Threads may share it.
/// </summary>
public sealed class GrammarVocabulary
{
    const int BitsOfWord = 64;

    /// <summary>Automata that are kept for other grammars; all go when there are more.</summary>
    const int MostTerminals = 1024;

    /// <summary>Masks that are kept; the oldest go when there are more. One of o200k_harmony takes 25 kB.</summary>
    const int MostMasks = 2048;

    readonly Lock _gate = new();
    readonly Dictionary<(RegularExpression Language, bool IsJson), AutomatonTerminal> _terminals = [];
    readonly Queue<IMaskHolder> _masks = [];
    readonly (int Id, int Double)[] _doubles;

    /// <summary>Prepares a vocabulary; takes about a tenth of a second for 200,000 tokens.</summary>
    public GrammarVocabulary(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
        List<int> ids = new(tokenizer.VocabularySize), others = [];
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) && !bytes.IsEmpty && !tokenizer.IsSpecial(id))
                ids.Add(id);
        }
        int[] ordinary = [.. ids];
        List<(int Id, int Double)> doubles = [];
        Trie = TokenTrie.Of(tokenizer, ordinary, doubles);
        _doubles = [.. doubles];
        Plain = PlainTokens.Among(tokenizer, MaskWords, ordinary, others);
        NotPlainTrie = TokenTrie.Of(tokenizer, [.. others], []);
    }

    /// <summary>The vocabulary of gpt-oss; prepared at first use, then shared.</summary>
    public static GrammarVocabulary O200kHarmony => Shared.Instance;

    /// <summary>The tokens.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How many words of 64 bits a mask has.</summary>
    public int MaskWords => (Tokenizer.VocabularySize + BitsOfWord - 1) / BitsOfWord;

    /// <summary>All tokens that stand for bytes.</summary>
    internal TokenTrie Trie { get; }

    /// <summary>Those of them that are plain.</summary>
    internal PlainTokens Plain { get; }

    /// <summary>The rest of them.</summary>
    internal TokenTrie NotPlainTrie { get; }

    internal Terminal Literal(string text) => new LiteralTerminal(Encoding.UTF8.GetBytes(text), Trie);

    /// <summary>Text of a language, as UTF-8.</summary>
    internal Terminal Text(RegularExpression language) => Find(language, isJson: false);

    /// <summary>A JSON string whose value is of a language.</summary>
    internal Terminal JsonString(RegularExpression value) => Find(value, isJson: true);

    /// <summary>Takes note of a mask that was made.</summary>
    internal void Keep(IMaskHolder holder)
    {
        lock (_gate)
        {
            _masks.Enqueue(holder);
            if (_masks.Count > MostMasks)
                _masks.Dequeue().DropMask();
        }
    }

    /// <summary>Adds to a mask the tokens that have the same bytes as one in it.</summary>
    internal void AddDoubles(Span<ulong> mask)
    {
        foreach ((int id, int other) in _doubles)
        {
            if ((mask[id / BitsOfWord] >> (id % BitsOfWord) & 1) != 0)
                mask[other / BitsOfWord] |= 1UL << (other % BitsOfWord);
        }
    }

    AutomatonTerminal Find(RegularExpression language, bool isJson)
    {
        lock (_gate)
        {
            if (_terminals.TryGetValue((language, isJson), out AutomatonTerminal? known))
                return known;
        }
        AutomatonTerminal terminal = new(language, isJson, this);
        lock (_gate)
        {
            if (_terminals.Count == MostTerminals)
                _terminals.Clear();
            _terminals[(language, isJson)] = terminal;
        }
        return terminal;
    }

    static class Shared
    {
        internal static readonly GrammarVocabulary Instance = new(Tokenizer.O200kHarmony);
    }
}
