namespace Chorale.Inference;

/// <summary>Reads the hyperparameters out of a GGUF file's metadata.</summary>
/// <remarks>
/// Source: the keys that llama.cpp's converter writes for gpt-oss. It writes none for the activation's clamp, for the layers that
/// slide and for rounding YaRN's limits, which are therefore OpenAI's.
/// </remarks>
static class GgufConfig
{
    const string Architecture = "gpt-oss";

    // Far above any real size, and low enough that twice or thrice of it is still an int.
    const int MaxCount = 1 << 28;

    public static ModelConfig Read(GgufFile file, GptOssOptions options)
    {
        CheckpointMetadata metadata = file.Metadata;
        string architecture = metadata.Get<string>("general.architecture");
        if (architecture != Architecture)
            throw Error(file, "general.architecture", $"architecture '{architecture}', expected '{Architecture}'.");

        int heads = Count(file, "attention.head_count");
        int hidden = Count(file, "embedding_length");
        int headDim = Count(file, "attention.key_length", hidden / heads);
        RequireEqual(file, "attention.value_length", headDim);
        RequireEqual(file, "rope.dimension_count", headDim);
        int kvHeads = Count(file, "attention.head_count_kv");
        if (heads % kvHeads != 0)
            throw Error(file, "gpt-oss.attention.head_count_kv", $"found {kvHeads}, expected a divisor of the {heads} query heads.");
        if (headDim % 2 != 0)
            throw Error(file, "gpt-oss.attention.key_length", $"found {headDim}, expected an even number: rotary embedding turns pairs.");
        int experts = Count(file, "expert_count");
        int expertsPerToken = Count(file, "expert_used_count");
        if (expertsPerToken > experts)
            throw Error(file, "gpt-oss.expert_used_count", $"found {expertsPerToken}, expected at most the {experts} experts.");

        return new()
        {
            NumHiddenLayers = Count(file, "block_count"),
            HiddenSize = hidden,
            IntermediateSize = Count(file, "expert_feed_forward_length", Count(file, "feed_forward_length", 0)),
            NumLocalExperts = experts,
            NumExpertsPerTok = expertsPerToken,
            NumAttentionHeads = heads,
            NumKeyValueHeads = kvHeads,
            HeadDim = headDim,
            VocabSize = VocabSize(file),
            SlidingWindow = Count(file, "attention.sliding_window"),
            MaxPositionEmbeddings = Count(file, "context_length"),
            RopeTheta = Positive(file, "rope.freq_base"),
            RmsNormEps = Positive(file, "attention.layer_norm_rms_epsilon"),
            RopeScaling = ReadRopeScaling(file, options),
        };
    }

    static RopeScaling ReadRopeScaling(GgufFile file, GptOssOptions options)
    {
        string type = file.Metadata.Get("gpt-oss.rope.scaling.type", "none");
        return type switch
        {
            "none" => new() { Factor = 1, OriginalMaxPositionEmbeddings = Count(file, "context_length") },
            "yarn" => new()
            {
                Factor = Positive(file, "rope.scaling.factor"),
                OriginalMaxPositionEmbeddings = Count(file, "rope.scaling.original_context_length"),
                BetaFast = Positive(file, "rope.scaling.yarn_beta_fast", 32),
                BetaSlow = Positive(file, "rope.scaling.yarn_beta_slow", 1),
                ExtrapolationFactor = Finite(file, "rope.scaling.yarn_ext_factor", 1),
                AttentionFactor = Finite(file, "rope.scaling.yarn_attn_factor", 1),
                Truncate = options.YarnTruncate,
            },
            _ => throw Error(file, "gpt-oss.rope.scaling.type", $"rope scaling '{type}', expected 'yarn' or 'none'."),
        };
    }

    /// <summary>The rows of the output matrix: the file has no key for them.</summary>
    static int VocabSize(GgufFile file)
    {
        TensorInfo output = file.Find("output.weight") ?? throw new CheckpointFormatException(file.Path, "tensor 'output.weight'", "missing.");
        long rows = output.Shape[0];
        return rows <= int.MaxValue ? (int)rows : throw file.Error(output, $"found {rows} rows, expected at most {int.MaxValue}.");
    }

    static int Count(GgufFile file, string name, int? whenMissing = null)
    {
        string key = $"gpt-oss.{name}";
        int count = whenMissing is { } fallback ? file.Metadata.Get(key, fallback) : file.Metadata.Get<int>(key);
        return count is > 0 and <= MaxCount ? count : throw Error(file, key, $"found {count}, expected 1 to {MaxCount}.");
    }

    static float Finite(GgufFile file, string name, float? whenMissing = null)
    {
        string key = $"gpt-oss.{name}";
        float value = whenMissing is { } fallback ? file.Metadata.Get(key, fallback) : file.Metadata.Get<float>(key);
        return float.IsFinite(value) ? value : throw Error(file, key, $"found {value}, expected a finite number.");
    }

    static float Positive(GgufFile file, string name, float? whenMissing = null)
    {
        float value = Finite(file, name, whenMissing);
        return value > 0 ? value : throw Error(file, $"gpt-oss.{name}", $"found {value}, expected a positive number.");
    }

    static void RequireEqual(GgufFile file, string name, int expected)
    {
        int found = Count(file, name, expected);
        if (found != expected)
            throw Error(file, $"gpt-oss.{name}", $"found {found}, expected {expected}, the size of a head.");
    }

    static CheckpointFormatException Error(GgufFile file, string key, string problem) => new(file.Path, $"key '{key}'", problem);
}
