using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>Row-wise work on a batch, and the rule when to share work among threads.</summary>
static class Rows
{
    const int AtATime = 8;

    // Memory sets the pace of row-wise work: a number costs as much as so many multiply-adds.
    const int NumberCost = 4;

    /// <summary>Norms each row of the residual stream, to <see cref="ForwardState.Normed"/>.</summary>
    public static void NormResidual(int tokens, float[] weight, float epsilon, ForwardState state) =>
        state.Pool.RunIfWorth(tokens, AtATime, (long)tokens * weight.Length * NumberCost, new NormJob(state, weight, epsilon));

    /// <summary>Adds each row of <see cref="ForwardState.Delta"/> to the residual stream.</summary>
    public static void AddDelta(int tokens, int hidden, ForwardState state) =>
        state.Pool.RunIfWorth(tokens, AtATime, (long)tokens * hidden * NumberCost, new AddJob(state, hidden));

    /// <summary>Shares a loop among the threads where its multiply-adds are worth waking them.</summary>
    public static void RunIfWorth<TJob>(this WorkerPool pool, int items, int chunk, long multiplyAdds, TJob job)
        where TJob : struct, IRangeJob
    {
        if (multiplyAdds < MatMul.WorthSharing)
            job.Run(0, items);
        else
            pool.Run(items, chunk, job);
    }

    readonly struct NormJob(ForwardState state, float[] weight, float epsilon) : IRangeJob
    {
        public void Run(int start, int end)
        {
            int hidden = weight.Length;
            for (int row = start; row < end; row++)
                RmsNorm.Run(state.Residual.Slice((long)row * hidden, hidden), weight, epsilon, state.Normed.Slice((long)row * hidden, hidden));
        }
    }

    readonly struct AddJob(ForwardState state, int hidden) : IRangeJob
    {
        public void Run(int start, int end)
        {
            int count = (end - start) * hidden;
            VectorMath.Add(state.Delta.Slice((long)start * hidden, count), state.Residual.Slice((long)start * hidden, count));
        }
    }
}
