using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chorale.TestKit;

namespace Chorale.Tokenization.Tests;

public class VocabularyFileTests
{
    static readonly Lazy<string> Sample = new(() => string.Concat(
        new[] { "english.txt", "code.txt", "korean.txt", "json.txt", "random_unicode_250k.txt" }.Select(name => File.ReadAllText(TestData.PathOf("bench/" + name))[..20_000]))
        + new string(' ', 300) + new string('=', 300) + "<|end|>");

    static readonly VocabularyLists Small = new()
    {
        Tokens = [.. Enumerable.Range(0, 256).Select(b => ByteLevelSpelling.Write([(byte)b])), "ab", "abc", "<|end|>", "[PAD]", "<mine>"],
        TokenTypes = [.. Enumerable.Repeat(1, 258), 3, 5, 4],
        Merges = ["a b", "ab c"],
        Model = "gpt2",
        Pre = "gpt-4o",
    };

    [Theory]
    [InlineData(480)]
    [InlineData(992)]
    [InlineData(8192)]
    public void The_first_ranks_alone_encode_as_the_definition_does(int count)
    {
        byte[][] tokens = FirstRanks(count);
        Tokenizer tokenizer = FromTiktoken(tokens);
        NaiveMerge naive = new(tokens);
        byte[] utf8 = Encoding.UTF8.GetBytes(File.ReadAllText(TestData.PathOf("bench/korean.txt"))[..3000] + File.ReadAllText(TestData.PathOf("bench/code.txt"))[..6000]);
        List<int> expected = [];
        int position = 0;
        while (position < utf8.Length)
        {
            int end = O200kSplitter.FindEnd(utf8, position);
            expected.AddRange(naive.Merge(utf8.AsSpan(position..end)));
            position = end;
        }
        Assert.Equal(expected, tokenizer.EncodeUtf8(utf8));
    }

    [Theory]
    [InlineData("model/pub-a.gguf", 480)]
    [InlineData("model/pub-c.gguf", 992)]
    public void A_model_file_holds_the_first_ranks(string file, int count) =>
        AssertHoldsFirstRanks(Tokenizer.FromVocabulary(GgufMetadata.ReadVocabulary(TestData.PathOf(file))), count);

    [Theory]
    [InlineData("tokenization/pub-a.tokenizer.json", 480)]
    [InlineData("tokenization/pub-d.tokenizer.json", 992)]
    public void A_tokenizer_json_holds_the_first_ranks(string file, int count)
    {
        using FileStream json = File.OpenRead(TestData.PathOf(file));
        AssertHoldsFirstRanks(Tokenizer.FromTokenizerJson(json), count);
    }

    [Fact]
    public void Merges_may_be_spelled_as_one_string()
    {
        JsonNode json = ReadJson();
        JsonArray merges = json["model"]!["merges"]!.AsArray();
        json["model"]!["merges"] = new JsonArray([.. merges.Select(pair => JsonValue.Create($"{pair![0]} {pair[1]}"))]);
        AssertHoldsFirstRanks(FromJson(json), 480);
    }

    [Fact]
    public void The_demonstration_model_reads_its_own_prompts()
    {
        Tokenizer tokenizer = Tokenizer.FromVocabulary(GgufMetadata.ReadVocabulary(TestData.ModelPath("gpt-oss-nano.gguf")));
        AssertHoldsFirstRanks(tokenizer, 8192);
        Assert.Equal(8256, tokenizer.VocabularySize);
        Assert.True(tokenizer.TryGetSpecial("<|start|>", out int start));
        Assert.Equal(8200, start);
        int prompts = 0;
        foreach (JsonElement line in Jsonl.Elements("nano/nano-goldens.jsonl"))
        {
            int[] ids = [.. line.GetProperty("tokens").EnumerateArray().Select(e => e.GetInt32())];
            Assert.Equal(line.GetProperty("prompt_text").GetString(), tokenizer.Decode(ids));
            Assert.Equal(ids, tokenizer.EncodeWithSpecials(line.GetProperty("prompt_text").GetString()));
            prompts++;
        }
        Assert.Equal(40, prompts);
    }

