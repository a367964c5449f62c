using System.Globalization;

namespace Chorale.Tokenization;

/// <summary>Checks <see cref="VocabularyLists"/> and reads their spellings.</summary>
static class VocabularyListsReader
{
    const string Name = "tokens";

    public static VocabularyContent Read(VocabularyLists lists)
    {
        if (lists.Model != "gpt2")
            throw new VocabularyFormatException("model", $"'{lists.Model}'", "'gpt2'");
        if (lists.Pre != "gpt-4o")
            throw new VocabularyFormatException("pre", $"'{lists.Pre}'", "'gpt-4o'");
        if (lists.TokenTypes.Count != lists.Tokens.Count)
            throw new VocabularyFormatException("token_type", $"{lists.TokenTypes.Count} types", $"one for each of the {lists.Tokens.Count} tokens");
        if (lists.Tokens.Count > VocabularyLimits.MaxId)
            throw new VocabularyFormatException(Name, $"{lists.Tokens.Count} tokens", $"at most {VocabularyLimits.MaxId}");

        byte[]?[] tokens = new byte[lists.Tokens.Count][];
        Dictionary<string, int> specials = new(StringComparer.Ordinal);
        Dictionary<string, int> userDefined = new(StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
        {
            string token = lists.Tokens[id];
            switch (lists.TokenTypes[id])
            {
                case 1:
                    tokens[id] = ReadSpelling(token, id);
                    break;
                case 3:
                    AddName(specials, token, id);
                    break;
                case 4:
                    AddName(userDefined, token, id);
                    break;
                case 5:
                    break;
                case 6:
                    tokens[id] = ReadByte(token, id);
                    break;
                case int type:
                    throw new VocabularyFormatException($"token_type[{id}]", $"{type} for '{token}'", "1, 3, 4, 5 or 6");
            }
        }
        return new VocabularyContent
        {
            Tokens = tokens,
            Merges = lists.Merges,
            Specials = specials,
            UserDefined = userDefined,
            WholePiecesMatch = false,
            TokensName = Name,
            MergesName = "merges",
        };
    }

    static byte[] ReadSpelling(string token, int id)
    {
        byte[] bytes = new byte[token.Length];
        return token.Length > 0 && ByteLevelSpelling.TryRead(token, bytes)
            ? bytes
            : throw new VocabularyFormatException($"{Name}[{id}]", $"'{token}'", "bytes in the byte-level spelling");
    }

    static byte[] ReadByte(string token, int id) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? [value]
            : throw new VocabularyFormatException($"{Name}[{id}]", $"'{token}'", "a byte like '<0x0A>'");

    static void AddName(Dictionary<string, int> names, string name, int id)
    {
        if (name.Length == 0 || !names.TryAdd(name, id))
            throw new VocabularyFormatException($"{Name}[{id}]", $"'{name}'", "a name of its own");
    }
}
