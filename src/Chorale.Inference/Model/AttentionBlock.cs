using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The first half of a layer: <c>x += W_o attention(norm(x)) + b_o</c>.</summary>
sealed class AttentionBlock(AttentionWeights weights, ModelConfig config, int layer)
{
    const int TurnedAtATime = 8;
    const int RowWork = 4;    // turning and storing a number costs as much as so many multiply-adds

    readonly int _hidden = config.HiddenSize;
    readonly int _queryRows = weights.Query.Rows;
    readonly int _keyRows = weights.Key.Rows;
    readonly int _window = ModelConfig.IsSliding(layer) ? config.SlidingWindow : 0;

    /// <summary>Adds to the residual stream what attention gives, and stores the keys and values of the batch.</summary>
    /// <param name="x">The residual stream of the state, shape [tokens, hidden].</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="state">The batch's sequences, with room reserved in their caches, and its other activations.</param>
    public void AddTo(Span<float> x, int tokens, ForwardState state)
    {
        Span<float> query = state.Query.Slice(0, tokens * _queryRows);
        Span<float> attended = state.Attended.Slice(0, tokens * _queryRows);
        Span<float> delta = state.Delta.Slice(0, tokens * _hidden);

        Rows.NormResidual(tokens, weights.Norm, config.RmsNormEps, state);
        Project(tokens, state);
        TurnAndStore(tokens, state);
        Attention.Run(query, state.Attention, weights.Sinks, _window, attended, state.Pool);
        Product.Run(weights.Output, weights.OutputBias, attended, state.AttendedBytes, tokens, delta, state.Pool);
        Rows.AddDelta(tokens, _hidden, state);
        state.Trace?.Attended(layer, state.FirstPosition, query, state.Sequences[0].Cache[layer], weights.Sinks, _window, x);
    }

    /// <summary>Queries, keys and values, as one loop over the rows of all three matrices.</summary>
    void Project(int tokens, ForwardState state)
    {
        int rows = _queryRows + (2 * _keyRows);
        if (TileMatMul.Takes(weights.Query, tokens) || TileMatMul.Takes(weights.Key, tokens) || TileMatMul.Takes(weights.Value, tokens))
            state.NormedBytes?.Set(state.Normed.Slice(0, tokens * _hidden), state.Pool);
        state.Pool.RunIfWorth(rows, RowsAtATime(rows, state), (long)rows * _hidden * tokens, new ProjectJob(weights, state, tokens));
    }

    /// <summary>A share of rows that begins with a tile in each of the three matrices, where they lie in tiles.</summary>
    static int RowsAtATime(int rows, ForwardState state) =>
        state.NormedBytes is null ? MatMul.RowsAtATime(rows, state.Pool.Threads) : TileMatMul.RowsAtATime(rows, state.Pool.Threads);

    /// <summary>Turns queries and keys by their positions, and stores keys and values.</summary>
    void TurnAndStore(int tokens, ForwardState state)
    {
        state.Attention.Clear();
        foreach (SequenceSpan sequence in state.Sequences)
            state.Attention.Add(sequence.Cache[layer], sequence.Cache.Position, sequence.Count);
        state.Pool.RunIfWorth(tokens, TurnedAtATime, (long)tokens * (_queryRows + (2 * _keyRows)) * RowWork, new TurnAndStoreJob(state, _queryRows, _keyRows, config.HeadDim));
    }

    /// <summary>An item is a row of the three matrices one below the other.</summary>
    readonly struct ProjectJob(AttentionWeights weights, ForwardState state, int tokens) : IRangeJob
    {
        public void Run(int start, int end)
        {
            int queryRows = weights.Query.Rows, keyRows = weights.Key.Rows;
            Part(weights.Query, weights.QueryBias, state.Query, start, end);
            Part(weights.Key, weights.KeyBias, state.Key, start - queryRows, end - queryRows);
            Part(weights.Value, weights.ValueBias, state.Value, start - queryRows - keyRows, end - queryRows - keyRows);
        }

        void Part(WeightMatrix matrix, float[] bias, NativeBuffer<float> y, int start, int end)
        {
            start = Math.Max(start, 0);
            end = Math.Min(end, matrix.Rows);
            if (start < end)
                Product.RunRows(matrix, bias, state.Normed.Slice(0, tokens * matrix.Columns), state.NormedBytes, tokens, y.Slice(0, tokens * matrix.Rows), start, end);
        }
    }

    /// <summary>An item is a row of the batch.</summary>
    readonly struct TurnAndStoreJob(ForwardState state, int queryRows, int keyRows, int headDim) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int row = start; row < end; row++)
            {
                AttentionSpan sequence = state.Attention.SpanOf(row);
                ReadOnlySpan<float> cos = Row(state.Cos, row, headDim / 2), sin = Row(state.Sin, row, headDim / 2);
                Span<float> key = Row(state.Key, row, keyRows);
                RotaryEmbedding.Apply(Row(state.Query, row, queryRows), cos, sin);
                RotaryEmbedding.Apply(key, cos, sin);
                sequence.Cache.Store(sequence.Position + row - sequence.Start, key, Row(state.Value, row, keyRows));
            }
        }

        static Span<float> Row(NativeBuffer<float> rows, int row, int columns) => rows.Slice((long)row * columns, columns);
    }
}
