using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>Row-wise work on a batch, and the rule when to share work among threads.</summary>
static class Rows
{
    /// <summary>Norms each row of [tokens, hidden].</summary>
    public static void Norm(ReadOnlySpan<float> x, float[] weight, float epsilon, Span<float> y)
    {
        for (int at = 0; at < x.Length; at += weight.Length)
            RmsNorm.Run(x.Slice(at, weight.Length), weight, epsilon, y.Slice(at, weight.Length));
    }

    /// <summary>Shares a loop among the threads where its multiply-adds are worth waking them.</summary>
    public static void RunIfWorth<TJob>(this WorkerPool pool, int items, int chunk, long multiplyAdds, TJob job)
        where TJob : struct, IRangeJob
    {
        if (multiplyAdds < MatMul.WorthSharing)
            job.Run(0, items);
        else
            pool.Run(items, chunk, job);
    }
}
