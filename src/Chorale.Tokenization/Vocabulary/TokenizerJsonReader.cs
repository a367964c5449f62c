using System.Text.Json;

namespace Chorale.Tokenization;

/// <summary>Reads a Hugging Face <c>tokenizer.json</c>, and refuses by name what would encode otherwise than o200k does.</summary>
static class TokenizerJsonReader
{
    static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    public static VocabularyContent Read(Stream source)
    {
        using JsonDocument document = Parse(source);
        JsonElement root = document.RootElement;
        Require(root, "$", JsonValueKind.Object, "an object");
        RequireNull(root, "normalizer");
        CheckPreTokenizer(Member(root, "pre_tokenizer", ""), "pre_tokenizer");
        CheckDecoder(root);

        JsonElement model = Member(root, "model", "");
        Require(model, "model", JsonValueKind.Object, "an object");
        RequireText(model, "model", "type", "BPE");
        RequireNull(model, "dropout", "model.");
        RequireNull(model, "unk_token", "model.");
        RequireNull(model, "continuing_subword_prefix", "model.");
        RequireNull(model, "end_of_word_suffix", "model.");
        RequireFalse(model, "byte_fallback", "model.");

        Dictionary<string, int> specials = new(StringComparer.Ordinal);
        Dictionary<string, int> userDefined = new(StringComparer.Ordinal);
        ReadAdded(root, specials, userDefined);
        return new VocabularyContent
        {
            Tokens = ReadVocabulary(Member(model, "vocab", "model."), specials, userDefined),
            Merges = ReadMerges(Member(model, "merges", "model.")),
            Specials = specials,
            UserDefined = userDefined,
            WholePiecesMatch = Flag(model, "ignore_merges", "model."),
            TokensName = "model.vocab",
            MergesName = "model.merges",
        };
    }

    static JsonDocument Parse(Stream source)
    {
        try
        {
            return JsonDocument.Parse(source, Options);
        }
        catch (JsonException e)
        {
            throw new VocabularyFormatException($"Line {e.LineNumber + 1}, byte {e.BytePositionInLine}", "malformed JSON", "a tokenizer.json", e);
        }
    }

    /// <summary>A <c>Split</c> by the o200k pattern, each match a piece, and then byte-level spelling without rules of its own.</summary>
    static void CheckPreTokenizer(JsonElement element, string where)
    {
        Require(element, where, JsonValueKind.Object, "an object");
        RequireText(element, where, "type", "Sequence");
        JsonElement steps = Member(element, "pretokenizers", where + ".");
        Require(steps, $"{where}.pretokenizers", JsonValueKind.Array, "an array");
        if (steps.GetArrayLength() != 2)
            throw new VocabularyFormatException($"{where}.pretokenizers", $"{steps.GetArrayLength()} steps", "a Split and a ByteLevel");

        string splitPath = $"{where}.pretokenizers[0]";
        JsonElement split = steps[0];
        Require(split, splitPath, JsonValueKind.Object, "an object");
        RequireText(split, splitPath, "type", "Split");
        JsonElement pattern = Member(split, "pattern", splitPath + ".");
        Require(pattern, $"{splitPath}.pattern", JsonValueKind.Object, "an object");
        RequireText(pattern, $"{splitPath}.pattern", "Regex", O200kSplitter.Pattern);
        RequireText(split, splitPath, "behavior", "Isolated");
        RequireFalse(split, "invert", splitPath + ".");

        string bytesPath = $"{where}.pretokenizers[1]";
        JsonElement bytes = steps[1];
        Require(bytes, bytesPath, JsonValueKind.Object, "an object");
        RequireText(bytes, bytesPath, "type", "ByteLevel");
        RequireFalse(bytes, "add_prefix_space", bytesPath + ".");
        RequireFalse(bytes, "use_regex", bytesPath + ".");
    }

    static void CheckDecoder(JsonElement root)
    {
        if (!root.TryGetProperty("decoder", out JsonElement decoder) || decoder.ValueKind == JsonValueKind.Null)
            return;
        Require(decoder, "decoder", JsonValueKind.Object, "an object");
        RequireText(decoder, "decoder", "type", "ByteLevel");
    }

