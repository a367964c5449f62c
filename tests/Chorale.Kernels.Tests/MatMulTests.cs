namespace Chorale.Kernels.Tests;

public class MatMulTests
{
    static readonly WeightType[] Types = Enum.GetValues<WeightType>();

    public static IEnumerable<TheoryDataRow<string, string>> LevelsAndTypes =>
        from level in Numbers.Levels from type in Types select new TheoryDataRow<string, string>(level, type.ToString());

    [Theory, MemberData(nameof(LevelsAndTypes))]
    public void Every_level_agrees_with_the_scalar_reference_at_every_length(string level, string type)
    {
        foreach (int columns in Numbers.Lengths.Where(length => length % Enum.Parse<WeightType>(type).BlockLength() == 0))
            foreach ((int rows, int tokens) in columns is 2880 or 96 or 33 ? new[] { (1, 1), (7, 1), (4, 6), (17, 2), (19, 13), (35, 9) } : [(5, 1), (6, 4)])
                Compare(Numbers.Level(level), Enum.Parse<WeightType>(type), rows, columns, tokens);
    }

    static void Compare(SimdLevel level, WeightType type, int rows, int columns, int tokens)
    {
        (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(type, rows, columns, seed: columns + rows);
        using NativeBuffer<byte> owner = memory;
        float[] x = Numbers.Normal(tokens * columns, seed: columns), bias = Numbers.Normal(rows, seed: 1);
        float[] expected = new float[tokens * rows], actual = new float[tokens * rows];
        foreach (float[] b in new[] { bias, [] })
        {
            MatMul.RunRows(SimdLevel.Scalar, w, b, x, tokens, expected, rows, 0, rows);
            MatMul.RunRows(level, w, b, x, tokens, actual, rows, 0, rows);
            Numbers.AssertClose(expected, actual, 3e-6 * Math.Sqrt(columns + 1), $"{level} {type} {rows} x {columns}, {tokens} tokens");
        }
    }

    [Theory, MemberData(nameof(LevelsAndTypes))]
    public void A_split_of_the_rows_changes_no_bit(string level, string type)
    {
        const int Rows = 53, Columns = 160;
        (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(Enum.Parse<WeightType>(type), Rows, Columns, seed: 3);
        using NativeBuffer<byte> owner = memory;
        foreach (int tokens in new[] { 1, 2, 8 })
        {
            float[] x = Numbers.Normal(tokens * Columns, seed: 4);
            float[] whole = new float[tokens * Rows], split = new float[tokens * Rows];
            MatMul.RunRows(Numbers.Level(level), w, [], x, tokens, whole, Rows, 0, Rows);
            foreach ((int start, int end) in new[] { (0, 1), (1, 8), (8, 8), (8, 33), (33, 53) })
                MatMul.RunRows(Numbers.Level(level), w, [], x, tokens, split, Rows, start, end);
            Assert.Equal(whole, split);
        }
    }

    [Theory, MemberData(nameof(LevelsAndTypes))]
    public void A_token_gives_the_same_bits_in_every_group_of_many(string level, string type)
    {
        const int Rows = 20, Columns = 192, Tokens = 14;
        (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(Enum.Parse<WeightType>(type), Rows, Columns, seed: 3);
        using NativeBuffer<byte> owner = memory;
        float[] x = Numbers.Normal(Tokens * Columns, seed: 4);
        float[] all = new float[Tokens * Rows], some = new float[Tokens * Rows];
        MatMul.RunRows(Numbers.Level(level), w, [], x, Tokens, all, Rows, 0, Rows);
        for (int count = 2; count <= Tokens; count++)
        {
            MatMul.RunRows(Numbers.Level(level), w, [], x.AsSpan(0, count * Columns), count, some.AsSpan(0, count * Rows), Rows, 0, Rows);
            Assert.Equal(all.AsSpan(0, count * Rows), some.AsSpan(0, count * Rows));
        }
    }

    [Fact]
    public void The_pool_gives_the_bits_of_one_thread()
    {
        const int Rows = 1000, Columns = 288;
        using WorkerPool pool = new(3), alone = new(1);
        foreach (WeightType type in Types)
        {
            (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(type, Rows, Columns, seed: 3);
            using NativeBuffer<byte> owner = memory;
            foreach (int tokens in new[] { 0, 1, 5 })
            {
                float[] x = Numbers.Normal(tokens * Columns, seed: 4), bias = Numbers.Normal(Rows, seed: 5);
                float[] one = new float[tokens * Rows], three = new float[tokens * Rows];
                MatMul.Run(w, bias, x, tokens, one, alone);
                MatMul.Run(w, bias, x, tokens, three, pool);
                Assert.Equal(one, three);
            }
        }
    }

    [Fact]
    public void A_range_of_rows_writes_only_its_own_numbers()
    {
        (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(WeightType.Q8_0, 30, 64, seed: 1);
        using NativeBuffer<byte> owner = memory;
        foreach (SimdLevel level in Simd.Supported)
            foreach (int tokens in new[] { 1, 3 })
            {
                const int Stride = 40;
                float[] y = Enumerable.Repeat(float.NaN, tokens * Stride).ToArray();
                MatMul.RunRows(level, w, [], Numbers.Normal(tokens * 64, seed: 2), tokens, y, Stride, 5, 26);
                for (int i = 0; i < y.Length; i++)
                    Assert.Equal(i % Stride is >= 5 and < 26, !float.IsNaN(y[i]));
            }
    }

    [Fact]
    public void Broken_numbers_come_out_broken_and_only_where_they_went_in()
    {
        (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(WeightType.Mxfp4, 9, 64, seed: 1);
        using NativeBuffer<byte> owner = memory;
        foreach (SimdLevel level in Simd.Supported)
        {
            float[] x = Numbers.Normal(3 * 64, seed: 2), y = new float[3 * 9];
            x[70] = float.NaN;
            MatMul.RunRows(level, w, [], x, 3, y, 9, 0, 9);
            Assert.All(y[..9], number => Assert.True(float.IsFinite(number)));
            Assert.All(y[9..18], number => Assert.True(float.IsNaN(number)));
            Assert.All(y[18..], number => Assert.True(float.IsFinite(number)));
        }
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        using NativeBuffer<float> memory = new(12 * 8);
        WeightMatrix w = memory.Matrix(0, WeightType.F32, 12, 8);
        using WorkerPool pool = new(1);
        Assert.ThrowsAny<ArgumentException>(() => MatMul.Run(w, [], new float[9], 1, new float[12], pool));
        Assert.ThrowsAny<ArgumentException>(() => MatMul.Run(w, new float[11], new float[8], 1, new float[12], pool));
        Assert.ThrowsAny<ArgumentException>(() => MatMul.Run(w, [], new float[8], 1, new float[11], pool));
        Assert.ThrowsAny<ArgumentException>(() => MatMul.Run(w, [], [], -1, new float[12], pool));
        Assert.ThrowsAny<ArgumentException>(() => MatMul.RunRows(w, [], new float[8], 1, new float[12], 12, 0, 13));
        Assert.ThrowsAny<ArgumentException>(() => MatMul.RunRows(w, [], new float[8], 1, new float[12], 12, -1, 3));
        Assert.ThrowsAny<ArgumentException>(() => MatMul.RunRows(w, [], new float[8], 1, new float[12], 11, 0, 12));
        float[] both = new float[20];
        Assert.ThrowsAny<ArgumentException>(() => MatMul.Run(w, [], both.AsSpan(0, 8), 1, both.AsSpan(7, 12), pool));
    }

    [Fact]
    public void No_kernel_allocates_once_it_has_run()
    {
        (NativeBuffer<byte> memory, WeightMatrix w) = Numbers.Weights(WeightType.Mxfp4, 64, 288, seed: 1);
        using NativeBuffer<byte> owner = memory;
        using WorkerPool pool = new(2);
        float[] x = Numbers.Normal(7 * 288, seed: 2), y = new float[7 * 64];
        MatMul.Run(w, [], x, 7, y, pool);
        MatMul.Run(w, [], x.AsSpan(0, 288), 1, y.AsSpan(0, 64), pool);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            MatMul.Run(w, [], x, 7, y, pool);
            MatMul.Run(w, [], x.AsSpan(0, 288), 1, y.AsSpan(0, 64), pool);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
