namespace Chorale.Kernels.Tests;

public class LayerKeyValuesTests
{
    [Fact]
    public void Half_precision_rounds_to_nearest_even_between_its_smallest_normal_and_largest_number()
    {
        for (int bits = 0x0400; bits < 0x7BFF; bits++)
            foreach (int sign in new[] { 0, 0x8000 })
            {
                float low = (float)BitConverter.UInt16BitsToHalf((ushort)(bits | sign)), high = (float)BitConverter.UInt16BitsToHalf((ushort)((bits + 1) | sign)), middle = (low + high) / 2;
                foreach (float x in new[] { low, MathF.BitIncrement(middle), middle, MathF.BitDecrement(middle) })
                    Assert.Equal(BitConverter.HalfToUInt16Bits((Half)x), Encode(x)[0]);
            }
    }

    [Theory]
    [InlineData(65504f, 0x7BFF)]
    [InlineData(65519f, 0x7BFF)]
    [InlineData(1e30f, 0x7BFF)]
    [InlineData(-1e30f, 0xFBFF)]
    [InlineData(float.PositiveInfinity, 0x7C00)]
    [InlineData(float.NegativeInfinity, 0xFC00)]
    [InlineData(6.1035156E-05f, 0x0400)]
    [InlineData(5e-5f, 0x0400)]
    [InlineData(3.0517578E-05f, 0)]
    [InlineData(-3e-5f, 0x8000)]
    [InlineData(1e-40f, 0)]
    [InlineData(0f, 0)]
    public void Half_precision_has_no_denormals_and_does_not_overflow(float x, int expected) => Assert.Equal(expected, Encode(x)[0]);

