namespace Chorale.Inference;

/// <summary>The hyperparameters of a gpt-oss model, by the names of its config.json.</summary>
public sealed record ModelConfig
{
    /// <summary>Layers: 24 in gpt-oss-20b, 36 in gpt-oss-120b.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Numbers of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Numbers inside an expert.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Experts of a layer.</summary>
    public required int NumLocalExperts { get; init; }

    /// <summary>Experts that a token goes to.</summary>
    public required int NumExpertsPerTok { get; init; }

    /// <summary>Query heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Key and value heads; each serves as many consecutive query heads.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Numbers of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Rows of the embedding and of the output matrix: ids run from 0 to this, exclusive.</summary>
    public required int VocabSize { get; init; }

    /// <summary>How many ids a query sees on a sliding layer, itself included.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>The longest sequence, in ids.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>The base of the rotary frequencies.</summary>
    public required float RopeTheta { get; init; }

    /// <summary>How the frequencies are stretched.</summary>
    public required RopeScaling RopeScaling { get; init; }

    /// <summary>Added to the mean square in each norm.</summary>
    public required float RmsNormEps { get; init; }

    /// <summary>The clamp in front of the experts' activation. GGUF has no key for it: 7.</summary>
    public float SwigluLimit { get; init; } = 7;

    /// <summary>Whether a layer sees the <see cref="SlidingWindow"/> only: the even ones do, from layer 0 on.</summary>
    public static bool IsSliding(int layer) => layer % 2 == 0;
}
