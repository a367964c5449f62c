using Chorale.TestKit;

namespace Chorale.Tokenization.Tests;

public class VocabularyListsTests
{
    static readonly Lazy<VocabularyLists> Lists = new(VocabularyLists.OfO200kHarmony);

    [Fact]
    public void O200k_harmony_has_as_many_tokens_and_merges_as_the_published_files()
    {
        Assert.Equal((201_088, 201_088, 446_189), (Lists.Value.Tokens.Count, Lists.Value.TokenTypes.Count, Lists.Value.Merges.Count));
        Assert.Equal(["<|startoftext|>", "<|endoftext|>", "<|reserved_200000|>"], Lists.Value.Tokens.Skip(199_998).Take(3));
        Assert.Equal(["<|endofprompt|>", "[PAD200019]"], Lists.Value.Tokens.Skip(200_018).Take(2));
        Assert.Equal((199_998, 21, 1_069), (Count(1), Count(3), Count(5)));
        Assert.Equal(["Ġ Ġ", "Ġ ĠĠĠ", "ĠĠ ĠĠ", "ĠĠĠ Ġ", "i n"], Lists.Value.Merges.Take(5));

        static int Count(int type) => Lists.Value.TokenTypes.Count(t => t == type);
    }

    [Fact]
    public void A_tokenizer_made_of_them_encodes_like_the_built_in_one()
    {
        Tokenizer tokenizer = Tokenizer.FromVocabulary(Lists.Value);
        foreach (string file in new[] { "bench/english.txt", "bench/korean.txt", "bench/code.txt" })
        {
            string text = File.ReadAllText(TestData.PathOf(file));
            Assert.Equal(Tokenizer.O200kHarmony.Encode(text), tokenizer.Encode(text));
        }
        Assert.Equal(Tokenizer.O200kHarmony.EncodeWithSpecials("<|start|>assistant<|end|>"), tokenizer.EncodeWithSpecials("<|start|>assistant<|end|>"));
    }
}