    [Fact]
    public void Types_decide_what_a_token_is()
    {
        Tokenizer tokenizer = Tokenizer.FromVocabulary(Small);
        Assert.Equal(261, tokenizer.VocabularySize);
        Assert.Equal([257, 258, 256], tokenizer.EncodeWithSpecials("abc<|end|>ab"));
        Assert.Equal([256, 260, 256], tokenizer.Encode("ab<mine>ab"));
        Assert.Equal([256, 260, 256], tokenizer.EncodeUtf8("ab<mine>ab"u8));
        Assert.Equal("ab<mine>", tokenizer.Decode([256, 260]));
        Assert.True(tokenizer.IsSpecial(258));
        Assert.False(tokenizer.IsSpecial(260));
        Assert.False(tokenizer.TryGetBytes(259, out _));
        Assert.Equal("a\uFFFD", tokenizer.DecodeLossy([97, 259]));
    }

    [Fact]
    public void Ids_may_stand_in_any_order()
    {
        byte[][] tokens = FirstRanks(2000);
        int[] order = [.. Enumerable.Range(0, tokens.Length)];
        new Random(8).Shuffle(order);
        Tokenizer shuffled = Tokenizer.FromVocabulary(Small with
        {
            Tokens = [.. order.Select(rank => ByteLevelSpelling.Write(tokens[rank]))],
            TokenTypes = [.. order.Select(_ => 1)],
            Merges = AllSplits(tokens),
        });
        int[] idOfRank = new int[order.Length];
        for (int id = 0; id < order.Length; id++)
            idOfRank[order[id]] = id;
        Assert.Equal(FromTiktoken(tokens).Encode(Sample.Value).Select(rank => idOfRank[rank]), shuffled.Encode(Sample.Value));
    }

