using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>The sizes of a model to make without its weights. Those of the published models have their names.</summary>
sealed record SyntheticShape
{
    public static readonly IReadOnlyList<SyntheticShape> Published =
    [
        new() { Name = "gpt-oss-20b", SizeLabel = "20B", Layers = 24, Experts = 32 },
        new() { Name = "gpt-oss-120b", SizeLabel = "120B", Layers = 36, Experts = 128 },
    ];

    public required string Name { get; init; }

    public required string SizeLabel { get; init; }

    public required int Layers { get; init; }

    public required int Experts { get; init; }

    public int ExpertsPerToken { get; init; } = 4;

    public int Hidden { get; init; } = 2880;

    public int Intermediate { get; init; } = 2880;

    public int Heads { get; init; } = 64;

    public int KvHeads { get; init; } = 8;

    public int HeadDim { get; init; } = 64;

    public int Window { get; init; } = 128;

    public int Context { get; init; } = 131_072;

    /// <summary>What the file's vocabulary is; its length is the number of rows of the embedding and of the output matrix.</summary>
    public Func<VocabularyLists> Vocabulary { get; init; } = VocabularyLists.OfO200kHarmony;

    public int VocabularySize { get; init; } = 201_088;
}
