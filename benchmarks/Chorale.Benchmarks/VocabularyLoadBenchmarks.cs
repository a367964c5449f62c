using BenchmarkDotNet.Attributes;
using Chorale.Tokenization;

namespace Chorale.Benchmarks;

/// <summary>Making the built-in vocabulary from its embedded form, as the first use in a process does.</summary>
[MemoryDiagnoser]
public class VocabularyLoadBenchmarks
{
    /// <summary>Returns what was made, so that nothing of it is left out.</summary>
    [Benchmark]
    public object LoadO200kHarmony() => O200kHarmony.Load();
}
