namespace Chorale.Inference;

/// <summary>Natural logarithms of the probabilities that logits stand for: <c>logit - log(sum of exp(logits))</c>.</summary>
static class LogProbabilities
{
    /// <summary>The logarithm of the sum of the exponentials; logits that are not numbers are left out.</summary>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double max = double.NegativeInfinity;
        foreach (float logit in logits)
            max = logit > max ? logit : max;
        if (double.IsInfinity(max))
            return max;
        double sum = 0;
        foreach (float logit in logits)
            sum += float.IsNaN(logit) ? 0 : Math.Exp(logit - max);
        return max + Math.Log(sum);
    }

    /// <summary>The <paramref name="count"/> most likely ids, best first, lower ids first among equals.</summary>
    /// <param name="logits">Shape [vocab].</param>
    /// <param name="logSumExp">That of these logits.</param>
    /// <param name="count">How many; all ids where there are fewer.</param>
    public static TokenLogProbability[] Top(ReadOnlySpan<float> logits, double logSumExp, int count)
    {
        PriorityQueue<int, (float Logit, int NegativeId)> best = new();    // the worst of the best comes off first
        for (int id = 0; id < logits.Length && count > 0; id++)
        {
            float logit = float.IsNaN(logits[id]) ? float.NegativeInfinity : logits[id];
            if (best.Count < count)
                best.Enqueue(id, (logit, -id));
            else if (best.TryPeek(out _, out (float Logit, int NegativeId) worst) && logit > worst.Logit)
                best.DequeueEnqueue(id, (logit, -id));
        }
        TokenLogProbability[] top = new TokenLogProbability[best.Count];
        while (best.TryDequeue(out int id, out (float Logit, int NegativeId) key))
            top[best.Count] = new(id, (float)(key.Logit - logSumExp));
        return top;
    }
}
