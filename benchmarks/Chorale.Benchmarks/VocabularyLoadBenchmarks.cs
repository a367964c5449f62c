using BenchmarkDotNet.Attributes;
using Chorale.Tokenization;

namespace Chorale.Benchmarks;

/// <summary>Making the built-in vocabulary from its embedded form, as the first use in a process does.</summary>
[MemoryDiagnoser]
public class VocabularyLoadBenchmarks
{
    TokenIds? _loaded;

    [Benchmark]
    public int LoadO200kHarmony()
    {
        _loaded = O200kHarmony.Load();
        return _loaded.Bytes.Count;
    }
}
