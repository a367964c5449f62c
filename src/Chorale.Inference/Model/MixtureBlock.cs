using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>
/// The second half of a layer: <c>x += sum over the chosen experts e of weight_e * (W2_e swiglu(W1_e norm(x) + b1_e) + b2_e)</c>.
/// </summary>
sealed class MixtureBlock(MixtureWeights weights, ModelConfig config, int layer)
{
    const int TokensAtATime = 16;

    // Shares of an expert's rows that keep threads level; each expert of a decoded token splits in a few.
    const int SharesOfAThread = 32;
    const int Tile = 32;

    readonly int _hidden = config.HiddenSize;
    readonly int _intermediate = config.IntermediateSize;
    readonly int _perToken = config.NumExpertsPerTok;
    readonly int _experts = config.NumLocalExperts;

    /// <summary>Adds to the residual stream what the chosen experts give.</summary>
    /// <param name="x">The residual stream, shape [tokens, hidden].</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="position">Of the first token, for the trace.</param>
    /// <param name="state">The batch's other activations.</param>
    public void AddTo(Span<float> x, int tokens, int position, ForwardState state)
    {
        MixtureState mixture = state.Mixture;
        Span<float> normed = state.Normed.Slice(0, tokens * _hidden);
        Span<float> routerLogits = mixture.RouterLogits.Slice(0, tokens * _experts);

        Rows.NormResidual(tokens, weights.Norm, config.RmsNormEps, state);
        MatMul.Run(weights.Router, weights.RouterBias, normed, tokens, routerLogits, state.Pool);
        Choose(routerLogits, tokens, mixture);
        mixture.Sort(tokens);
        Gather(normed, tokens, state);
        Activate(state);
        Project(state);
        state.Pool.RunIfWorth(tokens, TokensAtATime, (long)tokens * _perToken * _hidden, new CombineJob(this, state, tokens));
        state.Trace?.Mixed(layer, position, routerLogits, mixture.Chosen.AsSpan(0, tokens * _perToken), mixture.Weights.AsSpan(0, tokens * _perToken), x);
    }

    void Choose(ReadOnlySpan<float> routerLogits, int tokens, MixtureState mixture)
    {
        for (int token = 0; token < tokens; token++)
        {
            Router.SelectTopK(routerLogits.Slice(token * _experts, _experts), _perToken,
                mixture.Chosen.AsSpan(token * _perToken, _perToken), mixture.Weights.AsSpan(token * _perToken, _perToken));
        }
    }

    /// <summary>Copies each token's activations to its slots, in the forms that its experts take.</summary>
    void Gather(ReadOnlySpan<float> normed, int tokens, ForwardState state)
    {
        bool anyFloats = state.Mixture.GatheredBytes is null, anyBytes = false;
        if (!anyFloats)
        {
            foreach (int expert in state.Mixture.Active)
            {
                bool isFast = IsFast(expert, state.Mixture);
                anyFloats |= !isFast;
                anyBytes |= isFast;
            }
        }
        if (anyBytes)
            state.NormedBytes!.Set(normed, state.Pool);
        state.Pool.RunIfWorth(tokens, TokensAtATime, (long)tokens * _perToken * _hidden, new GatherJob(state, tokens * _hidden, anyFloats, anyBytes));
    }

    /// <summary>Whether an expert computes with activations in 8 bits.</summary>
    bool IsFast(int expert, MixtureState mixture)
    {
        ExpertWeights one = weights.Experts[expert];
        int count = mixture.SlotsOf(expert).Count;
        return mixture.GatheredBytes is not null && GatedMatMul.Takes(one.Gate, one.Up, count) && TileMatMul.Takes(one.Down, count);
    }

    /// <summary>Gate, up and the activation between, for all slots.</summary>
    void Activate(ForwardState state)
    {
        int rows = RowsAtATime(_intermediate, state);
        int shares = (_intermediate + rows - 1) / rows;
        long work = 2L * SlotCount(state) * _intermediate * _hidden;
        state.Pool.RunIfWorth(state.Mixture.ActiveCount * shares, 1, work, new ActivateJob(this, state.Mixture, rows, shares));
    }

    /// <summary>Back to the residual stream's width, for all slots.</summary>
    void Project(ForwardState state)
    {
        int rows = RowsAtATime(_hidden, state);
        int shares = (_hidden + rows - 1) / rows;
        long work = (long)SlotCount(state) * _intermediate * _hidden;
        state.Pool.RunIfWorth(state.Mixture.ActiveCount * shares, 1, work, new ProjectJob(this, state.Mixture, rows, shares));
    }

