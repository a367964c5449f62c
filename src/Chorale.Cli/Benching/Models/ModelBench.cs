using System.Diagnostics;
using System.Runtime.InteropServices;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>Opens a model for each number of threads and has it measured.</summary>
/// <param name="settings">What to measure.</param>
/// <param name="started">Told of each thing before it is measured.</param>
/// <param name="cancellationToken">Ends the measuring.</param>
sealed class ModelBench(ModelBenchSettings settings, Action<string> started, CancellationToken cancellationToken)
{
    /// <summary>Measures.</summary>
    /// <exception cref="CliException">The model's context is too short for what is asked.</exception>
    public async Task<ModelBenchReport> RunAsync(string path)
    {
        List<ModelBenchRun> runs = [];
        ModelBenchReport? report = null;
        foreach (int threads in settings.Threads)
            report = await MeasureAsync(path, threads, runs);
        return report!;
    }

    /// <summary>Adds the run of a number of threads, and describes all so far.</summary>
    async Task<ModelBenchReport> MeasureAsync(string path, int threads, List<ModelBenchRun> runs)
    {
        string name = threads == 1 ? "1 thread" : $"{threads} threads";
        started($"{name}: load");
        ProcessMemory.TryResetPeak();
        long start = Stopwatch.GetTimestamp();
        using GptOssModel model = Open(path, threads);
        TimeSpan load = Stopwatch.GetElapsedTime(start);
        TokenCost cost = TokenCost.Of(model.Tensors, model.Config);
        using ModelMeasure measure = new(model, settings, cost, test => started($"{name}: {test}"), cancellationToken);
        runs.Add(await measure.RunAsync(threads, load));
        return Describe(model, cost, runs);
    }

    GptOssModel Open(string path, int threads)
    {
        try
        {
            return GptOssModel.Open(path, settings.Options with { Threads = threads, ContextLength = settings.ContextLength });
        }
        catch (ArgumentOutOfRangeException e) when (e.ActualValue is int length && length == settings.ContextLength)
        {
            throw new CliException($"a sequence of {length} ids is to be measured. {CliErrors.Message(e)}", ExitCodes.Usage);
        }
    }

    ModelBenchReport Describe(GptOssModel model, TokenCost cost, IReadOnlyList<ModelBenchRun> runs) => new()
    {
        Model = model.Metadata.Get("general.name", ""),
        Path = model.Path,
        Layers = model.Config.NumHiddenLayers,
        Experts = model.Config.NumLocalExperts,
        WeightBytes = model.Tensors.Sum(tensor => tensor.ByteCount),
        BytesPerToken = cost.Total,
        BytesPerTokenOf = cost,
        Precision = settings.Options.Precision == Precision.Fast ? "fast" : "exact",
        Loading = model.IsRepacked ? "repack" : "map",
        Processor = ProcessorName.Find(),
        Processors = Environment.ProcessorCount,
        Runtime = $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}",
        Rounds = settings.Rounds,
        Warmup = settings.Warmup,
        Runs = runs,
    };
}
