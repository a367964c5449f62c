using Chorale.Inference;
using Chorale.TestKit;
using Chorale.Tokenization;

namespace Chorale.Cli.Tests;

/// <summary>Shapes of synthetic models that are written in milliseconds.</summary>
static class TinyShape
{
    /// <summary>The sizes and the vocabulary of the recorded model pub-a, whose files the usual converter would have written so.</summary>
    public static SyntheticShape PubA { get; } = new()
    {
        Name = "pub-a",
        SizeLabel = "4x2",
        Layers = 2,
        Experts = 4,
        ExpertsPerToken = 2,
        Hidden = 64,
        Intermediate = 64,
        Heads = 4,
        KvHeads = 2,
        HeadDim = 32,
        Window = 8,
        Context = 8192,
        VocabularySize = 512,
        Vocabulary = PubAVocabulary,
    };

    public static string PubAFile => TestData.PathOf("model/pub-a.q8.gguf");

    static VocabularyLists PubAVocabulary()
    {
        using Checkpoint file = Checkpoint.Open(PubAFile);
        return new()
        {
            Model = file.Metadata.Get<string>("tokenizer.ggml.model"),
            Pre = file.Metadata.Get<string>("tokenizer.ggml.pre"),
            Tokens = file.Metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.tokens"),
            TokenTypes = file.Metadata.Get<IReadOnlyList<int>>("tokenizer.ggml.token_type"),
            Merges = file.Metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.merges"),
        };
    }
}
