namespace Chorale.Kernels.Tests;

public unsafe class TileKernelTests
{
    public static IEnumerable<TheoryDataRow<string, string>> LevelsAndKinds =>
        from level in TileKernels.Supported from kind in Enum.GetNames<TileKind>() select new TheoryDataRow<string, string>(level.ToString(), kind);

    /// <summary>Columns, from one block to the model's own.</summary>
    static readonly int[] Widths = [32, 64, 96, 160, 2880];

    [Theory, MemberData(nameof(LevelsAndKinds))]
    public void Every_level_gives_the_bits_of_the_scalar_reference(string levelName, string kindName)
    {
        DotLevel level = Enum.Parse<DotLevel>(levelName);
        TileKind kind = Enum.Parse<TileKind>(kindName);
        foreach (int columns in Widths)
        {
            for (int tiles = 1; tiles <= (kind == TileKind.Mxfp4 ? 1 : 2); tiles++)
            {
                for (int tokens = 1; tokens <= TileKernels.MaxTokens(level, tiles); tokens++)
                {
                    using TileCase one = new(kind, tiles, tokens, columns);
                    float[] expected = one.Run(DotLevel.Scalar), actual = one.Run(level);
                    Assert.True(expected.AsSpan().SequenceEqual(actual), $"{level} {kind}, {tiles} tiles, {tokens} tokens, {columns} columns: {string.Join(" ", expected.Zip(actual).Take(20))}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(LevelsAndKinds))]
    public void Sums_are_those_of_the_decoded_weights_and_the_rounded_activations(string levelName, string kindName)
    {
        TileKind kind = Enum.Parse<TileKind>(kindName);
        using TileCase one = new(kind, 1, 1, 288);
        float[] actual = one.Run(Enum.Parse<DotLevel>(levelName));
        Numbers.AssertClose(one.Expected(), actual, 1e-5, kindName);
    }

    [Fact]
    public void The_largest_weights_and_activations_do_not_overflow()
    {
        foreach (DotLevel level in TileKernels.Supported)
        {
            foreach (TileKind kind in Enum.GetValues<TileKind>())
            {
                foreach (float sign in new[] { 1f, -1f })
                {
                    using TileCase one = new(kind, 1, 1, 64, extreme: true, sign);
                    Numbers.AssertClose(one.Expected(), one.Run(level), 1e-5, $"{level} {kind} {sign}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Levels))]
    public void Every_level_rounds_activations_to_the_same_bytes(string levelName)
    {
        SimdLevel level = Numbers.Level(levelName);
        for (int seed = 0; seed < 200; seed++)
        {
            float[] x = Numbers.Normal(96, seed, scale: MathF.Pow(10, (seed % 60) - 30));
            x[seed % 96] = (seed % 7) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => 1e-42f, _ => x[seed % 96] };
            if (seed % 5 == 0)
                x.AsSpan(32, 32).Clear();
            byte[] expected = new byte[QuantizedRow.ByteCount(96)], actual = new byte[expected.Length];
            Quantize.Row(SimdLevel.Scalar, x, expected);
            Quantize.Row(level, x, actual);
            Assert.Equal(expected, actual);
        }
    }

    public static IEnumerable<TheoryDataRow<string>> Levels => Numbers.Levels.Select(level => new TheoryDataRow<string>(level));

    [Fact]
    public void Rounding_is_off_by_half_a_step_at_most()
    {
        float[] x = Numbers.Normal(320, seed: 1);
        byte[] y = new byte[QuantizedRow.ByteCount(320)];
        Quantize.Row(x, y);
        for (int i = 0; i < x.Length; i++)
        {
            ReadOnlySpan<byte> record = y.AsSpan(i / 32 * QuantizedRow.RecordBytes, QuantizedRow.RecordBytes);
            float scale = BitConverter.ToSingle(record);
            Assert.InRange((sbyte)record[QuantizedRow.ValuesOffset + (i % 32)] * scale, x[i] - (0.501f * scale), x[i] + (0.501f * scale));
        }
    }

    [Theory]
    [InlineData(WeightType.Mxfp4)]
    [InlineData(WeightType.Q8_0)]
    public void A_tile_decodes_to_its_rows(object type)
    {
        const int Columns = 96;
        WeightType weightType = (WeightType)type;
        (NativeBuffer<byte> memory, WeightMatrix rows) = Numbers.Weights(weightType, TileLayout.Rows, Columns, seed: 7);
        using NativeBuffer<byte> owner = memory;
        using NativeBuffer<byte> tile = new(TileLayout.TileBytes(weightType, Columns));
        TileLayout.Pack(memory.Span, weightType, Columns, tile.Span);
        float[] expected = new float[Columns], actual = new float[Columns];
        for (int row = 0; row < TileLayout.Rows; row++)
        {
            rows.CopyRow(row, expected);
            fixed (float* to = actual)
                TileLayout.DecodeRow(tile.Pointer, weightType, row, Columns, to);
            Assert.Equal(expected, actual);
        }
    }

    /// <summary>One call of a kernel, with its weights and activations.</summary>
    sealed class TileCase : IDisposable
    {
        readonly TileKind _kind;
        readonly int _tiles, _tokens, _columns;
        readonly NativeBuffer<byte> _weights, _bytes, _x;
        readonly float[] _bias;
        readonly WeightType _type;

        public TileCase(TileKind kind, int tiles, int tokens, int columns, bool extreme = false, float sign = 1)
        {
            (_kind, _tiles, _tokens, _columns) = (kind, tiles, tokens, columns);
            _type = kind == TileKind.Q8 ? WeightType.Q8_0 : WeightType.Mxfp4;
            _weights = new(tiles * TileLayout.TileBytes(_type, columns));
            _bytes = new(tiles * (columns / 32) * 512L);
            for (int tile = 0; tile < tiles; tile++)
            {
                (NativeBuffer<byte> memory, _) = Numbers.Weights(_type, TileLayout.Rows, columns, seed: columns + tile);
                if (extreme)
                    memory.Span.Fill((byte)(_type == WeightType.Q8_0 ? 0x80 : 0x77));
                long tileBytes = TileLayout.TileBytes(_type, columns);
                TileLayout.Pack(memory.Span, _type, columns, _weights.Slice(tile * tileBytes, (int)tileBytes));
                memory.Dispose();
                if (_type == WeightType.Mxfp4)
                    TileKernels.Unpack(DotLevel.Scalar, _weights.Pointer + (tile * tileBytes) + TileLayout.ScaleBytes(_type, columns), columns / 32, _bytes.Pointer + (tile * (columns / 32) * 512L));
            }
            _x = new(tokens * QuantizedRow.ByteCount(columns));
            for (int token = 0; token < tokens; token++)
            {
                float[] x = extreme ? Enumerable.Repeat(sign, columns).ToArray() : Numbers.Normal(columns, seed: token);
                Quantize.Row(x, _x.Slice(token * QuantizedRow.ByteCount(columns), QuantizedRow.ByteCount(columns)));
            }
            _bias = Numbers.Normal(tiles * TileLayout.Rows, seed: 9);
        }

        public float[] Run(DotLevel level)
        {
            float[] y = new float[_tokens * _tiles * TileLayout.Rows];
            long tileBytes = TileLayout.TileBytes(_type, _columns);
            fixed (float* to = y, bias = _bias)
            {
                TileCall call = new()
                {
                    Codes = _kind == TileKind.Mxfp4Bytes ? _bytes.Pointer : _weights.Pointer + TileLayout.ScaleBytes(_type, _columns),
                    Scales = _weights.Pointer,
                    CodesStride = _kind == TileKind.Mxfp4Bytes ? _columns / 32 * 512 : (nint)tileBytes,
                    ScalesStride = (nint)tileBytes,
                    X = _x.Pointer,
                    XStride = QuantizedRow.ByteCount(_columns),
                    Y = to,
                    YStride = _tiles * TileLayout.Rows * sizeof(float),
                    Bias = bias,
                    Blocks = _columns / 32,
                };
                TileKernels.Run(level, _kind, _tiles, _tokens, &call);
            }
            return y;
        }

        public float[] Expected()
        {
            float[] y = new float[TileLayout.Rows], row = new float[_columns];
            for (int r = 0; r < y.Length; r++)
            {
                fixed (float* to = row)
                    TileLayout.DecodeRow(_weights.Pointer, _type, r, _columns, to);
                double sum = _bias[r];
                for (int c = 0; c < _columns; c++)
                {
                    byte* record = _x.Pointer + (c / 32 * QuantizedRow.RecordBytes);
                    sum += (double)row[c] * ((sbyte)record[QuantizedRow.ValuesOffset + (c % 32)] * *(float*)record);
                }
                y[r] = (float)sum;
            }
            return y;
        }

        public void Dispose()
        {
            _weights.Dispose();
            _bytes.Dispose();
            _x.Dispose();
        }
    }
}
