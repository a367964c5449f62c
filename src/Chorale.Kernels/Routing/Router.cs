namespace Chorale.Kernels;

/// <summary>Chooses the experts of a token: the k largest logits, then a softmax over those k alone.</summary>
/// <remarks>Source: OpenAI's gpt-oss reference.</remarks>
static class Router
{
    /// <param name="logits">One logit an expert, shape [experts].</param>
    /// <param name="k">How many to choose, in [1, experts].</param>
    /// <param name="experts">Result, shape [k]: their indices, largest logit first; a tie goes to the lower index, NaN comes last.</param>
    /// <param name="weights">Result, shape [k]: their weights, which sum to one.</param>
    /// <exception cref="ArgumentException">The lengths do not fit k, or there are fewer than k logits.</exception>
    public static void SelectTopK(ReadOnlySpan<float> logits, int k, Span<int> experts, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, logits.Length);
        if (experts.Length != k || weights.Length != k)
            throw new ArgumentException($"Room for {experts.Length} experts and {weights.Length} weights, but k is {k}.");

        // Insertion into the sorted list of the best so far: k is 4, and a later equal never moves an earlier one.
        int count = 0;
        for (int expert = 0; expert < logits.Length; expert++)
        {
            int place = count;
            while (place > 0 && IsGreater(logits[expert], logits[experts[place - 1]]))
                place--;
            if (place == k)
                continue;
            count = Math.Min(count + 1, k);
            for (int i = count - 1; i > place; i--)
                experts[i] = experts[i - 1];
            experts[place] = expert;
        }

        double max = logits[experts[0]];
        double sum = 0;
        for (int i = 0; i < k; i++)
            sum += Math.Exp(logits[experts[i]] - max);
        for (int i = 0; i < k; i++)
            weights[i] = (float)(Math.Exp(logits[experts[i]] - max) / sum);
    }

    static bool IsGreater(float a, float b) => a > b || (float.IsNaN(b) && !float.IsNaN(a));
}
