namespace Chorale.Inference;

/// <summary>Reads the hyperparameters out of the <c>config.json</c> of OpenAI's original layout.</summary>
/// <remarks>
/// Source: <c>ModelConfig</c> and <c>RMSNorm</c> of OpenAI's reference (<c>gpt_oss/torch/model.py</c>), whose defaults are taken for what the file
/// leaves out. The file has no key for the norms' epsilon (1e-5), for the layers that slide (the even ones) and for rounding YaRN's limits (no).
/// </remarks>
static class OpenAIConfig
{
    public static ModelConfig Read(CheckpointMetadata config, GptOssOptions options)
    {
        ConfigReader keys = new(config);
        int experts = keys.Count("num_experts");
        int heads = keys.Count("num_attention_heads");
        int originalContext = keys.Count("initial_context_length", 4096);
        float factor = keys.Positive("rope_scaling_factor", 32);
        return new()
        {
            NumHiddenLayers = keys.Count("num_hidden_layers"),
            HiddenSize = keys.Count("hidden_size"),
            IntermediateSize = keys.Count("intermediate_size"),
            NumLocalExperts = experts,
            NumExpertsPerTok = keys.ExpertsPerToken("experts_per_token", experts),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keys.KeyValueHeads("num_key_value_heads", heads),
            HeadDim = keys.HeadDim("head_dim"),
            VocabSize = keys.Count("vocab_size"),
            SlidingWindow = keys.Count("sliding_window"),
            MaxPositionEmbeddings = Stretched(keys, originalContext, factor),
            RopeTheta = keys.Positive("rope_theta"),
            RmsNormEps = 1e-5f,
            SwigluLimit = keys.Positive("swiglu_limit", 7),
            RopeScaling = new()
            {
                Factor = factor,
                OriginalMaxPositionEmbeddings = originalContext,
                BetaFast = keys.Positive("rope_ntk_beta", 32),
                BetaSlow = keys.Positive("rope_ntk_alpha", 1),
                Truncate = options.YarnTruncate,
            },
        };
    }

    /// <summary>The longest sequence: the file has no key for it.</summary>
    static int Stretched(ConfigReader keys, int originalContext, float factor)
    {
        double length = Math.Floor((double)originalContext * Math.Max(factor, 1));
        return length <= int.MaxValue / 4 ? (int)length
            : throw keys.Error("rope_scaling_factor", $"found {factor}, which stretches {originalContext} ids beyond {int.MaxValue / 4}.");
    }
}
