using BenchmarkDotNet.Attributes;
using Chorale.Harmony;

namespace Chorale.Benchmarks;

/// <summary>
/// Streaming parse, role assistant, by the default parser and the strict one, three ways: ids only; the last delta read after each id; the delta and the
/// current content read after each id.
/// </summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    int[] _ids = [];

    [Params("completion_short", "completion_korean", "completion_calls", "completion_4k", "completion_emoji", "completion_16k")]
    public string Input { get; set; } = "";

    [Params(ParserMode.Tolerant, ParserMode.Strict)]
    public ParserMode Mode { get; set; }

    [GlobalSetup]
    public void Read() => _ids = HarmonyInputs.Completion(Input);

    [Benchmark]
    public int Ids()
    {
        HarmonyParser parser = HarmonyEncoding.Default.CreateParser(Role.Assistant, Mode);
        parser.Push(_ids);
        parser.Finish();
        return parser.Messages.Count;
    }

    [Benchmark]
    public int Deltas()
    {
        HarmonyParser parser = HarmonyEncoding.Default.CreateParser(Role.Assistant, Mode);
        int read = 0;
        foreach (int id in _ids)
        {
            parser.Push(id);
            read += parser.LastDelta.Length;
        }
        parser.Finish();
        return read;
    }

    [Benchmark]
    public int DeltasAndContent()
    {
        HarmonyParser parser = HarmonyEncoding.Default.CreateParser(Role.Assistant, Mode);
        int read = 0;
        foreach (int id in _ids)
        {
            parser.Push(id);
            read += parser.LastDelta.Length + parser.Content.Length;
        }
        parser.Finish();
        return read;
    }
}
