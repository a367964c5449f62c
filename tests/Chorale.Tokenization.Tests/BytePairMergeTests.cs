using System.Text;

namespace Chorale.Tokenization.Tests;

public class BytePairMergeTests
{
    static readonly BytePairVocabulary O200k = Tokenizer.O200kHarmony.Encoder.Vocabulary;
    static readonly NaiveMerge Naive = NaiveMerge.Of(O200k);

    static readonly string[] Alphabets =
    [
        "a", "ab", "abc", "aA", "abcdefghijklmnopqrstuvwxyz", "etaoin shrdlu", "0123456789", " ", "\n", " \n", " \t\r\n", "=", "=-", "-_*#",
        "!?.,;:", "()[]{}", "/\\", "가", "가나다라", "안녕하세요 세계", "中", "中文字符", "的一是不", "ÄÖÜäöü", "éa", "Привет", "مرحبا", "नमस्ते", "😀", "😀👍🏽", "\u0301a",
    ];

    [Fact]
    public void Linear_and_scan_agree_with_the_definition_on_every_alphabet()
    {
        Random random = new(1);
        foreach (string alphabet in Alphabets)
        {
            Rune[] runes = [.. alphabet.EnumerateRunes()];
            for (int round = 0; round < 60; round++)
            {
                int length = round < 40 ? random.Next(1, 40) : random.Next(40, 160);
                string text = string.Concat(Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)]));
                AssertAgree(O200k, Naive, Encoding.UTF8.GetBytes(text));
            }
        }
    }

    [Fact]
    public void Linear_and_scan_agree_with_the_definition_on_random_bytes()
    {
        Random random = new(2);
        for (int round = 0; round < 400; round++)
        {
            byte[] piece = new byte[random.Next(1, 100)];
            random.NextBytes(piece);
            AssertAgree(O200k, Naive, piece);
        }
    }

    [Fact]
    public void Linear_agrees_with_the_definition_on_tokens_joined_at_random()
    {
        Random random = new(3);
        for (int round = 0; round < 600; round++)
        {
            List<byte> piece = [];
            for (int i = random.Next(1, 9); i > 0; i--)
                piece.AddRange(O200k.Tokens[random.Next(O200k.Merges.Count)]);
            AssertAgree(O200k, Naive, [.. piece]);
        }
    }

    [Fact]
    public void Linear_agrees_with_the_definition_on_runs_that_make_it_guess()
    {
        foreach (string unit in new[] { "=", "-", " ", "\n", "a", "A", "ab", "=-", "가", "!", "*/", "\t", "\r\n", "😀" })
        {
            foreach (int count in new[] { 63, 64, 65, 127, 128, 129, 200, 333 })
            {
                byte[] piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, count)));
                Assert.Equal(Naive.Merge(piece), Linear(O200k, piece));
                Assert.Equal(Naive.Merge([.. "x"u8, .. piece, .. "y"u8]), Linear(O200k, [.. "x"u8, .. piece, .. "y"u8]));
            }
        }
    }

    [Fact]
    public void Linear_agrees_with_the_definition_in_vocabularies_trained_on_noise()
    {
        Random random = new(4);
        for (int round = 0; round < 40; round++)
        {
            int letters = random.Next(1, 5);
            List<byte[]> tokens = RandomVocabulary(random, letters, merges: random.Next(1, 60));
            using MemoryStream file = Tiktoken(tokens);
            BytePairVocabulary vocabulary = Tokenizer.FromTiktoken(file, new Dictionary<string, int>()).Encoder.Vocabulary;
            NaiveMerge naive = new(tokens);
            Assert.Equal(tokens.Count, vocabulary.Merges.Count);
            for (int i = 0; i < 40; i++)
            {
                byte[] piece = [.. Enumerable.Range(0, random.Next(1, 90)).Select(_ => (byte)('a' + random.Next(letters)))];
                AssertAgree(vocabulary, naive, piece);
            }
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("A")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("=")]
    [InlineData("!")]
    [InlineData("가")]
    [InlineData("\u0301")]
    public void A_million_of_one_character_is_as_good_as_any_text(string character)
    {
        string text = new(character[0], 1_000_000);
        int[] ids = Tokenizer.O200kHarmony.Encode(text);
        Assert.Equal(text, Tokenizer.O200kHarmony.Decode(ids));
        MergeTree merges = O200k.Merges;
        for (int i = 1; i < ids.Length; i++)
            Assert.True(merges.IsStable(ids[i - 1], ids[i]), $"tokens {i - 1} and {i}");
    }

    static List<byte[]> RandomVocabulary(Random random, int letters, int merges)
    {
        List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        List<byte[]> usable = [.. Enumerable.Range('a', letters).Select(value => new[] { (byte)value })];
        while (merges-- > 0)
        {
            // As training does: the new token is a pair that stands side by side in some text as merged so far.
            NaiveMerge soFar = new(tokens);
            byte[] text = [.. Enumerable.Range(0, 40).Select(_ => (byte)('a' + random.Next(letters)))];
            int[] merged = soFar.Merge(text);
            if (merged.Length < 2)
                break;
            int at = random.Next(merged.Length - 1);
            tokens.Add([.. tokens[merged[at]], .. tokens[merged[at + 1]]]);
            usable.Add(tokens[^1]);
        }
        return tokens;
    }

    internal static MemoryStream Tiktoken(IEnumerable<byte[]> tokens) =>
        new(Encoding.ASCII.GetBytes(string.Concat(tokens.Select((token, rank) => $"{Convert.ToBase64String(token)} {rank}\n"))));

    static void AssertAgree(BytePairVocabulary vocabulary, NaiveMerge naive, byte[] piece)
    {
        int[] expected = naive.Merge(piece);
        string shown = Convert.ToHexString(piece);
        Assert.True(expected.AsSpan().SequenceEqual(Linear(vocabulary, piece)), $"Linear on {shown}");
        if (piece.Length > BytePairMerge.ScanLimit)
            return;
        int[] scanned = new int[piece.Length];
        int count = BytePairMerge.Scan(vocabulary, piece, scanned);
        Assert.True(expected.AsSpan().SequenceEqual(scanned.AsSpan(0, count)), $"Scan on {shown}");
    }

    static int[] Linear(BytePairVocabulary vocabulary, byte[] piece)
    {
        byte[] padded = [.. "pad"u8, .. piece, .. new byte[PieceTable.Padding]];
        TokenBuffer tokens = new(16);
        BytePairMerge.Linear(vocabulary, padded, 3, piece.Length, new ulong[(piece.Length / 64) + 1], ref tokens);
        int[] result = tokens.Tokens.ToArray();
        tokens.Dispose();
        return result;
    }
}
