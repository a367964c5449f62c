using System.Globalization;

namespace Chorale.Tokenization;

/// <summary>Writes o200k_harmony as <see cref="VocabularyLists"/>, the inverse of <see cref="VocabularyListsReader"/>.</summary>
static class VocabularyListsWriter
{
    const int Normal = 1, Control = 3, Unused = 5;
    const int Specials = 21;
    const int Count = 201_088;

    /// <summary>201,088 tokens: the ranks, the 21 special tokens of published files, and <c>[PADn]</c>.</summary>
    public static VocabularyLists WriteO200kHarmony()
    {
        Tokenizer tokenizer = Tokenizer.O200kHarmony;
        int ranks = tokenizer.SpecialTokens.Values.Min();
        string[] tokens = new string[Count];
        int[] types = new int[Count];
        for (int id = 0; id < Count; id++)
        {
            types[id] = id < ranks ? Normal : id < ranks + Specials ? Control : Unused;
            tokens[id] = types[id] switch
            {
                Normal => Spelling(tokenizer, id),
                Unused => string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"),
                _ => id == ranks + Specials - 1 ? "<|endofprompt|>" : tokenizer.Decode([id]),
            };
        }
        return new() { Tokens = tokens, TokenTypes = types, Merges = Merges(tokens.AsSpan(0, ranks)), Model = "gpt2", Pre = "gpt-4o" };
    }

    static string Spelling(Tokenizer tokenizer, int id) =>
        tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes) ? ByteLevelSpelling.Write(bytes) : throw new ArgumentException($"No token has rank {id}.", nameof(id));

    /// <summary>Every way to put a token together from two, in the order of its rank, then of theirs: what converters make of ranks.</summary>
    static List<string> Merges(ReadOnlySpan<string> tokens)
    {
        Dictionary<string, int> ranks = new(tokens.Length, StringComparer.Ordinal);
        for (int rank = 0; rank < tokens.Length; rank++)
            ranks.Add(tokens[rank], rank);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> parts = ranks.GetAlternateLookup<ReadOnlySpan<char>>();

        List<string> merges = [];
        List<(int Left, int Right)> splits = [];
        foreach (string token in tokens)
        {
            splits.Clear();
            for (int cut = 1; cut < token.Length; cut++)
            {
                if (parts.TryGetValue(token.AsSpan(0, cut), out int left) && parts.TryGetValue(token.AsSpan(cut), out int right))
                    splits.Add((left, right));
            }
            splits.Sort();
            foreach ((int left, int right) in splits)
                merges.Add($"{tokens[left]} {tokens[right]}");
        }
        return merges;
    }
}
