using System.Diagnostics;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>Measures one open model: prompts and single tokens through its plain calls, answers through the generator.</summary>
sealed class ModelMeasure : IDisposable
{
    /// <summary>The prompt that a model is tried with once it is open.</summary>
    public const int FirstPromptLength = 16;

    readonly GptOssModel _model;
    readonly ModelBenchSettings _settings;
    readonly TokenCost _cost;
    readonly Action<string> _started;
    readonly CancellationToken _cancellationToken;
    readonly GptOssSession _session;
    readonly int[] _ids;
    long _peak;

    public ModelMeasure(GptOssModel model, ModelBenchSettings settings, TokenCost cost, Action<string> started, CancellationToken cancellationToken)
    {
        (_model, _settings, _cost, _started, _cancellationToken) = (model, settings, cost, started, cancellationToken);
        _session = model.CreateSession();
        // Ids at random reach all experts, as text does; the same ones in each run.
        Random random = new(1);
        _ids = [.. Enumerable.Range(0, settings.ContextLength).Select(_ => random.Next(model.Config.VocabSize))];
    }

    public async Task<ModelBenchRun> RunAsync(int threads, TimeSpan load)
    {
        long loaded = ProcessMemory.ResidentByteCount;
        _started("first prompt");
        double first = Seconds(() => _session.Forward(_ids.AsSpan(0, FirstPromptLength), _cancellationToken));
        List<ModelBenchResult> results = [];
        foreach (int tokens in _settings.Prefill)
            results.Add(await PrefillAsync(tokens));
        foreach (int depth in _settings.Depth)
        {
            foreach (int tokens in _settings.Decode)
                results.Add(await DecodeAsync(tokens, depth));
        }
        foreach (AnswerTest test in _settings.Answers)
            results.Add(await AnswerAsync(test));
        NotePeak();
        return new()
        {
            Threads = threads,
            LoadS = load.TotalSeconds,
            FirstPromptS = first,
            LoadedBytes = loaded,
            PeakBytes = _peak,
            MappedBytes = ProcessMemory.MappedByteCount,
            Results = results,
        };
    }

    public void Dispose() => _session.Dispose();

    async Task<ModelBenchResult> PrefillAsync(int tokens)
    {
        _started($"prefill {tokens}");
        double[] rates = await RoundsAsync(() =>
        {
            _session.TryTruncate(0);
            return Task.FromResult(tokens / Seconds(() => _session.Forward(_ids.AsSpan(0, tokens), _cancellationToken)));
        });
        return new() { Test = "prefill", Name = $"prefill {tokens}", Tokens = tokens, Depth = 0, TokensPerS = Spread.Of(rates) };
    }

    async Task<ModelBenchResult> DecodeAsync(int tokens, int depth)
    {
        string name = depth == 0 ? $"decode {tokens}" : $"decode {tokens} after {depth}";
        _started(name);
        List<double> bandwidths = [];
        double[] rates = await RoundsAsync(() =>
        {
            GoTo(depth);
            bandwidths.Add(MeasureBandwidth());
            return Task.FromResult(tokens / Seconds(() =>
            {
                for (int i = 0; i < tokens; i++)
                    _session.Forward(_ids.AsSpan(depth + i, 1), _cancellationToken);
            }));
        });
        bandwidths.RemoveRange(0, bandwidths.Count - rates.Length);
        return new()
        {
            Test = "decode",
            Name = name,
            Tokens = tokens,
            Depth = depth,
            TokensPerS = Spread.Of(rates),
            BandwidthBytesPerS = Spread.Of(bandwidths),
            BandwidthShare = Spread.Of(rates.Zip(bandwidths, (rate, bandwidth) => rate * _cost.Total / bandwidth)),
        };
    }

    async Task<ModelBenchResult> AnswerAsync(AnswerTest test)
    {
        _started(test.ToString());
        AnswerMeasure measure = new(_model, _ids, _cancellationToken);
        return new()
        {
            Test = "answer",
            Tokens = test.Tokens,
            Depth = FirstPromptLength,
            Sequences = test.Sequences,
            ForcedPercent = test.ForcedPercent,
            Draft = test.Draft,
            TokensPerS = Spread.Of(await RoundsAsync(() => measure.RunAsync(test))),
            Name = test.ToString(),
        };
    }

    /// <summary>Runs something as often as it is to be warmed up and measured, and gives what was measured.</summary>
    async Task<double[]> RoundsAsync(Func<Task<double>> run)
    {
        for (int i = 0; i < _settings.Warmup; i++)
            await run();
        double[] measured = new double[_settings.Rounds];
        for (int i = 0; i < measured.Length; i++)
            measured[i] = await run();
        return measured;
    }

    /// <summary>Leaves the sequence with so many ids, whatever it held.</summary>
    void GoTo(int depth)
    {
        if (_session.Position < depth || !_session.TryTruncate(depth))
            _session.TryTruncate(0);
        if (_session.Position < depth)
            _session.Forward(_ids.AsSpan(_session.Position, depth - _session.Position), _cancellationToken);
    }

    /// <summary>The memory that the measuring takes is kept out of the peak.</summary>
    double MeasureBandwidth()
    {
        NotePeak();
        double bandwidth = _model.MeasureReadBandwidth(_settings.BandwidthProbeByteCount);
        ProcessMemory.TryResetPeak();
        return bandwidth;
    }

    void NotePeak() => _peak = Math.Max(_peak, ProcessMemory.PeakByteCount);

    static double Seconds(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
