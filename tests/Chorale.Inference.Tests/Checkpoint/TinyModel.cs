using System.Buffers.Binary;
using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>A gpt-oss model of some kilobytes with random float32 weights, to be spoilt in one place by a test.</summary>
sealed class TinyModel
{
    public const int Vocab = 12, Hidden = 32, Intermediate = 32, Experts = 2, Heads = 2, HeadDim = 8;
    const uint F32 = 0;

    readonly Random _random = new(7);

    public OrderedDictionary<string, object> Keys { get; } = new(StringComparer.Ordinal)
    {
        ["general.architecture"] = "gpt-oss",
        ["gpt-oss.block_count"] = 2u,
        ["gpt-oss.context_length"] = 64u,
        ["gpt-oss.embedding_length"] = (uint)Hidden,
        ["gpt-oss.feed_forward_length"] = (uint)Intermediate,
        ["gpt-oss.attention.head_count"] = (uint)Heads,
        ["gpt-oss.attention.head_count_kv"] = 1u,
        ["gpt-oss.rope.freq_base"] = 150000f,
        ["gpt-oss.attention.layer_norm_rms_epsilon"] = 1e-5f,
        ["gpt-oss.expert_count"] = (uint)Experts,
        ["gpt-oss.expert_used_count"] = 1u,
        ["gpt-oss.attention.key_length"] = (uint)HeadDim,
        ["gpt-oss.attention.value_length"] = (uint)HeadDim,
        ["gpt-oss.attention.sliding_window"] = 4u,
        ["gpt-oss.expert_feed_forward_length"] = (uint)Intermediate,
        ["gpt-oss.rope.scaling.type"] = "yarn",
        ["gpt-oss.rope.scaling.factor"] = 4f,
        ["gpt-oss.rope.scaling.original_context_length"] = 16u,
        ["tokenizer.ggml.tokens"] = new[] { "a", "b", "Ġc", "é" },
        ["tokenizer.ggml.token_type"] = new[] { 1, 1, 1, 3 },
        ["tokenizer.ggml.add_bos_token"] = false,
    };

    public OrderedDictionary<string, (uint Type, long[] Shape, byte[] Data)> Tensors { get; } = new(StringComparer.Ordinal);

    public TinyModel()
    {
        Add("token_embd.weight", Vocab, Hidden);
        for (int layer = 0; layer < 2; layer++)
        {
            string prefix = $"blk.{layer}.";
            Add(prefix + "attn_norm.weight", Hidden);
            foreach ((string name, int rows) in new[] { ("attn_q", Heads * HeadDim), ("attn_k", HeadDim), ("attn_v", HeadDim) })
            {
                Add($"{prefix}{name}.weight", rows, Hidden);
                Add($"{prefix}{name}.bias", rows);
            }
            Add(prefix + "attn_output.weight", Hidden, Heads * HeadDim);
            Add(prefix + "attn_output.bias", Hidden);
            Add(prefix + "attn_sinks.weight", Heads);
            Add(prefix + "post_attention_norm.weight", Hidden);
            Add(prefix + "ffn_gate_inp.weight", Experts, Hidden);
            Add(prefix + "ffn_gate_inp.bias", Experts);
            foreach ((string name, int rows, int columns) in new[] { ("ffn_gate_exps", Intermediate, Hidden), ("ffn_up_exps", Intermediate, Hidden), ("ffn_down_exps", Hidden, Intermediate) })
            {
                Add($"{prefix}{name}.weight", Experts, rows, columns);
                Add($"{prefix}{name}.bias", Experts, rows);
            }
        }
        Add("output_norm.weight", Hidden);
        Add("output.weight", Vocab, Hidden);
    }

    public byte[] ToBytes()
    {
        GgufWriter writer = new();
        foreach ((string key, object value) in Keys)
            writer.Add(key, value);
        return Written(writer, Tensors);
    }

    /// <summary>The same model split as llama.cpp's gguf-split does it: all keys in the first part, the tensors shared out in order.</summary>
    public MemoryFolder ToParts(int count)
    {
        MemoryFolder folder = new("split");
        for (int part = 0; part < count; part++)
        {
            GgufWriter writer = new();
            foreach ((string key, object value) in part == 0 ? Keys : [])
                writer.Add(key, value);
            writer.Add("split.no", (ushort)part).Add("split.count", (ushort)count).Add("split.tensors.count", Tensors.Count);
            folder[$"tiny-{part + 1:d5}-of-{count:d5}.gguf"] = Written(writer, Tensors.Take((Tensors.Count * part / count)..(Tensors.Count * (part + 1) / count)));
        }
        return folder;
    }

    static byte[] Written(GgufWriter writer, IEnumerable<KeyValuePair<string, (uint Type, long[] Shape, byte[] Data)>> tensors)
    {
        foreach ((string name, (uint type, long[] shape, byte[] data)) in tensors)
            writer.Add(name, (TensorType)type, shape, data.Length, stream => stream.Write(data));
        MemoryStream stream = new();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Joins tensors, block by block of the given sizes in turn, under a new name at the place of the first.</summary>
    public void Fuse(string fused, long[] shape, params (string Name, int BlockFloats)[] parts)
    {
        MemoryStream data = new();
        byte[][] sources = [.. parts.Select(p => Tensors[p.Name].Data)];
        for (int at = 0; at * parts[0].BlockFloats * sizeof(float) < sources[0].Length; at++)
        {
            foreach ((byte[] source, (string _, int blockFloats)) in sources.Zip(parts))
                data.Write(source, at * blockFloats * sizeof(float), blockFloats * sizeof(float));
        }
        foreach ((string name, int _) in parts)
            Tensors.Remove(name);
        Tensors[fused] = (F32, shape, data.ToArray());
    }

    void Add(string name, params long[] shape)
    {
        byte[] data = new byte[shape.Aggregate(1L, (a, b) => a * b) * sizeof(float)];
        for (int i = 0; i < data.Length; i += sizeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i), (float)((_random.NextDouble() * 2) - 1));
        Tensors[name] = (F32, shape, data);
    }
}

/// <summary>A file that is gone after the test.</summary>
sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"chorale-{Guid.NewGuid():n}.gguf");

    public void Write(byte[] bytes) => File.WriteAllBytes(Path, bytes);

    public void Dispose() => File.Delete(Path);
}
