namespace Chorale.Inference;

/// <summary>Reads the hyperparameters out of a GGUF file's metadata.</summary>
/// <remarks>
/// Source: the keys that llama.cpp's converter writes for gpt-oss. It writes none for the activation's clamp, for the layers that
/// slide and for rounding YaRN's limits, which are therefore OpenAI's.
/// </remarks>
static class GgufConfig
{
    const string Architecture = "gpt-oss";

    public static ModelConfig Read(Checkpoint checkpoint, GptOssOptions options)
    {
        string architecture = checkpoint.Metadata.Get<string>("general.architecture");
        if (architecture != Architecture)
            throw checkpoint.Metadata.Error("general.architecture", $"architecture '{architecture}', expected '{Architecture}'.");

        ConfigReader keys = new(checkpoint.Metadata, Architecture + ".");
        int heads = keys.Count("attention.head_count");
        int hidden = keys.Count("embedding_length");
        int headDim = keys.HeadDim("attention.key_length", hidden / heads);
        RequireHeadDim(keys, "attention.value_length", headDim);
        RequireHeadDim(keys, "rope.dimension_count", headDim);
        int experts = keys.Count("expert_count");
        return new()
        {
            NumHiddenLayers = keys.Count("block_count"),
            HiddenSize = hidden,
            IntermediateSize = keys.Count(keys.Has("expert_feed_forward_length") ? "expert_feed_forward_length" : "feed_forward_length"),
            NumLocalExperts = experts,
            NumExpertsPerTok = keys.ExpertsPerToken("expert_used_count", experts),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keys.KeyValueHeads("attention.head_count_kv", heads),
            HeadDim = headDim,
            VocabSize = VocabSize(checkpoint),
            SlidingWindow = keys.Count("attention.sliding_window"),
            MaxPositionEmbeddings = keys.Count("context_length"),
            RopeTheta = keys.Positive("rope.freq_base"),
            RmsNormEps = keys.Positive("attention.layer_norm_rms_epsilon"),
            RopeScaling = ReadRopeScaling(keys, options),
        };
    }

    static RopeScaling ReadRopeScaling(ConfigReader keys, GptOssOptions options)
    {
        string type = keys.Text("rope.scaling.type", "none");
        return type switch
        {
            "none" => new() { Factor = 1, OriginalMaxPositionEmbeddings = keys.Count("context_length") },
            "yarn" => new()
            {
                Factor = keys.Positive("rope.scaling.factor"),
                OriginalMaxPositionEmbeddings = keys.Count("rope.scaling.original_context_length"),
                BetaFast = keys.Positive("rope.scaling.yarn_beta_fast", 32),
                BetaSlow = keys.Positive("rope.scaling.yarn_beta_slow", 1),
                ExtrapolationFactor = keys.Finite("rope.scaling.yarn_ext_factor", 1),
                AttentionFactor = keys.Finite("rope.scaling.yarn_attn_factor", 1),
                Truncate = options.YarnTruncate,
            },
            _ => throw keys.Error("rope.scaling.type", $"rope scaling '{type}', expected 'yarn' or 'none'."),
        };
    }

    /// <summary>The rows of the output matrix: the file has no key for them.</summary>
    static int VocabSize(Checkpoint checkpoint)
    {
        TensorInfo output = checkpoint.Find("output.weight") ?? throw new CheckpointFormatException(checkpoint.Path, "tensor 'output.weight'", "missing.");
        long rows = output.Shape[0];
        return rows <= int.MaxValue ? (int)rows : throw checkpoint.Error(output, $"found {rows} rows, expected at most {int.MaxValue}.");
    }

    static void RequireHeadDim(ConfigReader keys, string name, int headDim)
    {
        int found = keys.Count(name, headDim);
        if (found != headDim)
            throw keys.Error(name, $"found {found}, expected {headDim}, the size of a head.");
    }
}