    [Fact]
    public void A_piece_that_no_merge_makes_is_whole_only_where_the_file_says_so()
    {
        // No merge leads to "abc" any more: a rank file matches it whole all the same, a list of merges does only with ignore_merges.
        byte[][] tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), "abc"u8.ToArray()];
        Assert.Equal([256], FromTiktoken(tokens).Encode("abc"));
        Assert.Equal(4, FromTiktoken(tokens).Encode("xabc").Length);

        JsonNode json = ReadJson();
        json["model"]!["vocab"]!["qqq"] = 481 + 40;
        Assert.Equal(3, FromJson(json).Encode("qqq").Length);
        json["model"]!["ignore_merges"] = true;
        Assert.Equal([521], FromJson(json).Encode("qqq"));
    }

    [Theory]
    [InlineData("aGk=", "Line 1: found 'aGk=', expected 'base64 rank'.")]
    [InlineData("IQ== 0\naGk= x", "Line 2: found 'aGk= x', expected 'base64 rank'.")]
    [InlineData("a!k= 0", "Line 1: found 'a!k= 0', expected 'base64 rank'.")]
    [InlineData("IQ== -1", "Line 1: found 'IQ== -1', expected 'base64 rank'.")]
    [InlineData("IQ== 0\nIg== 0", "Line 2: found rank 0 again, expected each rank once.")]
    [InlineData("IQ== 0\nIg== 2", "Rank 1: found no token, expected one for each rank up to 2.")]
    [InlineData("IQ== 0\nIQ== 1", "Rank 1: found '!' again, expected each token once.")]
    [InlineData("IQ== 99999999", "Line 1: found rank 99999999, expected a rank of at most 2097150.")]
    [InlineData("IQ== 0", "Rank: found 1 tokens of a single byte, expected one for each of the 256 bytes.")]
    [InlineData("", "Rank: found 0 tokens of a single byte, expected one for each of the 256 bytes.")]
    public void A_bad_rank_file_is_refused(string file, string message) =>
        AssertRefused(message, () => Tokenizer.FromTiktoken(new MemoryStream(Encoding.UTF8.GetBytes(file)), new Dictionary<string, int>()));

    [Fact]
    public void Ranks_that_contradict_each_other_are_refused()
    {
        byte[][] tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), "abc"u8.ToArray(), "ab"u8.ToArray()];
        AssertRefused("Rank 256: found 'abc' with the parts 'ab' and 'c', one of which is merged later, expected parts that are merged before their whole.", () => FromTiktoken(tokens));
        AssertRefused("Special token 'x': found id 5, expected a free id up to 2097150.",
            () => Tokenizer.FromTiktoken(BytePairMergeTests.Tiktoken(FirstRanks(300)), new Dictionary<string, int> { ["x"] = 5 }));
    }

    public static IEnumerable<TheoryDataRow<VocabularyLists, string>> BadLists =>
    [
        new(Small with { Model = "llama" }, "model: found 'llama', expected 'gpt2'."),
        new(Small with { Pre = "llama-bpe" }, "pre: found 'llama-bpe', expected 'gpt-4o'."),
        new(Small with { TokenTypes = [1] }, "token_type: found 1 types, expected one for each of the 261 tokens."),
        new(Small with { TokenTypes = [.. Small.TokenTypes.Take(260), 9] }, "token_type[260]: found 9 for '<mine>', expected 1, 3, 4, 5 or 6."),
        new(Small with { TokenTypes = [.. Small.TokenTypes.Take(260), 6] }, "tokens[260]: found '<mine>', expected a byte like '<0x0A>'."),
        new(Small with { Tokens = [.. Small.Tokens.Take(257), "ab", .. Small.Tokens.Skip(258)] }, "tokens 257: found 'ab' again, expected each token once."),
        new(Small with { Tokens = [.. Small.Tokens.Take(257), "a b", .. Small.Tokens.Skip(258)] }, "tokens[257]: found 'a b', expected bytes in the byte-level spelling."),
        new(Small with { Tokens = ["xyz", .. Small.Tokens.Skip(1)] }, "tokens: found 255 tokens of a single byte, expected one for each of the 256 bytes."),
        new(Small with { Merges = ["a b", "b c"] }, "merges[1]: found 'b c' with 'bc', which is no token, expected a merge of two tokens to a third."),
        new(Small with { Merges = ["a b", "bc a"] }, "merges[1]: found 'bc a' with 'bc', which is no token, expected a merge of two tokens to a third."),
        new(Small with { Merges = ["ab"] }, "merges[0]: found 'ab', expected two tokens with a space between them."),
        new(Small with { Merges = ["a b", "a b"] }, "merges[1]: found 'a b' again, expected each merge once."),
        new(Small with { Merges = ["ab c", "a b"] }, "merges[0]: found 'abc' with the parts 'ab' and 'c', one of which is merged later, expected parts that are merged before their whole."),
    ];

    [Theory]
    [MemberData(nameof(BadLists))]
    public void Bad_lists_are_refused(VocabularyLists lists, string message) => AssertRefused(message, () => Tokenizer.FromVocabulary(lists));

    [Theory]
    [InlineData("model.type", "\"WordPiece\"", "model.type: found 'WordPiece', expected 'BPE'.")]
    [InlineData("model.merges", "5", "model.merges: found 5, expected an array.")]
    [InlineData("model.merges", "[[\"a\"]]", "model.merges[0]: found 1 elements, expected two tokens.")]
    [InlineData("model.merges", "[[\"a\",7]]", "model.merges[0][1]: found 7, expected a string.")]
    [InlineData("model.vocab", "[]", "model.vocab: found [], expected an object.")]
    [InlineData("model.vocab", "{\"a\":-1}", "model.vocab['a']: found -1, expected an id from 0 to 2097150.")]
    [InlineData("model.vocab", "{\"a\":1,\"b\":1}", "model.vocab['b']: found id 1 again, expected each id once.")]
    [InlineData("model.byte_fallback", "true", "model.byte_fallback: found true, expected false.")]
    [InlineData("model.unk_token", "\"unk\"", "model.unk_token: found \"unk\", expected null.")]
    [InlineData("normalizer", "{\"type\":\"NFC\"}", "normalizer: found {\"type\":\"NFC\"}, expected null.")]
    [InlineData("pre_tokenizer.type", "\"Whitespace\"", "pre_tokenizer.type: found 'Whitespace', expected 'Sequence'.")]
    [InlineData("added_tokens", "{}", "added_tokens: found {}, expected an array.")]
    [InlineData("added_tokens", "[{\"id\":480,\"content\":\"x\",\"lstrip\":true}]", "added_tokens[0].lstrip: found true, expected false.")]
    public void A_bad_tokenizer_json_is_refused(string path, string value, string message)
    {
        JsonNode json = ReadJson();
        string[] steps = path.Split('.');
        JsonNode parent = steps.Length == 1 ? json : json[steps[0]]!;
        parent[steps[^1]] = JsonNode.Parse(value);
        AssertRefused(message, () => FromJson(json));
    }

    [Fact]
    public void Another_splitting_pattern_is_refused_by_name()
    {
        JsonNode json = ReadJson();
        json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = @"\w+";
        VocabularyFormatException e = Assert.Throws<VocabularyFormatException>(() => FromJson(json));
        Assert.Equal(("pre_tokenizer.pretokenizers[0].pattern.Regex", @"'\w+'"), (e.Where, e.Found));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] json = File.ReadAllBytes(TestData.PathOf("tokenization/pub-a.tokenizer.json"));
        byte[] ranks = BytePairMergeTests.Tiktoken(FirstRanks(300)).ToArray();
        Random random = new(9);
        for (int round = 0; round < 100; round++)
        {
            byte[] cutJson = json[..random.Next(json.Length - 2)];
            Assert.Throws<VocabularyFormatException>(() => Tokenizer.FromTokenizerJson(new MemoryStream(cutJson)));
            byte[] cutRanks = ranks[..random.Next(ranks.Length / 2)];
            Assert.Throws<VocabularyFormatException>(() => Tokenizer.FromTiktoken(new MemoryStream(cutRanks), new Dictionary<string, int>()));
        }
    }

    static void AssertHoldsFirstRanks(Tokenizer tokenizer, int count)
    {
        Assert.Equal(FromTiktoken(FirstRanks(count)).Encode(Sample.Value), tokenizer.Encode(Sample.Value));
        Assert.Equal(Sample.Value, tokenizer.Decode(tokenizer.Encode(Sample.Value)));
        Assert.Equal([count + 9], tokenizer.EncodeWithSpecials("<|end|>"));
        Assert.True(tokenizer.TryGetSpecial("<|endofprompt|>", out int prompt));
        Assert.Equal(count + 20, prompt);
    }

    static void AssertRefused(string message, Action read) => Assert.Equal(message, Assert.Throws<VocabularyFormatException>(read).Message);

    static byte[][] FirstRanks(int count) =>
        [.. Enumerable.Range(0, count).Select(rank => Tokenizer.O200kHarmony.TryGetBytes(rank, out ReadOnlySpan<byte> bytes) ? bytes.ToArray() : [])];

    static Tokenizer FromTiktoken(IEnumerable<byte[]> tokens) =>
        Tokenizer.FromTiktoken(BytePairMergeTests.Tiktoken(tokens), new Dictionary<string, int>());

    /// <summary>Every way to put a token together from two, the first ranks first, as converters write it.</summary>
    static List<string> AllSplits(byte[][] tokens)
    {
        HashSet<string> known = [.. tokens.Select(token => ByteLevelSpelling.Write(token))];
        return [.. tokens.Select(token => ByteLevelSpelling.Write(token)).SelectMany(token => Enumerable.Range(1, token.Length - 1)
            .Where(cut => known.Contains(token[..cut]) && known.Contains(token[cut..])).Select(cut => $"{token[..cut]} {token[cut..]}"))];
    }

    static JsonNode ReadJson() => JsonNode.Parse(File.ReadAllText(TestData.PathOf("tokenization/pub-a.tokenizer.json")))!;

    static Tokenizer FromJson(JsonNode json) => Tokenizer.FromTokenizerJson(new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString())));
}
