using BenchmarkDotNet.Attributes;
using Chorale.Kernels;

namespace Chorale.Benchmarks;

/// <summary>The norm of one token of gpt-oss-20b, at each width.</summary>
public class RmsNormBenchmarks
{
    const int Hidden = 2880;

    readonly float[] _x = new float[Hidden];
    readonly float[] _weight = new float[Hidden];
    readonly float[] _y = new float[Hidden];
    SimdLevel _level;

    public static IEnumerable<string> Levels => Simd.Supported.Select(level => level.ToString());

    [ParamsSource(nameof(Levels))]
    public string Level { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _level = Enum.Parse<SimdLevel>(Level);
        Random random = new(1);
        for (int i = 0; i < Hidden; i++)
            (_x[i], _weight[i]) = (random.NextSingle() - 0.5f, random.NextSingle());
    }

    [Benchmark]
    public void Run() => RmsNorm.Run(_level, _x, _weight, 1e-5f, _y);
}
