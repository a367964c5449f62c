namespace Chorale.Inference;

/// <summary>What the tensors of a gpt-oss checkpoint are called in the two layouts of safetensors; <c>Q</c> and so on stand after the prefix of a layer.</summary>
sealed record SafetensorsNames
{
    /// <summary>As transformers names them.</summary>
    public static SafetensorsNames HuggingFace { get; } = new()
    {
        Embedding = "model.embed_tokens.weight",
        FinalNorm = "model.norm.weight",
        Unembedding = "lm_head.weight",
        Layer = "model.layers.",
        AttentionNorm = "input_layernorm.weight",
        Query = "self_attn.q_proj",
        Key = "self_attn.k_proj",
        Value = "self_attn.v_proj",
        Output = "self_attn.o_proj",
        Sinks = "self_attn.sinks",
        MixtureNorm = "post_attention_layernorm.weight",
        Router = "mlp.router",
        GateUp = "mlp.experts.gate_up_proj",
        Down = "mlp.experts.down_proj",
        Bias = "_bias",
        Blocks = "_blocks",
        Scales = "_scales",
    };

    /// <summary>As OpenAI names them; queries, keys and values are one matrix.</summary>
    public static SafetensorsNames OpenAI { get; } = new()
    {
        Embedding = "embedding.weight",
        FinalNorm = "norm.scale",
        Unembedding = "unembedding.weight",
        Layer = "block.",
        AttentionNorm = "attn.norm.scale",
        FusedQueryKeyValue = "attn.qkv",
        Output = "attn.out",
        Sinks = "attn.sinks",
        MixtureNorm = "mlp.norm.scale",
        Router = "mlp.gate",
        GateUp = "mlp.mlp1",
        Down = "mlp.mlp2",
        Bias = "_bias",
        Blocks = "_weight.blocks",
        Scales = "_weight.scales",
    };

    public required string Embedding { get; init; }

    public required string FinalNorm { get; init; }

    public required string Unembedding { get; init; }

    public required string Layer { get; init; }

    public required string AttentionNorm { get; init; }

    /// <summary>The rows of queries, keys and values in one; null where they are three.</summary>
    public string? FusedQueryKeyValue { get; init; }

    public string Query { get; init; } = "";

    public string Key { get; init; } = "";

    public string Value { get; init; } = "";

    public required string Output { get; init; }

    public required string Sinks { get; init; }

    public required string MixtureNorm { get; init; }

    public required string Router { get; init; }

    public required string GateUp { get; init; }

    public required string Down { get; init; }

    /// <summary>What follows the name of the experts' matrices for their biases.</summary>
    public required string Bias { get; init; }

    /// <inheritdoc cref="Bias"/>
    public required string Blocks { get; init; }

    /// <inheritdoc cref="Bias"/>
    public required string Scales { get; init; }
}
