namespace Chorale.Inference;

/// <summary>Finds the tensors of a gpt-oss GGUF file by name and checks their shapes.</summary>
/// <remarks>Accepts the fused forms too: <c>attn_qkv</c> (rows of q, then k, then v) and <c>ffn_gate_up_exps</c> (rows of gate, then up).</remarks>
sealed class GgufWeights
{
    readonly Checkpoint _checkpoint;
    readonly ModelConfig _config;
    readonly long _hidden, _intermediate, _experts, _queryRows, _keyRows;

    GgufWeights(Checkpoint checkpoint, ModelConfig config)
    {
        (_checkpoint, _config) = (checkpoint, config);
        (_hidden, _intermediate, _experts) = (config.HiddenSize, config.IntermediateSize, config.NumLocalExperts);
        (_queryRows, _keyRows) = ((long)config.NumAttentionHeads * config.HeadDim, (long)config.NumKeyValueHeads * config.HeadDim);
    }

    public static CheckpointWeights Read(Checkpoint checkpoint, ModelConfig config)
    {
        GgufWeights reader = new(checkpoint, config);
        // The tensors are looked up one layer after the other, so a count too high fails on the first layer that is not there.
        List<CheckpointLayer> layers = [];
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
            layers.Add(reader.ReadLayer($"blk.{layer}."));
        return new()
        {
            Embedding = checkpoint.Matrix("token_embd.weight", config.VocabSize, config.HiddenSize),
            Layers = [.. layers],
            FinalNorm = checkpoint.Vector("output_norm.weight", config.HiddenSize),
            Unembedding = checkpoint.Matrix("output.weight", config.VocabSize, config.HiddenSize),
        };
    }

    CheckpointLayer ReadLayer(string prefix)
    {
        (MatrixSource query, MatrixSource key, MatrixSource value) = ReadQueryKeyValue(prefix);
        (float[] queryBias, float[] keyBias, float[] valueBias) = ReadQueryKeyValueBias(prefix);
        return new()
        {
            AttentionNorm = _checkpoint.Vector(prefix + "attn_norm.weight", _hidden),
            Query = query,
            QueryBias = queryBias,
            Key = key,
            KeyBias = keyBias,
            Value = value,
            ValueBias = valueBias,
            Sinks = _checkpoint.Vector(prefix + "attn_sinks.weight", _config.NumAttentionHeads),
            Output = _checkpoint.Matrix(prefix + "attn_output.weight", _hidden, _queryRows),
            OutputBias = _checkpoint.Vector(prefix + "attn_output.bias", _hidden),
            MixtureNorm = _checkpoint.Vector(prefix + "post_attention_norm.weight", _hidden),
            Router = _checkpoint.Matrix(prefix + "ffn_gate_inp.weight", _experts, _hidden),
            RouterBias = _checkpoint.Vector(prefix + "ffn_gate_inp.bias", _experts),
            Experts = ReadExperts(prefix),
        };
    }

    (MatrixSource Query, MatrixSource Key, MatrixSource Value) ReadQueryKeyValue(string prefix)
    {
        string fused = prefix + "attn_qkv.weight";
        if (_checkpoint.Find(fused) is null)
        {
            return (_checkpoint.Matrix(prefix + "attn_q.weight", _queryRows, _hidden),
                _checkpoint.Matrix(prefix + "attn_k.weight", _keyRows, _hidden),
                _checkpoint.Matrix(prefix + "attn_v.weight", _keyRows, _hidden));
        }
        MatrixSource all = _checkpoint.Matrix(fused, _queryRows + (2 * _keyRows), _hidden);
        int queryRows = (int)_queryRows, keyRows = (int)_keyRows;
        return (all.Slice(0, queryRows), all.Slice(queryRows, keyRows), all.Slice(queryRows + keyRows, keyRows));
    }

    (float[] Query, float[] Key, float[] Value) ReadQueryKeyValueBias(string prefix)
    {
        string fused = prefix + "attn_qkv.bias";
        if (_checkpoint.Find(fused) is null)
            return (_checkpoint.Vector(prefix + "attn_q.bias", _queryRows), _checkpoint.Vector(prefix + "attn_k.bias", _keyRows), _checkpoint.Vector(prefix + "attn_v.bias", _keyRows));
        float[] all = _checkpoint.Vector(fused, _queryRows + (2 * _keyRows));
        int queryRows = (int)_queryRows, keyRows = (int)_keyRows;
        return (all[..queryRows], all[queryRows..(queryRows + keyRows)], all[(queryRows + keyRows)..]);
    }

    CheckpointExpert[] ReadExperts(string prefix)
    {
        bool isFused = _checkpoint.Find(prefix + "ffn_gate_up_exps.weight") is not null;
        string gateName = isFused ? "ffn_gate_up_exps" : "ffn_gate_exps", upName = isFused ? gateName : "ffn_up_exps";
        long rows = isFused ? 2 * _intermediate : _intermediate;

        // A matrix of an expert after the other, as rows of one matrix.
        MatrixSource gate = _checkpoint.Matrix(prefix + gateName + ".weight", _experts, rows, _hidden);
        MatrixSource up = _checkpoint.Matrix(prefix + upName + ".weight", _experts, rows, _hidden);
        MatrixSource down = _checkpoint.Matrix(prefix + "ffn_down_exps.weight", _experts, _hidden, _intermediate);
        float[] gateBias = _checkpoint.Vector(prefix + gateName + ".bias", _experts, rows);
        float[] upBias = isFused ? gateBias : _checkpoint.Vector(prefix + upName + ".bias", _experts, rows);
        float[] downBias = _checkpoint.Vector(prefix + "ffn_down_exps.bias", _experts, _hidden);

        int hidden = (int)_hidden, inner = (int)_intermediate, gateRows = (int)rows, firstUpRow = gateRows - inner;
        CheckpointExpert[] experts = new CheckpointExpert[_experts];
        for (int e = 0; e < experts.Length; e++)
        {
            experts[e] = new()
            {
                Gate = gate.Slice(e * gateRows, inner),
                GateBias = gateBias.AsSpan(e * gateRows, inner).ToArray(),
                Up = up.Slice((e * gateRows) + firstUpRow, inner),
                UpBias = upBias.AsSpan((e * gateRows) + firstUpRow, inner).ToArray(),
                Down = down.Slice(e * hidden, hidden),
                DownBias = downBias.AsSpan(e * hidden, hidden).ToArray(),
            };
        }
        return experts;
    }
}