    static int SlotCount(ForwardState state)
    {
        int count = 0;
        foreach (int expert in state.Mixture.Active)
            count += state.Mixture.SlotsOf(expert).Count;
        return count;
    }

    static int RowsAtATime(int rows, ForwardState state)
    {
        int shares = Math.Max(1, state.Pool.Threads * SharesOfAThread / state.Mixture.ActiveCount);
        return Math.Clamp((rows / shares + Tile - 1) / Tile * Tile, Tile, Math.Max(rows, Tile));
    }

    /// <summary>An item is a share of the rows of one expert's gate and up.</summary>
    readonly struct ActivateJob(MixtureBlock block, MixtureState mixture, int rows, int shares) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int item = start; item < end; item++)
                RunOne(mixture.Active[item / shares], item % shares * rows);
        }

        void RunOne(int index, int firstRow)
        {
            ExpertWeights expert = block.Weights.Experts[index];
            (int first, int count) = mixture.SlotsOf(index);
            int hidden = expert.Gate.Columns, width = expert.Gate.Rows, lastRow = Math.Min(firstRow + rows, width);
            if (block.IsFast(index, mixture))
            {
                GatedMatMul.RunRows(expert.Gate, expert.GateBias, expert.Up, expert.UpBias, mixture.GatheredBytes!, first, count, block.Limit, firstRow, lastRow, mixture.ActivatedBytes!);
                return;
            }
            ReadOnlySpan<float> x = mixture.Gathered.Slice((long)first * hidden, count * hidden);
            Span<float> gate = mixture.Gate.Slice((long)first * width, count * width), up = mixture.Up.Slice((long)first * width, count * width);

            MatMul.RunRows(expert.Gate, expert.GateBias, x, count, gate, width, firstRow, lastRow);
            MatMul.RunRows(expert.Up, expert.UpBias, x, count, up, width, firstRow, lastRow);
            for (int slot = 0; slot < count; slot++)
            {
                Range share = ((slot * width) + firstRow)..((slot * width) + lastRow);
                SwiGlu.Run(gate[share], up[share], SwiGlu.Alpha, block.Limit, gate[share]);
            }
        }
    }

    /// <summary>An item is a share of the rows of one expert's down.</summary>
    readonly struct ProjectJob(MixtureBlock block, MixtureState mixture, int rows, int shares) : IRangeJob
    {
        public void Run(int start, int end)
        {
            for (int item = start; item < end; item++)
                RunOne(mixture.Active[item / shares], item % shares * rows);
        }

        void RunOne(int index, int firstRow)
        {
            ExpertWeights expert = block.Weights.Experts[index];
            (int first, int count) = mixture.SlotsOf(index);
            int width = expert.Down.Columns, hidden = expert.Down.Rows, lastRow = Math.Min(firstRow + rows, hidden);
            Span<float> result = mixture.Result.Slice((long)first * hidden, count * hidden);
            if (block.IsFast(index, mixture))
                TileMatMul.RunRows(expert.Down, expert.DownBias, mixture.ActivatedBytes!, first, count, result, hidden, firstRow, lastRow);
            else
                MatMul.RunRows(expert.Down, expert.DownBias, mixture.Gate.Slice((long)first * width, count * width), count, result, hidden, firstRow, lastRow);
        }
    }

    /// <summary>An item is a token whose activations go to its slots.</summary>
    readonly struct GatherJob(ForwardState state, int length, bool floats, bool bytes) : IRangeJob
    {
        public void Run(int start, int end)
        {
            if (floats)
                state.Mixture.Gather(state.Normed.Slice(0, length), start, end);
            if (bytes)
                state.Mixture.Gather(state.NormedBytes!, start, end);
        }
    }

    /// <summary>An item is a token that adds the results of its experts, best expert first, whatever the batch.</summary>
    readonly struct CombineJob(MixtureBlock block, ForwardState state, int tokens) : IRangeJob
    {
        public void Run(int start, int end)
        {
            int hidden = block._hidden, perToken = block._perToken;
            MixtureState mixture = state.Mixture;
            Span<float> x = state.Residual.Slice(0, tokens * hidden);
            for (int token = start; token < end; token++)
            {
                for (int rank = 0; rank < perToken; rank++)
                {
                    VectorMath.AddScaled(mixture.Weights[(token * perToken) + rank],
                        mixture.Result.Slice((long)mixture.SlotOf(token, rank) * hidden, hidden), x.Slice(token * hidden, hidden));
                }
            }
        }
    }

    MixtureWeights Weights => weights;

    float Limit => config.SwigluLimit;
}
