namespace Chorale.Inference;

/// <summary>Finds the tensors of a gpt-oss GGUF file by name and checks their shapes.</summary>
/// <remarks>Accepts the fused forms too: <c>attn_qkv</c> (rows of q, then k, then v) and <c>ffn_gate_up_exps</c> (rows of gate, then up).</remarks>
sealed class GgufWeights
{
    readonly GgufFile _file;
    readonly ModelConfig _config;
    readonly int _hidden, _intermediate, _experts, _queryRows, _keyRows;

    GgufWeights(GgufFile file, ModelConfig config)
    {
        (_file, _config) = (file, config);
        (_hidden, _intermediate, _experts) = (config.HiddenSize, config.IntermediateSize, config.NumLocalExperts);
        long queryRows = (long)config.NumAttentionHeads * config.HeadDim;
        if (queryRows > int.MaxValue / 4)
            throw new CheckpointFormatException(file.Path, "key 'gpt-oss.attention.head_count'", $"found {config.NumAttentionHeads} heads of {config.HeadDim}, which no file holds.");
        (_queryRows, _keyRows) = ((int)queryRows, config.NumKeyValueHeads * config.HeadDim);
    }

    public static CheckpointWeights Read(GgufFile file, ModelConfig config)
    {
        GgufWeights reader = new(file, config);
        // The tensors are looked up one layer after the other, so a count too high fails on the first layer that is not there.
        List<CheckpointLayer> layers = [];
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
            layers.Add(reader.ReadLayer($"blk.{layer}."));
        return new()
        {
            Embedding = reader.Matrix("token_embd.weight", config.VocabSize, config.HiddenSize),
            Layers = [.. layers],
            FinalNorm = reader.Vector("output_norm.weight", config.HiddenSize),
            Unembedding = reader.Matrix("output.weight", config.VocabSize, config.HiddenSize),
        };
    }

    CheckpointLayer ReadLayer(string prefix)
    {
        (MatrixSource query, MatrixSource key, MatrixSource value) = ReadQueryKeyValue(prefix);
        (float[] queryBias, float[] keyBias, float[] valueBias) = ReadQueryKeyValueBias(prefix);
        return new()
        {
            AttentionNorm = Vector(prefix + "attn_norm.weight", _hidden),
            Query = query,
            QueryBias = queryBias,
            Key = key,
            KeyBias = keyBias,
            Value = value,
            ValueBias = valueBias,
            Sinks = Vector(prefix + "attn_sinks.weight", _config.NumAttentionHeads),
            Output = Matrix(prefix + "attn_output.weight", _hidden, _queryRows),
            OutputBias = Vector(prefix + "attn_output.bias", _hidden),
            MixtureNorm = Vector(prefix + "post_attention_norm.weight", _hidden),
            Router = Matrix(prefix + "ffn_gate_inp.weight", _experts, _hidden),
            RouterBias = Vector(prefix + "ffn_gate_inp.bias", _experts),
            Experts = ReadExperts(prefix),
        };
    }

    (MatrixSource Query, MatrixSource Key, MatrixSource Value) ReadQueryKeyValue(string prefix)
    {
        string fused = prefix + "attn_qkv.weight";
        if (_file.Find(fused) is null)
        {
            return (Matrix(prefix + "attn_q.weight", _queryRows, _hidden),
                Matrix(prefix + "attn_k.weight", _keyRows, _hidden),
                Matrix(prefix + "attn_v.weight", _keyRows, _hidden));
        }
        MatrixSource all = Matrix(fused, _queryRows + (2 * _keyRows), _hidden);
        return (all.Slice(0, _queryRows), all.Slice(_queryRows, _keyRows), all.Slice(_queryRows + _keyRows, _keyRows));
    }

    (float[] Query, float[] Key, float[] Value) ReadQueryKeyValueBias(string prefix)
    {
        string fused = prefix + "attn_qkv.bias";
        if (_file.Find(fused) is null)
            return (Vector(prefix + "attn_q.bias", _queryRows), Vector(prefix + "attn_k.bias", _keyRows), Vector(prefix + "attn_v.bias", _keyRows));
        float[] all = Vector(fused, _queryRows + (2 * _keyRows));
        return (all[.._queryRows], all[_queryRows..(_queryRows + _keyRows)], all[(_queryRows + _keyRows)..]);
    }

    CheckpointExpert[] ReadExperts(string prefix)
    {
        bool isFused = _file.Find(prefix + "ffn_gate_up_exps.weight") is not null;
        string gateName = isFused ? "ffn_gate_up_exps" : "ffn_gate_exps", upName = isFused ? gateName : "ffn_up_exps";
        int gateRows = isFused ? 2 * _intermediate : _intermediate, firstUpRow = gateRows - _intermediate;

        MatrixSource gate = Stack(prefix + gateName + ".weight", gateRows, _hidden);
        MatrixSource up = Stack(prefix + upName + ".weight", gateRows, _hidden);
        MatrixSource down = Stack(prefix + "ffn_down_exps.weight", _hidden, _intermediate);
        float[] gateBias = Vector(prefix + gateName + ".bias", _experts, gateRows);
        float[] upBias = isFused ? gateBias : Vector(prefix + upName + ".bias", _experts, gateRows);
        float[] downBias = Vector(prefix + "ffn_down_exps.bias", _experts, _hidden);

        CheckpointExpert[] experts = new CheckpointExpert[_experts];
        for (int e = 0; e < experts.Length; e++)
        {
            experts[e] = new()
            {
                Gate = gate.Slice(e * gateRows, _intermediate),
                GateBias = gateBias.AsSpan(e * gateRows, _intermediate).ToArray(),
                Up = up.Slice((e * gateRows) + firstUpRow, _intermediate),
                UpBias = upBias.AsSpan((e * gateRows) + firstUpRow, _intermediate).ToArray(),
                Down = down.Slice(e * _hidden, _hidden),
                DownBias = downBias.AsSpan(e * _hidden, _hidden).ToArray(),
            };
        }
        return experts;
    }

    /// <summary>A matrix of an expert after the other, as rows of one matrix.</summary>
    MatrixSource Stack(string name, int rows, int columns) => _file.Matrix(Require(name, _experts, rows, columns));

    MatrixSource Matrix(string name, int rows, int columns) => _file.Matrix(Require(name, rows, columns));

    /// <summary>Norms, biases and sinks: few numbers, copied as float32.</summary>
    float[] Vector(string name, params ReadOnlySpan<long> shape) => _file.Floats(Require(name, shape));

    TensorInfo Require(string name, params ReadOnlySpan<long> shape)
    {
        string expected = $"[{string.Join(", ", shape.ToArray())}]";
        TensorInfo tensor = _file.Find(name) ?? throw new CheckpointFormatException(_file.Path, $"tensor '{name}'", $"missing, expected shape {expected}.");
        return tensor.Shape.SequenceEqual(shape.ToArray()) ? tensor
            : throw _file.Error(tensor, $"found shape [{string.Join(", ", tensor.Shape)}], expected {expected}.");
    }
}
