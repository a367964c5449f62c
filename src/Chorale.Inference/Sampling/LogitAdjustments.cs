namespace Chorale.Inference;

/// <summary>Penalties and bias: what changes single logits before any filter looks at them.</summary>
/// <remarks>
/// Counts the ids of one answer as they come. Work and memory follow the number of different ids, not the vocabulary. Ids that the
/// logits do not have are passed over.
/// </remarks>
sealed class LogitAdjustments
{
    readonly SamplingOptions _options;
    readonly KeyValuePair<int, float>[] _biases;      // a dictionary behind an interface allocates when it is walked
    readonly Dictionary<int, int> _generated = [];    // how often each id stands in the answer
    readonly Dictionary<int, int> _recent = [];       // how often each id stands in the window of the repetition penalty
    readonly Queue<int>? _window;                     // that window in order; null where it has no end

    LogitAdjustments(SamplingOptions options, ReadOnlySpan<int> prompt)
    {
        _options = options;
        _biases = [.. options.LogitBias];
        _window = options.RepetitionWindow is null ? null : new();
        if (!Repeats)
            return;
        foreach (int id in prompt[Math.Max(0, prompt.Length - (options.RepetitionWindow ?? prompt.Length))..])
            Remember(id);
    }

    bool Repeats => _options.RepetitionPenalty != 1;

    bool Counts => _options.FrequencyPenalty != 0 || _options.PresencePenalty != 0;

    /// <summary>Those of an answer to a prompt; null where the options change no logit.</summary>
    public static LogitAdjustments? For(SamplingOptions options, ReadOnlySpan<int> prompt)
    {
        bool any = options.RepetitionPenalty != 1 || options.FrequencyPenalty != 0 || options.PresencePenalty != 0 || options.LogitBias.Count > 0;
        return any ? new(options, prompt) : null;
    }

    /// <summary>Tells of the next id of the answer.</summary>
    public void Accept(int id)
    {
        if (Counts)
            Add(_generated, id, 1);
        if (Repeats)
            Remember(id);
    }

    /// <summary>Changes the logits of all ids.</summary>
    /// <param name="logits">Shape [vocab].</param>
    public void Apply(Span<float> logits)
    {
        foreach (int id in _recent.Keys)
        {
            if (id < logits.Length)
                logits[id] = Repeated(logits[id]);
        }
        foreach ((int id, int count) in _generated)
        {
            if (id < logits.Length)
                logits[id] = Counted(logits[id], count);
        }
        foreach ((int id, float bias) in _biases)
        {
            if ((uint)id < (uint)logits.Length)
                logits[id] += bias;
        }
    }

    /// <summary>Changes the logits of some ids, each exactly as <see cref="Apply(Span{float})"/> does.</summary>
    /// <param name="ids">Whose logits they are.</param>
    /// <param name="logits">One for each of <paramref name="ids"/>.</param>
    public void Apply(ReadOnlySpan<int> ids, Span<float> logits)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if (_recent.ContainsKey(ids[i]))
                logits[i] = Repeated(logits[i]);
            if (_generated.TryGetValue(ids[i], out int count))
                logits[i] = Counted(logits[i], count);
            if (_options.LogitBias.TryGetValue(ids[i], out float bias))
                logits[i] += bias;
        }
    }

    float Repeated(float logit) => logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty;

    float Counted(float logit, int count) => logit - (count * _options.FrequencyPenalty) - _options.PresencePenalty;

    void Remember(int id)
    {
        Add(_recent, id, 1);
        if (_window is null)
            return;
        _window.Enqueue(id);
        if (_window.Count > _options.RepetitionWindow)
            Add(_recent, _window.Dequeue(), -1);
    }

    static void Add(Dictionary<int, int> counts, int id, int difference)
    {
        int count = counts.GetValueOrDefault(id) + difference;
        if (count == 0)
            counts.Remove(id);
        else
            counts[id] = count;
    }
}
