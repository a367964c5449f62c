using BenchmarkDotNet.Attributes;
using Chorale.Kernels;

namespace Chorale.Benchmarks;

/// <summary>One 2880 x 2880 matrix of gpt-oss-20b (an expert's gate, up or down) in each type: one token as in decoding, 64 as in a prompt.</summary>
public class MatMulBenchmarks : IDisposable
{
    const int Rows = 2880, Columns = 2880;

    SimdLevel _level;
    NativeBuffer<byte> _memory = null!;
    WorkerPool _pool = null!;
    WeightMatrix _w;
    float[] _x = [];
    float[] _y = [];

    public static IEnumerable<string> Levels => Simd.Supported.Select(level => level.ToString());

    [ParamsSource(nameof(Levels))]
    public string Level { get; set; } = "";

    [Params(nameof(WeightType.Mxfp4), nameof(WeightType.Q8_0), nameof(WeightType.BF16))]
    public string Type { get; set; } = "";

    [Params(1, 64)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _level = Enum.Parse<SimdLevel>(Level);
        _pool = new WorkerPool(Environment.ProcessorCount);
        WeightType type = Enum.Parse<WeightType>(Type);
        _memory = new NativeBuffer<byte>(Rows * type.RowBytes(Columns));
        _w = _memory.Matrix(0, type, Rows, Columns);
        Random random = new(1);
        random.NextBytes(_memory.Span);
        // Random bits would hold infinite scales and NaN: each block's scale, or each number's exponent, is set to a usual one.
        for (int i = 0; i < _memory.Span.Length; i += type.BlockBytes())
            switch (type)
            {
                case WeightType.Mxfp4: _memory.Span[i] = 125; break;
                case WeightType.Q8_0: BitConverter.TryWriteBytes(_memory.Span[i..], (Half)0.01f); break;
                default: _memory.Span[i + 1] = 0x3D; break;
            }
        _x = new float[Tokens * Columns];
        _y = new float[Tokens * Rows];
        for (int i = 0; i < _x.Length; i++)
            _x[i] = random.NextSingle() - 0.5f;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Run() => MatMul.Run(_level, _w, [], _x, Tokens, _y, _pool);
}
