using System.Reflection;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>
/// A gpt-oss model without its weights: the tensors of the published file by name, order, type and shape, its keys and its vocabulary, and
/// random numbers. What it says is noise; what it costs is what the real one costs.
/// </summary>
sealed class SyntheticModel
{
    readonly SyntheticShape _shape;
    readonly RandomWeights _weights;
    readonly GgufWriter _writer = new();
    readonly List<TensorInfo> _tensors = [];

    /// <summary>Lists its tensors; numbers are made when they are written.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="written">Told of each stretch of bytes of tensors that has been written.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public SyntheticModel(SyntheticShape shape, Action<long>? written = null, CancellationToken cancellationToken = default)
    {
        (_shape, _weights) = (shape, new(written, cancellationToken));
        AddTensors();
    }

    /// <summary>The tensors in the order of the file; offsets count from the first.</summary>
    public IReadOnlyList<TensorInfo> Tensors => _tensors;

    /// <summary>Bytes of the tensors; the head comes on top: 13 MB with the whole vocabulary.</summary>
    public long TensorByteCount => _writer.TensorByteCount;

    /// <summary>Writes the file, once.</summary>
    public void WriteTo(Stream stream)
    {
        AddKeys();
        _writer.WriteTo(stream);
    }

    void AddKeys()
    {
        VocabularyLists vocabulary = _shape.Vocabulary();
        int special = vocabulary.TokenTypes.ToList().IndexOf(3);
        _writer
            .Add("general.architecture", "gpt-oss")
            .Add("general.type", "model")
            .Add("general.name", $"{_shape.Name} with random weights")
            .Add("general.basename", "gpt-oss")
            .Add("general.size_label", _shape.SizeLabel)
            .Add("general.license", "apache-2.0")
            .Add("gpt-oss.block_count", (uint)_shape.Layers)
            .Add("gpt-oss.context_length", (uint)_shape.Context)
            .Add("gpt-oss.embedding_length", (uint)_shape.Hidden)
            .Add("gpt-oss.feed_forward_length", (uint)_shape.Intermediate)
            .Add("gpt-oss.attention.head_count", (uint)_shape.Heads)
            .Add("gpt-oss.attention.head_count_kv", (uint)_shape.KvHeads)
            .Add("gpt-oss.rope.freq_base", 150_000f)
            .Add("gpt-oss.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("gpt-oss.expert_count", (uint)_shape.Experts)
            .Add("gpt-oss.expert_used_count", (uint)_shape.ExpertsPerToken)
            .Add("gpt-oss.attention.key_length", (uint)_shape.HeadDim)
            .Add("gpt-oss.attention.value_length", (uint)_shape.HeadDim)
            .Add("general.file_type", 38u)                                     // mostly MXFP4 in the experts
            .Add("gpt-oss.attention.sliding_window", (uint)_shape.Window)
            .Add("gpt-oss.expert_feed_forward_length", (uint)_shape.Intermediate)
            .Add("gpt-oss.rope.scaling.type", "yarn")
            .Add("gpt-oss.rope.scaling.factor", 32f)
            .Add("gpt-oss.rope.scaling.original_context_length", 4096u)
            .Add("tokenizer.ggml.model", vocabulary.Model)
            .Add("tokenizer.ggml.pre", vocabulary.Pre)
            .Add("tokenizer.ggml.tokens", vocabulary.Tokens)
            .Add("tokenizer.ggml.token_type", vocabulary.TokenTypes)
            .Add("tokenizer.ggml.merges", vocabulary.Merges)
            .Add("tokenizer.ggml.bos_token_id", (uint)special)                 // <|startoftext|>, <|return|>, <|endoftext|>
            .Add("tokenizer.ggml.eos_token_id", (uint)special + 4)
            .Add("tokenizer.ggml.padding_token_id", (uint)special + 1)
            .Add("tokenizer.chat_template", ChatTemplate())
            .Add("general.quantization_version", 2u);
    }

    void AddTensors()
    {
        Matrix("token_embd.weight", TensorType.Q8_0, 1, _shape.VocabularySize, _shape.Hidden);
        Vector("output_norm.weight", 1, _shape.Hidden);
        Matrix("output.weight", TensorType.Q8_0, 2.5 / Math.Sqrt(_shape.Hidden), _shape.VocabularySize, _shape.Hidden);
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            AddAttention($"blk.{layer}.");
            AddMixture($"blk.{layer}.");
        }
    }

    void AddAttention(string prefix)
    {
        int hidden = _shape.Hidden, queries = _shape.Heads * _shape.HeadDim, keys = _shape.KvHeads * _shape.HeadDim;
        Vector(prefix + "attn_norm.weight", 1, hidden);
        Projection(prefix + "attn_q", TensorType.Q8_0, queries, hidden);
        Projection(prefix + "attn_k", TensorType.Q8_0, keys, hidden);
        Projection(prefix + "attn_v", TensorType.Q8_0, keys, hidden);
        Projection(prefix + "attn_output", TensorType.Q8_0, hidden, queries);
        Vector(prefix + "attn_sinks.weight", 0, _shape.Heads);
    }

    void AddMixture(string prefix)
    {
        int hidden = _shape.Hidden, intermediate = _shape.Intermediate, experts = _shape.Experts;
        Vector(prefix + "post_attention_norm.weight", 1, hidden);
        Projection(prefix + "ffn_gate_inp", TensorType.F32, experts, hidden);
        Matrix(prefix + "ffn_gate_exps.weight", TensorType.Mxfp4, 1 / Math.Sqrt(hidden), experts, intermediate, hidden);
        Matrix(prefix + "ffn_up_exps.weight", TensorType.Mxfp4, 1 / Math.Sqrt(hidden), experts, intermediate, hidden);
        Vector(prefix + "ffn_gate_exps.bias", 0, experts, intermediate);
        Vector(prefix + "ffn_up_exps.bias", 0, experts, intermediate);
        Matrix(prefix + "ffn_down_exps.weight", TensorType.Mxfp4, 1 / Math.Sqrt(intermediate), experts, hidden, intermediate);
        Vector(prefix + "ffn_down_exps.bias", 0, experts, hidden);
    }

    /// <summary>A matrix that takes numbers that deviate by 1 to such numbers, and a small bias.</summary>
    void Projection(string name, TensorType type, int rows, int columns)
    {
        Matrix(name + ".weight", type, 1 / Math.Sqrt(columns), rows, columns);
        Vector(name + ".bias", 0, rows);
    }

    void Matrix(string name, TensorType type, double deviation, params long[] shape) => Add(name, type, 0, deviation, shape);

    void Vector(string name, float mean, params long[] shape) => Add(name, TensorType.F32, mean, 0.05, shape);

    void Add(string name, TensorType type, float mean, double deviation, long[] shape)
    {
        int index = _tensors.Count;
        TensorInfo tensor = new(name, type, shape, _writer.TensorByteCount, RandomWeights.ByteCount(type, shape));
        _tensors.Add(tensor);
        _writer.Add(name, type, shape, tensor.ByteCount, stream => _weights.Write(stream, type, mean, deviation, tensor.ByteCount, index));
    }

    static string ChatTemplate()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Chorale.Cli.gpt-oss.jinja")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
