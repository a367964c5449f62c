using System.Text;
using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>A gpt-oss model of some kilobytes of random weights in the layouts of safetensors, to be spoilt in one place by a test.</summary>
static class TinyFolder
{
    const int Vocab = 12, Hidden = 32, Intermediate = 32, Experts = 2, Heads = 2, HeadDim = 8, Layers = 2;

    public const string HuggingFaceConfig = """
        {
          "architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "attention_bias": true, "hidden_act": "silu",
          "hidden_size": 32, "intermediate_size": 32, "head_dim": 8, "num_attention_heads": 2, "num_key_value_heads": 1,
          "num_hidden_layers": 2, "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 4,
          "num_local_experts": 2, "num_experts_per_tok": 1, "vocab_size": 12, "eos_token_id": [3, 4], "pad_token_id": null,
          "max_position_embeddings": 64, "rms_norm_eps": 1e-05, "swiglu_limit": 7.0, "tie_word_embeddings": false, "rope_theta": 150000,
          "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 32.0, "beta_slow": 1.0, "truncate": false},
          "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}
        }
        """;

    const string OpenAIConfig = """
        {
          "num_hidden_layers": 2, "num_experts": 2, "experts_per_token": 1, "vocab_size": 12, "hidden_size": 32, "intermediate_size": 32,
          "swiglu_limit": 7.0, "head_dim": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "sliding_window": 4,
          "initial_context_length": 16, "rope_theta": 150000.0, "rope_scaling_factor": 4.0, "rope_ntk_alpha": 1.0, "rope_ntk_beta": 32.0
        }
        """;

    /// <summary>Hugging Face's layout in a single file, or in several with their index.</summary>
    public static MemoryFolder HuggingFace(int shards = 1)
    {
        Random random = new(11);
        List<(string Name, string Dtype, long[] Shape)> tensors = [("lm_head.weight", "BF16", [Vocab, Hidden]), ("model.embed_tokens.weight", "BF16", [Vocab, Hidden])];
        for (int layer = 0; layer < Layers; layer++)
        {
            string p = $"model.layers.{layer}.", a = p + "self_attn.", m = p + "mlp.";
            tensors.AddRange([
                (p + "input_layernorm.weight", "BF16", [Hidden]), (p + "post_attention_layernorm.weight", "BF16", [Hidden]), (a + "sinks", "BF16", [Heads]),
                (a + "q_proj.weight", "BF16", [Heads * HeadDim, Hidden]), (a + "q_proj.bias", "BF16", [Heads * HeadDim]),
                (a + "k_proj.weight", "BF16", [HeadDim, Hidden]), (a + "k_proj.bias", "BF16", [HeadDim]),
                (a + "v_proj.weight", "BF16", [HeadDim, Hidden]), (a + "v_proj.bias", "BF16", [HeadDim]),
                (a + "o_proj.weight", "BF16", [Hidden, Heads * HeadDim]), (a + "o_proj.bias", "BF16", [Hidden]),
                (m + "router.weight", "BF16", [Experts, Hidden]), (m + "router.bias", "BF16", [Experts]),
                (m + "experts.gate_up_proj_blocks", "U8", [Experts, 2 * Intermediate, Hidden / 32, 16]), (m + "experts.gate_up_proj_scales", "U8", [Experts, 2 * Intermediate, Hidden / 32]),
                (m + "experts.gate_up_proj_bias", "BF16", [Experts, 2 * Intermediate]),
                (m + "experts.down_proj_blocks", "U8", [Experts, Hidden, Intermediate / 32, 16]), (m + "experts.down_proj_scales", "U8", [Experts, Hidden, Intermediate / 32]),
                (m + "experts.down_proj_bias", "BF16", [Experts, Hidden])]);
        }
        tensors.Add(("model.norm.weight", "BF16", [Hidden]));

        MemoryFolder folder = new("tiny") { ["config.json"] = Encoding.UTF8.GetBytes(HuggingFaceConfig) };
        StringBuilder map = new();
        for (int shard = 0; shard < shards; shard++)
        {
            string name = shards == 1 ? "model.safetensors" : $"model-{shard + 1:d5}-of-{shards:d5}.safetensors";
            SafetensorsWriter writer = new();
            foreach ((string tensor, string dtype, long[] shape) in tensors[(tensors.Count * shard / shards)..(tensors.Count * (shard + 1) / shards)])
            {
                writer.Add(tensor, dtype, shape, Data(random, dtype, shape));
                map.Append(map.Length > 0 ? ",\n" : "").Append($"    \"{tensor}\": \"{name}\"");
            }
            folder[name] = writer.ToBytes();
        }
        if (shards > 1)
            folder[SafetensorsIndex.FileName] = Encoding.UTF8.GetBytes($"{{\n  \"metadata\": {{\"total_size\": 1}},\n  \"weight_map\": {{\n{map}\n  }}\n}}");
        return folder;
    }

    /// <summary>OpenAI's layout.</summary>
    public static MemoryFolder OpenAI()
    {
        Random random = new(12);
        SafetensorsWriter writer = new();
        Add("embedding.weight", "BF16", Vocab, Hidden);
        for (int layer = 0; layer < Layers; layer++)
        {
            string a = $"block.{layer}.attn.", m = $"block.{layer}.mlp.";
            Add(a + "norm.scale", "BF16", Hidden);
            Add(a + "qkv.weight", "BF16", (Heads + 2) * HeadDim, Hidden);
            Add(a + "qkv.bias", "BF16", (Heads + 2) * HeadDim);
            Add(a + "sinks", "BF16", Heads);
            Add(a + "out.weight", "BF16", Hidden, Heads * HeadDim);
            Add(a + "out.bias", "BF16", Hidden);
            Add(m + "norm.scale", "BF16", Hidden);
            Add(m + "gate.weight", "BF16", Experts, Hidden);
            Add(m + "gate.bias", "BF16", Experts);
            Add(m + "mlp1_weight.blocks", "U8", Experts, 2 * Intermediate, Hidden / 32, 16);
            Add(m + "mlp1_weight.scales", "U8", Experts, 2 * Intermediate, Hidden / 32);
            Add(m + "mlp1_bias", "BF16", Experts, 2 * Intermediate);
            Add(m + "mlp2_weight.blocks", "U8", Experts, Hidden, Intermediate / 32, 16);
            Add(m + "mlp2_weight.scales", "U8", Experts, Hidden, Intermediate / 32);
            Add(m + "mlp2_bias", "BF16", Experts, Hidden);
        }
        Add("norm.scale", "BF16", Hidden);
        Add("unembedding.weight", "BF16", Vocab, Hidden);
        return new("tiny") { ["config.json"] = Encoding.UTF8.GetBytes(OpenAIConfig), ["model.safetensors"] = writer.ToBytes() };

        void Add(string name, string dtype, params long[] shape) => writer.Add(name, dtype, shape, Data(random, dtype, shape));
    }

    /// <summary>Random bytes; those of BF16 are numbers below 2, so that a forward pass stays finite.</summary>
    static byte[] Data(Random random, string dtype, long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        byte[] data = new byte[dtype == "U8" ? count : count * 2];
        random.NextBytes(data);
        if (dtype != "U8")
        {
            for (int i = 1; i < data.Length; i += 2)
                data[i] = (byte)(0x3C | (data[i] & 0x83));
        }
        else if (shape.Length == 3)
        {
            for (int i = 0; i < data.Length; i++)
                data[i] = (byte)(118 + (data[i] & 7));
        }
        return data;
    }
}
