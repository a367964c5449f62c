using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>Chooses ids from logits by <see cref="SamplingOptions"/>.</summary>
/// <remarks>
/// Keeps the state of its random numbers (xoshiro256**) and what its penalties count, so one sampler belongs to one answer, and to one
/// thread at a time. With the same seed and the same logits it gives the same ids. A logit that is not a number counts as minus infinity.
/// Once its buffers have grown to the vocabulary it allocates nothing; greedy choice without penalties never does.
/// </remarks>
public sealed class Sampler
{
    static readonly Comparer<float> Falling = Comparer<float>.Create(static (a, b) => b.CompareTo(a));

    readonly Xoshiro256 _random;
    readonly LogitAdjustments? _adjustments;
    float[] _adjusted = [];
    int[] _ids = [];
    float[] _scores = [];    // logits first, then weights: probabilities as a share of the best one's
    float[] _sortKeys = [];

    /// <summary>A sampler at the start of an answer.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="prompt">What is answered: <see cref="SamplingOptions.RepetitionPenalty"/> looks at it; not kept.</param>
    public Sampler(SamplingOptions options, ReadOnlySpan<int> prompt = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _random = new(options.Seed ?? Xoshiro256.FreshSeed());
        _adjustments = LogitAdjustments.For(options, prompt);
    }

    /// <summary>How this sampler chooses.</summary>
    public SamplingOptions Options { get; }

    /// <summary>Chooses an id. It joins the answer when <see cref="Accept"/> says so.</summary>
    /// <param name="logits">One logit an id, shape [vocab]; not changed.</param>
    /// <param name="allowed">One bit an id, as in <see cref="ITokenConstraint.NextStep"/>; empty allows all.</param>
    /// <exception cref="ArgumentException">There are no logits, the mask is too short for them, or it allows none of the ids.</exception>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed = default)
    {
        Check(logits, allowed);
        if (!allowed.IsEmpty && TokenMask.CountUpTo(allowed, logits.Length, 2) == 1)
            return TokenMask.FirstAllowed(allowed, logits.Length);

        logits = Adjusted(logits);
        int best = MostLikely(logits, allowed);
        if (Options.Temperature == 0 || !(logits[best] > float.NegativeInfinity))
            return best;
        return Draw(Filter(Gather(logits, allowed), logits[best]));
    }