    [Fact]
    public void Half_precision_keeps_what_is_no_number() => Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(Encode(float.NaN)[0])));

    [Theory]
    [InlineData(nameof(KeyValueFormat.F32), 0)]
    [InlineData(nameof(KeyValueFormat.F16), 0.0005)]
    [InlineData(nameof(KeyValueFormat.Q8), 0.004)]
    public void What_is_stored_comes_back_as_exactly_as_the_format_is(string format, double tolerance)
    {
        const int HeadDim = 64, KvHeads = 3;
        using LayerKeyValues cache = new(new(Enum.Parse<KeyValueFormat>(format), KvHeads, HeadDim, 64));
        for (int p = 0; p < 100; p++)
        {
            float[] keys = Numbers.Normal(KvHeads * HeadDim, p), values = Numbers.Normal(KvHeads * HeadDim, -p), key = new float[HeadDim], value = new float[HeadDim];
            cache.Reserve(p, 1);
            cache.Store(p, keys, values);
            for (int head = 0; head < KvHeads; head++)
            {
                cache.Read(p, head, key, value);
                Near(keys.AsSpan(head * HeadDim, HeadDim), key, tolerance);
                Near(values.AsSpan(head * HeadDim, HeadDim), value, tolerance);
            }
        }
    }

    [Fact]
    public void Zeros_and_the_smallest_numbers_have_no_scale_of_eight_bits_and_stay_finite()
    {
        using LayerKeyValues cache = new(new(KeyValueFormat.Q8, 1, 4, 32));
        cache.Reserve(0, 2);
        cache.Store(0, new float[4], [1e-44f, 0, -1e-44f, 0]);
        float[] key = new float[4], value = new float[4];
        cache.Read(0, 0, key, value);
        Assert.Equal(new float[4], key);
        Assert.All(value, x => Assert.InRange(x, -1e-40f, 1e-40f));
    }

    [Fact]
    public void A_ring_holds_its_last_positions_and_no_more()
    {
        using LayerKeyValues ring = new(new(KeyValueFormat.F32, 1, 4, 32), ringPositions: 70);
        Assert.Equal(96, ring.Capacity);
        for (int p = 0; p < 300; p++)
        {
            ring.Reserve(p, 1);
            ring.Store(p, [p, 0, 0, 0], [0, p, 0, 0]);
        }
        float[] key = new float[4], value = new float[4];
        for (int p = 204; p < 300; p++)
        {
            ring.Read(p, 0, key, value);
            Assert.Equal((p, p), (key[0], value[1]));
        }
        Assert.Equal(96 * 2 * 4 * sizeof(float), ring.ByteCount);
        Assert.ThrowsAny<ArgumentException>(() => ring.Reserve(300, 97));
    }

    [Fact]
    public void Pages_are_allocated_where_positions_are_reserved_and_freed_where_they_are_trimmed()
    {
        using LayerKeyValues all = new(new(KeyValueFormat.F16, 2, 8, 32));
        const int Page = 32 * 2 * 2 * 8 * sizeof(ushort);
        Assert.Equal(0, all.ByteCount);
        all.Reserve(0, 33);
        Assert.Equal(2 * Page, all.ByteCount);
        all.Reserve(33, 300);
        Assert.Equal(11 * Page, all.ByteCount);
        all.TrimTo(65);
        Assert.Equal(3 * Page, all.ByteCount);
        Assert.False(all.Holds(0, 96));
        Assert.True(all.Holds(0, 95));
        all.TrimTo(0);
        Assert.Equal(0, all.ByteCount);
        Assert.ThrowsAny<ArgumentException>(() => all.Store(0, new float[16], new float[16]));
    }

    [Fact]
    public void A_shared_page_is_copied_before_one_of_its_holders_writes_to_it()
    {
        const int Page = 32 * 2 * 4 * sizeof(float);
        KeyValueLayout layout = new(KeyValueFormat.F32, 1, 4, 32);
        LayerKeyValues first = new(layout), second = new(layout);
        first.Reserve(0, 50);
        for (int p = 0; p < 50; p++)
            first.Store(p, [p, 0, 0, 0], [0, p, 0, 0]);
        second.ShareFrom(first, 40);
        Assert.Equal((Page, Page), (first.ByteCount, second.ByteCount));    // two pages, each counted by half
        second.Reserve(40, 10);
        Assert.Equal(((Page / 2) + Page, (Page / 2) + Page), (first.ByteCount, second.ByteCount));
        for (int p = 40; p < 50; p++)
            second.Store(p, [-p, 0, 0, 0], [0, -p, 0, 0]);
        float[] key = new float[4], value = new float[4];
        for (int p = 0; p < 50; p++)
        {
            first.Read(p, 0, key, value);
            Assert.Equal((p, p), (key[0], value[1]));
        }
        first.Dispose();
        Assert.Equal(2 * Page, second.ByteCount);
        for (int p = 0; p < 50; p++)
        {
            second.Read(p, 0, key, value);
            Assert.Equal(p < 40 ? p : -p, key[0]);
        }
        second.Dispose();
    }

    [Fact]
    public void The_door_refuses_what_does_not_fit()
    {
        KeyValueLayout layout = new(KeyValueFormat.F32, 2, 16, 32);
        using LayerKeyValues all = new(layout), ring = new(layout, 32), other = new(layout with { });
        all.Reserve(0, 32);
        float[] row = new float[32];
        Assert.ThrowsAny<ArgumentException>(() => all.Store(-1, row, row));
        Assert.ThrowsAny<ArgumentException>(() => all.Store(32, row, row));
        Assert.ThrowsAny<ArgumentException>(() => all.Store(0, row.AsSpan(1), row));
        Assert.ThrowsAny<ArgumentException>(() => all.Store(0, row, row.AsSpan(1)));
        Assert.ThrowsAny<ArgumentException>(() => all.Reserve(-1, 1));
        Assert.ThrowsAny<ArgumentException>(() => all.Read(0, 2, new float[16], new float[16]));
        Assert.ThrowsAny<ArgumentException>(() => ring.ShareFrom(all, 1));
        Assert.ThrowsAny<ArgumentException>(() => other.ShareFrom(all, 33));
        Assert.ThrowsAny<ArgumentException>(() => new KeyValueLayout(KeyValueFormat.F32, 0, 16, 32));
        Assert.ThrowsAny<ArgumentException>(() => new KeyValueLayout((KeyValueFormat)7, 1, 16, 32));
        Assert.ThrowsAny<ArgumentException>(() => new LayerKeyValues(layout, -1));
    }

    static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        float max = 0;
        foreach (float x in expected)
            max = Math.Max(max, Math.Abs(x));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * max, $"{actual[i]}, expected {expected[i]}");
    }

    static ushort[] Encode(float x)
    {
        // Nine, so that the vector loop and the rest are both met.
        ushort[] y = new ushort[9];
        KeyValueCodec.Encode([x, x, x, x, x, x, x, x, x], y);
        Assert.All(y, bits => Assert.Equal(y[0], bits));
        return y;
    }
}