    static void ReadAdded(JsonElement root, Dictionary<string, int> specials, Dictionary<string, int> userDefined)
    {
        if (!root.TryGetProperty("added_tokens", out JsonElement added) || added.ValueKind == JsonValueKind.Null)
            return;
        Require(added, "added_tokens", JsonValueKind.Array, "an array");
        int index = 0;
        foreach (JsonElement token in added.EnumerateArray())
        {
            string where = $"added_tokens[{index++}]";
            Require(token, where, JsonValueKind.Object, "an object");
            string name = Text(Member(token, "content", where + "."), $"{where}.content");
            int id = Id(Member(token, "id", where + "."), $"{where}.id");
            RequireFalse(token, "single_word", where + ".");
            RequireFalse(token, "lstrip", where + ".");
            RequireFalse(token, "rstrip", where + ".");
            Dictionary<string, int> names = Flag(token, "special", where + ".") ? specials : userDefined;
            if (name.Length == 0 || specials.ContainsKey(name) || userDefined.ContainsKey(name))
                throw new VocabularyFormatException($"{where}.content", $"'{name}'", "a name of its own");
            names.Add(name, id);
        }
        HashSet<int> ids = [];
        foreach ((string name, int id) in specials.Concat(userDefined))
        {
            if (!ids.Add(id))
                throw new VocabularyFormatException("added_tokens", $"id {id} again for '{name}'", "each id once");
        }
    }

    static List<byte[]?> ReadVocabulary(JsonElement vocabulary, Dictionary<string, int> specials, Dictionary<string, int> userDefined)
    {
        Require(vocabulary, "model.vocab", JsonValueKind.Object, "an object");
        HashSet<int> added = [.. specials.Values, .. userDefined.Values];
        List<byte[]?> tokens = [];
        foreach (JsonProperty entry in vocabulary.EnumerateObject())
        {
            string spelling = entry.Name;
            string where = $"model.vocab['{spelling}']";
            int id = Id(entry.Value, where);
            if (added.Contains(id))
            {
                if ((specials.TryGetValue(spelling, out int addedId) || userDefined.TryGetValue(spelling, out addedId)) && addedId == id)
                    continue;
                throw new VocabularyFormatException(where, $"id {id}, which added_tokens gives to another", "each id once");
            }
            byte[] bytes = new byte[spelling.Length];
            if (spelling.Length == 0 || !ByteLevelSpelling.TryRead(spelling, bytes))
                throw new VocabularyFormatException("model.vocab", $"'{spelling}'", "bytes in the byte-level spelling");
            while (tokens.Count <= id)
                tokens.Add(null);
            if (tokens[id] is not null)
                throw new VocabularyFormatException(where, $"id {id} again", "each id once");
            tokens[id] = bytes;
        }
        return tokens;
    }

    /// <summary>Both spellings: <c>["a", "b"]</c> and <c>"a b"</c>.</summary>
    static List<string> ReadMerges(JsonElement merges)
    {
        Require(merges, "model.merges", JsonValueKind.Array, "an array");
        List<string> pairs = new(merges.GetArrayLength());
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            string where = $"model.merges[{pairs.Count}]";
            if (merge.ValueKind == JsonValueKind.String)
            {
                pairs.Add(Text(merge, where));
                continue;
            }
            Require(merge, where, JsonValueKind.Array, "a string or an array of two");
            if (merge.GetArrayLength() != 2)
                throw new VocabularyFormatException(where, $"{merge.GetArrayLength()} elements", "two tokens");
            pairs.Add($"{Text(merge[0], where + "[0]")} {Text(merge[1], where + "[1]")}");
        }
        return pairs;
    }

    static JsonElement Member(JsonElement parent, string name, string path) =>
        parent.TryGetProperty(name, out JsonElement value) ? value : throw new VocabularyFormatException(path + name, "nothing", "a value");

    static void Require(JsonElement element, string where, JsonValueKind kind, string expected)
    {
        if (element.ValueKind != kind)
            throw new VocabularyFormatException(where, Describe(element), expected);
    }

    static void RequireText(JsonElement parent, string path, string name, string expected)
    {
        string text = Text(Member(parent, name, path + "."), $"{path}.{name}");
        if (text != expected)
            throw new VocabularyFormatException($"{path}.{name}", $"'{text}'", $"'{expected}'");
    }

    static void RequireNull(JsonElement parent, string name, string path = "")
    {
        if (parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
            throw new VocabularyFormatException(path + name, Describe(value), "null");
    }

    static void RequireFalse(JsonElement parent, string name, string path)
    {
        if (Flag(parent, name, path))
            throw new VocabularyFormatException(path + name, "true", "false");
    }

    static bool Flag(JsonElement parent, string name, string path) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw new VocabularyFormatException(path + name, Describe(value), "true or false"),
        };

    static string Text(JsonElement element, string where)
    {
        Require(element, where, JsonValueKind.String, "a string");
        return element.GetString()!;
    }

    static int Id(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id is >= 0 and <= VocabularyLimits.MaxId
            ? id
            : throw new VocabularyFormatException(where, Describe(element), $"an id from 0 to {VocabularyLimits.MaxId}");

    static string Describe(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length > 60 ? $"{text.AsSpan(0, 60)}…" : text;
    }
}
