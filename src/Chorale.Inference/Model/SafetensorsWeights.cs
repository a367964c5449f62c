using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>Finds the tensors of a gpt-oss checkpoint of safetensors by name and checks their shapes and types.</summary>
/// <remarks>Of the experts' first matrix and its bias, row 2i is the gate's row i, and row 2i + 1 the up matrix's.</remarks>
sealed class SafetensorsWeights
{
    readonly Checkpoint _checkpoint;
    readonly ModelConfig _config;
    readonly SafetensorsNames _names;
    readonly long _hidden, _intermediate, _experts, _queryRows, _keyRows;

    SafetensorsWeights(Checkpoint checkpoint, ModelConfig config)
    {
        (_checkpoint, _config) = (checkpoint, config);
        _names = checkpoint.Layout == CheckpointLayout.OpenAI ? SafetensorsNames.OpenAI : SafetensorsNames.HuggingFace;
        (_hidden, _intermediate, _experts) = (config.HiddenSize, config.IntermediateSize, config.NumLocalExperts);
        (_queryRows, _keyRows) = ((long)config.NumAttentionHeads * config.HeadDim, (long)config.NumKeyValueHeads * config.HeadDim);
    }

    public static CheckpointWeights Read(Checkpoint checkpoint, ModelConfig config)
    {
        SafetensorsWeights reader = new(checkpoint, config);
        MatrixSource embedding = checkpoint.Matrix(reader._names.Embedding, config.VocabSize, config.HiddenSize);
        bool isTied = checkpoint.Layout == CheckpointLayout.HuggingFace && HuggingFaceConfig.TiesWordEmbeddings(checkpoint.Metadata);
        // The tensors are looked up one layer after the other, so a count too high fails on the first layer that is not there.
        List<CheckpointLayer> layers = [];
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
            layers.Add(reader.ReadLayer($"{reader._names.Layer}{layer}."));
        return new()
        {
            Embedding = embedding,
            Layers = [.. layers],
            FinalNorm = checkpoint.Vector(reader._names.FinalNorm, config.HiddenSize),
            Unembedding = isTied ? embedding : checkpoint.Matrix(reader._names.Unembedding, config.VocabSize, config.HiddenSize),
        };
    }

    CheckpointLayer ReadLayer(string prefix)
    {
        (MatrixSource query, MatrixSource key, MatrixSource value) = ReadQueryKeyValue(prefix);
        (float[] queryBias, float[] keyBias, float[] valueBias) = ReadQueryKeyValueBias(prefix);
        return new()
        {
            AttentionNorm = _checkpoint.Vector(prefix + _names.AttentionNorm, _hidden),
            Query = query,
            QueryBias = queryBias,
            Key = key,
            KeyBias = keyBias,
            Value = value,
            ValueBias = valueBias,
            Sinks = _checkpoint.Vector(prefix + _names.Sinks, _config.NumAttentionHeads),
            Output = _checkpoint.Matrix($"{prefix}{_names.Output}.weight", _hidden, _queryRows),
            OutputBias = _checkpoint.Vector($"{prefix}{_names.Output}.bias", _hidden),
            MixtureNorm = _checkpoint.Vector(prefix + _names.MixtureNorm, _hidden),
            Router = _checkpoint.Matrix($"{prefix}{_names.Router}.weight", _experts, _hidden),
            RouterBias = _checkpoint.Vector($"{prefix}{_names.Router}.bias", _experts),
            Experts = ReadExperts(prefix),
        };
    }

    (MatrixSource Query, MatrixSource Key, MatrixSource Value) ReadQueryKeyValue(string prefix)
    {
        if (_names.FusedQueryKeyValue is not { } fused)
        {
            return (_checkpoint.Matrix($"{prefix}{_names.Query}.weight", _queryRows, _hidden),
                _checkpoint.Matrix($"{prefix}{_names.Key}.weight", _keyRows, _hidden),
                _checkpoint.Matrix($"{prefix}{_names.Value}.weight", _keyRows, _hidden));
        }
        MatrixSource all = _checkpoint.Matrix($"{prefix}{fused}.weight", _queryRows + (2 * _keyRows), _hidden);
        int queryRows = (int)_queryRows, keyRows = (int)_keyRows;
        return (all.Slice(0, queryRows), all.Slice(queryRows, keyRows), all.Slice(queryRows + keyRows, keyRows));
    }

