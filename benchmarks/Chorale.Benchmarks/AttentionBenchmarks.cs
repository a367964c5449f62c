using BenchmarkDotNet.Attributes;
using Chorale.Kernels;

namespace Chorale.Benchmarks;

/// <summary>One layer's attention of gpt-oss-20b: 64 heads on 8 key-value heads of 64, one token after a context.</summary>
public class AttentionBenchmarks : IDisposable
{
    const int Heads = 64, KvHeads = 8, HeadDim = 64;

    readonly float[] _q = new float[Heads * HeadDim];
    readonly float[] _y = new float[Heads * HeadDim];
    readonly float[] _sinks = new float[Heads];
    readonly AttentionBatch _batch = new();
    SimdLevel _level;
    LayerKeyValues _cache = null!;
    WorkerPool _pool = null!;

    public static IEnumerable<string> Levels => Simd.Supported.Select(level => level.ToString());

    [ParamsSource(nameof(Levels))]
    public string Level { get; set; } = "";

    /// <summary>128 is what a sliding layer sees.</summary>
    [Params(128, 4096)]
    public int Context { get; set; }

    public static IEnumerable<string> Formats => Enum.GetNames<KeyValueFormat>();

    [ParamsSource(nameof(Formats))]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _level = Enum.Parse<SimdLevel>(Level);
        _pool = new WorkerPool(Environment.ProcessorCount);
        _cache = new LayerKeyValues(new(Enum.Parse<KeyValueFormat>(Format), KvHeads, HeadDim, 128));
        _cache.Reserve(0, Context);
        _batch.Add(_cache, Context - 1, 1);
        Random random = new(1);
        float[] keys = new float[KvHeads * HeadDim], values = new float[KvHeads * HeadDim];
        for (int position = 0; position < Context; position++)
        {
            for (int i = 0; i < keys.Length; i++)
                (keys[i], values[i]) = (random.NextSingle() - 0.5f, random.NextSingle() - 0.5f);
            _cache.Store(position, keys, values);
        }
        for (int i = 0; i < _q.Length; i++)
            _q[i] = random.NextSingle() - 0.5f;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        _batch.Dispose();
        _cache.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Run() => Attention.Run(_level, _q, _batch, _sinks, 0, _y, _pool);
}
