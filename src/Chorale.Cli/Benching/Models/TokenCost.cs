using System.Text.Json.Serialization;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The bytes of weights that a model reads for one token, by what they are for.</summary>
/// <remarks>
/// Each tensor counts whole, but for two kinds: of a tensor of experts, as many as a token goes to, and of the embedding one row. The
/// experts' biases count with the experts; norms, routers, sinks and other biases are the rest. Keys and values are not weights.
/// </remarks>
/// <param name="Experts">Of all layers.</param>
/// <param name="Attention">The four matrices of each layer.</param>
/// <param name="Output">The matrix that gives the logits.</param>
/// <param name="Other">Everything else.</param>
sealed record TokenCost(long Experts, long Attention, long Output, long Other)
{
    [JsonIgnore]
    public long Total => Experts + Attention + Output + Other;

    public static TokenCost Of(IEnumerable<TensorInfo> tensors, ModelConfig config)
    {
        long experts = 0, attention = 0, output = 0, other = 0;
        foreach (TensorInfo tensor in tensors)
        {
            long bytes = tensor.ByteCount;
            switch (KindOf(tensor.Name))
            {
                case Kind.Experts: experts += bytes / config.NumLocalExperts * config.NumExpertsPerTok; break;
                case Kind.Embedding: other += bytes / config.VocabSize; break;
                case Kind.Attention: attention += bytes; break;
                case Kind.Output: output += bytes; break;
                default: other += bytes; break;
            }
        }
        return new(experts, attention, output, other);
    }

    enum Kind { Other, Experts, Embedding, Attention, Output }

    /// <summary>The names of GGUF, of Hugging Face and of OpenAI's own layout.</summary>
    static Kind KindOf(string name) => name switch
    {
        "token_embd.weight" or "model.embed_tokens.weight" or "embedding.weight" => Kind.Embedding,
        "output.weight" or "lm_head.weight" or "unembedding.weight" => Kind.Output,
        _ when name.Contains("_exps.", StringComparison.Ordinal) || name.Contains(".experts.", StringComparison.Ordinal)
            || name.Contains(".mlp1_", StringComparison.Ordinal) || name.Contains(".mlp2_", StringComparison.Ordinal) => Kind.Experts,
        _ when name.EndsWith(".weight", StringComparison.Ordinal) && AttentionParts.Any(part => name.Contains(part, StringComparison.Ordinal)) => Kind.Attention,
        _ => Kind.Other,
    };

    static readonly string[] AttentionParts = ["attn_q.", "attn_k.", "attn_v.", "attn_qkv.", "attn_output.", "q_proj.", "k_proj.", "v_proj.", "o_proj.", "attn.qkv.", "attn.out."];
}
