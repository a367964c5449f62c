using BenchmarkDotNet.Attributes;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Benchmarks;

/// <summary>The nano model: one token after a prompt of 64 ids, a prompt of 512 ids, and opening the file.</summary>
[MemoryDiagnoser]
public class GenerationBenchmarks : IDisposable
{
    const int PromptTokens = 64;

    static readonly string ModelFile = TestData.ModelPath("gpt-oss-nano.gguf");
    static readonly int[] Prompt = [.. Enumerable.Range(0, 512).Select(i => 100 + (i * 37 % 8000))];

    GptOssModel _model = null!;
    GptOssSession _session = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _model = GptOssModel.Open(ModelFile, new() { Threads = Threads });
        _session = _model.CreateSession();
        _session.Forward(Prompt.AsSpan(0, PromptTokens));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public float OneToken()
    {
        _session.TryTruncate(PromptTokens);
        return _session.Forward(Prompt.AsSpan(PromptTokens, 1))[0];
    }

    [Benchmark]
    public float PromptOf512()
    {
        _session.TryTruncate(0);
        return _session.Forward(Prompt)[0];
    }

    [Benchmark]
    public int OpenModel()
    {
        using GptOssModel model = GptOssModel.Open(ModelFile, new() { Threads = 1 });
        return model.Config.VocabSize;
    }
}