    (float[] Query, float[] Key, float[] Value) ReadQueryKeyValueBias(string prefix)
    {
        if (_names.FusedQueryKeyValue is not { } fused)
        {
            return (_checkpoint.Vector($"{prefix}{_names.Query}.bias", _queryRows),
                _checkpoint.Vector($"{prefix}{_names.Key}.bias", _keyRows),
                _checkpoint.Vector($"{prefix}{_names.Value}.bias", _keyRows));
        }
        float[] all = _checkpoint.Vector($"{prefix}{fused}.bias", _queryRows + (2 * _keyRows));
        int queryRows = (int)_queryRows, keyRows = (int)_keyRows;
        return (all[..queryRows], all[queryRows..(queryRows + keyRows)], all[(queryRows + keyRows)..]);
    }

    CheckpointExpert[] ReadExperts(string prefix)
    {
        string gateUp = prefix + _names.GateUp, down = prefix + _names.Down;
        ExpertBlocks first = FindBlocks(gateUp, 2 * _intermediate, _hidden), second = FindBlocks(down, _hidden, _intermediate);
        float[] firstBias = _checkpoint.Vector(gateUp + _names.Bias, _experts, 2 * _intermediate);
        float[] secondBias = _checkpoint.Vector(down + _names.Bias, _experts, _hidden);

        int hidden = (int)_hidden, inner = (int)_intermediate;
        CheckpointExpert[] experts = new CheckpointExpert[_experts];
        for (int e = 0; e < experts.Length; e++)
        {
            ReadOnlySpan<float> bias = firstBias.AsSpan(e * 2 * inner, 2 * inner);
            experts[e] = new()
            {
                Gate = first.Rows(e * 2 * inner, step: 2, inner),
                GateBias = EverySecond(bias),
                Up = first.Rows((e * 2 * inner) + 1, step: 2, inner),
                UpBias = EverySecond(bias[1..]),
                Down = second.Rows(e * hidden, step: 1, hidden),
                DownBias = secondBias.AsSpan(e * hidden, hidden).ToArray(),
            };
        }
        return experts;
    }

    /// <summary>All experts' rows of a matrix, one expert after the other.</summary>
    readonly record struct ExpertBlocks(InterleavedMxfp4.Tensor Blocks, InterleavedMxfp4.Tensor Scales, int Columns)
    {
        public InterleavedMxfp4 Rows(int first, int step, int count) => new InterleavedMxfp4(Blocks, Scales, first, step, count, Columns);
    }

    ExpertBlocks FindBlocks(string name, long rows, long columns)
    {
        long blocksOfRow = (columns + Mxfp4.BlockLength - 1) / Mxfp4.BlockLength;
        TensorInfo blocks = RequireBytes(name + _names.Blocks, _experts, rows, blocksOfRow, Mxfp4.BlockLength / 2);
        TensorInfo scales = RequireBytes(name + _names.Scales, _experts, rows, blocksOfRow);
        if (columns % Mxfp4.BlockLength != 0)
            throw _checkpoint.Error(blocks, $"found rows of {columns} elements, expected a multiple of {Mxfp4.BlockLength} for MXFP4.");
        (_, int width) = _checkpoint.RowsAndColumns(scales, columns);
        return new(new(_checkpoint.FileOf(blocks), blocks.Offset), new(_checkpoint.FileOf(scales), scales.Offset), width);
    }

    TensorInfo RequireBytes(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = _checkpoint.Require(name, shape);
        return tensor.Type == TensorType.U8 ? tensor : throw _checkpoint.Error(tensor, $"found type {tensor.Type}, expected U8.");
    }

    static float[] EverySecond(ReadOnlySpan<float> numbers)
    {
        float[] result = new float[(numbers.Length + 1) / 2];
        for (int i = 0; i < result.Length; i++)
            result[i] = numbers[2 * i];
        return result;
    }
}
