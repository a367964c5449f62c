namespace Chorale.Inference;

/// <summary>Reads the hyperparameters out of the <c>config.json</c> of Hugging Face's layout, and refuses what the engine does not do.</summary>
/// <remarks>
/// Source: <c>GptOssConfig</c> and <c>_compute_yarn_parameters</c> of transformers. Keys that only concern training or its own runtime
/// (dropout, caches, parallel plans) change nothing and are not looked at.
/// </remarks>
static class HuggingFaceConfig
{
    const string Architecture = "GptOssForCausalLM", Sliding = "sliding_attention", Full = "full_attention";

    public static ModelConfig Read(CheckpointMetadata config, GptOssOptions options)
    {
        ConfigReader keys = new(config);
        CheckArchitecture(config);
        CheckQuantization(config);
        keys.RequireIfPresent("hidden_act", "silu");
        keys.RequireIfPresent("attention_bias", true);

        int layers = keys.Count("num_hidden_layers");
        CheckLayerTypes(config, layers);
        int heads = keys.Count("num_attention_heads"), experts = keys.Count("num_local_experts");
        int vocab = keys.Count("vocab_size"), context = keys.Count("max_position_embeddings");
        CheckEndOfText(config, vocab);
        string perToken = keys.Has("num_experts_per_tok") ? "num_experts_per_tok" : "experts_per_token";
        int expertsPerToken = keys.ExpertsPerToken(perToken, experts);
        keys.RequireIfPresent("experts_per_token", expertsPerToken);
        return new()
        {
            NumHiddenLayers = layers,
            HiddenSize = keys.Count("hidden_size"),
            IntermediateSize = keys.Count("intermediate_size"),
            NumLocalExperts = experts,
            NumExpertsPerTok = expertsPerToken,
            NumAttentionHeads = heads,
            NumKeyValueHeads = keys.KeyValueHeads("num_key_value_heads", heads),
            HeadDim = keys.HeadDim("head_dim"),
            VocabSize = vocab,
            SlidingWindow = keys.Count("sliding_window"),
            MaxPositionEmbeddings = context,
            RmsNormEps = keys.Positive("rms_norm_eps"),
            SwigluLimit = keys.Positive("swiglu_limit", 7),
            RopeTheta = Rope(config) is { } rope && rope.ContainsKey("rope_theta") ? new ConfigReader(rope).Positive("rope_theta") : keys.Positive("rope_theta"),
            RopeScaling = ReadRopeScaling(Rope(config), context, options),
        };
    }

    /// <summary>Whether the output matrix is the embedding.</summary>
    public static bool TiesWordEmbeddings(CheckpointMetadata config) => config.Get("tie_word_embeddings", false);

    static void CheckArchitecture(CheckpointMetadata config)
    {
        string type = config.Get<string>("model_type");
        if (type != "gpt_oss")
            throw config.Error("model_type", $"found '{type}', expected 'gpt_oss'.");
        if (config.TryGet<IReadOnlyList<string>>("architectures", out IReadOnlyList<string>? names) && !names.Contains(Architecture, StringComparer.Ordinal))
            throw config.Error("architectures", $"found '{string.Join("', '", names)}', expected '{Architecture}'.");
    }

    static void CheckQuantization(CheckpointMetadata config)
    {
        if (!config.TryGet<CheckpointMetadata>("quantization_config", out CheckpointMetadata? quantization))
            return;
        string method = quantization.Get<string>("quant_method");
        if (method != "mxfp4")
            throw quantization.Error("quant_method", $"quantization method '{method}', expected 'mxfp4'.");
    }

    static void CheckLayerTypes(CheckpointMetadata config, int layers)
    {
        if (!config.TryGet<IReadOnlyList<string>>("layer_types", out IReadOnlyList<string>? types))
            return;
        if (types.Count != layers)
            throw config.Error("layer_types", $"found {types.Count} layers, expected num_hidden_layers, {layers}.");
        for (int layer = 0; layer < layers; layer++)
        {
            string expected = ModelConfig.IsSliding(layer) ? Sliding : Full;
            if (types[layer] != expected)
                throw config.Error("layer_types", $"found '{types[layer]}' for layer {layer}, expected '{expected}': the even layers slide.");
        }
    }

    /// <summary>The engine stops at the ids that its caller names; here they must at least be ids of the model.</summary>
    static void CheckEndOfText(CheckpointMetadata config, int vocab)
    {
        if (!config.TryGetValue("eos_token_id", out object? found))
            return;
        IReadOnlyList<long> ids = found as IReadOnlyList<long> ?? [config.Get<long>("eos_token_id")];
        if (ids.Any(id => id < 0 || id >= vocab))
            throw config.Error("eos_token_id", $"found {string.Join(", ", ids)}, expected 0 to {vocab - 1}.");
    }

    /// <summary>The object about rotary embedding, by its name of transformers 4 or 5.</summary>
    static CheckpointMetadata? Rope(CheckpointMetadata config) =>
        config.TryGet<CheckpointMetadata>("rope_parameters", out CheckpointMetadata? rope) || config.TryGet<CheckpointMetadata>("rope_scaling", out rope) ? rope : null;

    static RopeScaling ReadRopeScaling(CheckpointMetadata? rope, int context, GptOssOptions options)
    {
        if (rope is null)
            return new() { Factor = 1, OriginalMaxPositionEmbeddings = context };
        string key = rope.ContainsKey("rope_type") ? "rope_type" : "type", type = rope.Get<string>(key);
        return type switch
        {
            "default" => new() { Factor = 1, OriginalMaxPositionEmbeddings = context },
            "yarn" => ReadYarn(rope, options),
            _ => throw rope.Error(key, $"rope type '{type}', expected 'yarn' or 'default'."),
        };
    }

    static RopeScaling ReadYarn(CheckpointMetadata rope, GptOssOptions options)
    {
        ConfigReader keys = new(rope);
        foreach (string name in (string[])["mscale", "mscale_all_dim", "partial_rotary_factor"])
            keys.RequireIfPresent(name, 1f);
        float factor = keys.Positive("factor");
        // Where transformers finds an attention factor it takes it instead of the concentration, which here it multiplies.
        double concentration = factor > 1 ? (0.1 * Math.Log(factor)) + 1 : 1;
        return new()
        {
            Factor = factor,
            OriginalMaxPositionEmbeddings = keys.Count("original_max_position_embeddings"),
            BetaFast = keys.Positive("beta_fast", 32),
            BetaSlow = keys.Positive("beta_slow", 1),
            AttentionFactor = keys.Has("attention_factor") ? (float)(keys.Positive("attention_factor") / concentration) : 1,
            Truncate = options.YarnTruncate || rope.Get("truncate", true),
        };
    }
}