    /// <summary>Chooses one of some ids: what <see cref="Sample"/> chooses under a mask that allows just these.</summary>
    /// <param name="ids">In rising order, at least one.</param>
    /// <param name="logits">Those of <paramref name="ids"/>.</param>
    internal int SampleAmong(ReadOnlySpan<int> ids, ReadOnlySpan<float> logits)
    {
        if (ids.Length == 1)
            return ids[0];
        if (_adjustments is not null)
        {
            Span<float> adjusted = Copy(logits);
            _adjustments.Apply(ids, adjusted);
            logits = adjusted;
        }
        int best = VectorMath.ArgMax(logits);
        if (Options.Temperature == 0 || !(logits[best] > float.NegativeInfinity))
            return ids[best];
        float bestLogit = logits[best];
        Reserve(ids.Length);
        int count = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (logits[i] > float.NegativeInfinity)
                (_ids[count], _scores[count++]) = (ids[i], logits[i]);
        }
        return Draw(Filter(count, bestLogit));
    }

    /// <summary>Tells of the next id of the answer, chosen or not: penalties count it.</summary>
    public void Accept(int id) => _adjustments?.Accept(id);

    /// <summary>What <see cref="Sample"/> would draw from: ids and their weights, the best one's being 1. For tests.</summary>
    internal (int Id, float Weight)[] Survivors(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed = default)
    {
        logits = Adjusted(logits);
        int count = Filter(Gather(logits, allowed), logits[MostLikely(logits, allowed)]);
        return [.. _ids.AsSpan(0, count).ToArray().Zip(_scores)];
    }

    ReadOnlySpan<float> Adjusted(ReadOnlySpan<float> logits)
    {
        if (_adjustments is null)
            return logits;
        Span<float> adjusted = Copy(logits);
        _adjustments.Apply(adjusted);
        return adjusted;
    }

    Span<float> Copy(ReadOnlySpan<float> logits)
    {
        if (_adjusted.Length < logits.Length)
            _adjusted = new float[logits.Length];
        logits.CopyTo(_adjusted);
        return _adjusted.AsSpan(0, logits.Length);
    }

    /// <summary>Leaves of the candidates what may be drawn, with weights, at the front of the buffers.</summary>
    int Filter(int count, float best)
    {
        count = KeepTopK(count);
        WeighByTemperature(count, best);
        count = KeepTopP(count);
        return KeepMinP(count);
    }

    /// <summary>The id of the largest logit; the lowest such id where several tie.</summary>
    /// <inheritdoc cref="Sample" path="/param|/exception"/>
    public static int MostLikely(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed = default)
    {
        Check(logits, allowed);
        if (allowed.IsEmpty)
            return VectorMath.ArgMax(logits);
        int best = TokenMask.FirstAllowed(allowed, logits.Length);
        for (int id = best + 1; id < logits.Length; id++)
        {
            // Written so that a best logit that is not a number gives way to any number.
            bool better = logits[id] > logits[best] || (float.IsNaN(logits[best]) && !float.IsNaN(logits[id]));
            if (better && TokenMask.Allows(allowed, id))
                best = id;
        }
        return best;
    }

    static void Check(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed)
    {
        if (logits.IsEmpty)
            throw new ArgumentException("There are no logits to choose from.", nameof(logits));
        if (allowed.IsEmpty)
            return;
        if (allowed.Length < TokenMask.Words(logits.Length))
            throw new ArgumentException($"The mask has {allowed.Length} words; {logits.Length} ids need {TokenMask.Words(logits.Length)}.", nameof(allowed));
        if (TokenMask.FirstAllowed(allowed, logits.Length) < 0)
            throw new ArgumentException("The mask allows none of the ids.", nameof(allowed));
    }

    /// <summary>Lists the allowed ids that have any probability, by id.</summary>
    int Gather(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> allowed)
    {
        Reserve(logits.Length);
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (logits[id] > float.NegativeInfinity && TokenMask.Allows(allowed, id))
                (_ids[count], _scores[count++]) = (id, logits[id]);
        }
        return count;
    }

    void Reserve(int count)
    {
        if (_ids.Length < count)
            (_ids, _scores, _sortKeys) = (new int[count], new float[RoundedUp(count)], new float[count]);
    }

    static int RoundedUp(int count) => (count + 15) / 16 * 16;

    /// <summary>Keeps the k largest scores; of those that tie for the last place the lowest ids.</summary>
    int KeepTopK(int count)
    {
        if (Options.TopK == 0 || Options.TopK >= count)
            return count;
        float last = KthLargest(_scores.AsSpan(0, count), Options.TopK, _sortKeys, out int above);
        int kept = 0, ties = Options.TopK - above;
        for (int i = 0; i < count; i++)
        {
            if (_scores[i] > last || (_scores[i] == last && ties-- > 0))
                (_ids[kept], _scores[kept++]) = (_ids[i], _scores[i]);
        }
        return kept;
    }

    /// <summary>The k-th largest of some numbers, by a heap of the k largest so far with the smallest of them on top.</summary>
    static float KthLargest(ReadOnlySpan<float> numbers, int k, float[] heap, out int above)
    {
        int size = 0;
        foreach (float number in numbers)
        {
            if (size < k)
                SiftUp(heap, size++, number);
            else if (number > heap[0])
                SiftDown(heap, k, number);
        }
        above = 0;
        for (int i = 0; i < k; i++)
            above += heap[i] > heap[0] ? 1 : 0;
        return heap[0];
    }

    static void SiftUp(float[] heap, int at, float number)
    {
        while (at > 0 && heap[(at - 1) / 2] > number)
        {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = number;
    }

    static void SiftDown(float[] heap, int size, float number)
    {
        int at = 0;
        while ((2 * at) + 1 < size)
        {
            int left = (2 * at) + 1;
            int smaller = left + 1 < size && heap[left + 1] < heap[left] ? left + 1 : left;
            if (heap[smaller] >= number)
                break;
            heap[at] = heap[smaller];
            at = smaller;
        }
        heap[at] = number;
    }

    /// <summary>Turns logits into weights, the best one's being 1.</summary>
    void WeighByTemperature(int count, float best)
    {
        // Infinity minus infinity is not a number, so the largest float stands for it.
        double max = Math.Min(best, float.MaxValue);
        double scale = 1.0 / Options.Temperature;
        for (int i = 0; i < count; i++)
            _scores[i] = (float)((Math.Min(_scores[i], float.MaxValue) - max) * scale);
        // Whole vectors only: a scalar rest would give equal logits weights that differ in the last bit, by where they stand.
        Span<float> padded = _scores.AsSpan(0, RoundedUp(count));
        padded[count..].Clear();
        VectorMath.ExpAndSum(padded, 0, padded);
    }

    /// <summary>Keeps the best ids that together reach the share <see cref="SamplingOptions.TopP"/>, best first.</summary>
    int KeepTopP(int count)
    {
        if (Options.TopP >= 1)
            return count;
        double wanted = Options.TopP * Sum(count);

        // Few ids make up most of the mass, so only those above a falling threshold are sorted.
        int kept;
        float threshold = 1;
        do
        {
            threshold = threshold > 1e-30f ? threshold / 64 : 0;
            kept = MoveToFront(count, threshold);
        }
        while (kept < count && Sum(kept) < wanted);

        SortBestFirst(kept);
        double sum = 0;
        for (int i = 0; i < kept; i++)
        {
            sum += _scores[i];
            if (sum >= wanted)
                return i + 1;
        }
        return kept;
    }

    /// <summary>Swaps the weights of at least <paramref name="threshold"/> before the others, and counts them.</summary>
    int MoveToFront(int count, float threshold)
    {
        int front = 0;
        for (int i = 0; i < count; i++)
        {
            if (_scores[i] < threshold)
                continue;
            (_ids[front], _ids[i]) = (_ids[i], _ids[front]);
            (_scores[front], _scores[i]) = (_scores[i], _scores[front]);
            front++;
        }
        return front;
    }

    /// <summary>Sorts by falling weight, then by id.</summary>
    void SortBestFirst(int count)
    {
        Span<int> ids = _ids.AsSpan(0, count);
        Span<float> scores = _scores.AsSpan(0, count);
        scores.Sort(ids, Falling);
        int start = 0;
        for (int i = 1; i <= count; i++)
        {
            if (i < count && scores[i] == scores[start])
                continue;
            ids[start..i].Sort();
            start = i;
        }
    }

    /// <summary>Keeps the weights of at least <see cref="SamplingOptions.MinP"/>, in their order.</summary>
    int KeepMinP(int count)
    {
        if (Options.MinP == 0)
            return count;
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (_scores[i] >= Options.MinP)
                (_ids[kept], _scores[kept++]) = (_ids[i], _scores[i]);
        }
        return kept;
    }

    int Draw(int count)
    {
        double left = _random.NextDouble() * Sum(count);
        int last = 0;
        for (int i = 0; i < count; i++)
        {
            if (_scores[i] == 0)
                continue;
            last = i;
            left -= _scores[i];
            if (left < 0)
                break;
        }
        return _ids[last];
    }

    double Sum(int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += _scores[i];
        return sum;
    }
}
