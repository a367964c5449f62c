namespace Chorale.Kernels.Tests;

public class MemoryTests
{
    static string Write(byte[] content)
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.bin");
        File.WriteAllBytes(path, content);
        return path;
    }

    [Fact]
    public void A_mapped_file_shows_the_bytes_of_the_file()
    {
        byte[] content = new byte[10_000];
        new Random(1).NextBytes(content);
        string path = Write(content);
        using (MappedFile file = new(path))
        {
            Assert.Equal(content.Length, file.Length);
            Assert.Equal(content, file.Span(0, content.Length));
            Assert.Equal(content.AsSpan(9_000), file.Span(9_000, 1_000));
            Assert.True(file.Span(10_000, 0).IsEmpty);
        }
        File.Delete(path);
    }

    [Fact]
    public void No_view_reaches_past_the_end_of_a_file()
    {
        string path = Write(new byte[100]);
        using (MappedFile file = new(path))
        {
            Assert.ThrowsAny<ArgumentException>(() => file.Span(-1, 1));
            Assert.ThrowsAny<ArgumentException>(() => file.Span(0, 101));
            Assert.ThrowsAny<ArgumentException>(() => file.Span(101, 0));
            Assert.ThrowsAny<ArgumentException>(() => file.Span(long.MaxValue, 1));
            Assert.ThrowsAny<ArgumentException>(() => file.Span(0, -1));
            Assert.Equal(24, file.Matrix(4, WeightType.F32, 3, 8).Rows * file.Matrix(4, WeightType.F32, 3, 8).Columns);
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(5, WeightType.F32, 3, 8));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(long.MaxValue, WeightType.F32, 1, 1));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(-1, WeightType.F32, 1, 1));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(0, WeightType.F32, int.MaxValue, int.MaxValue));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(0, WeightType.F32, -1, 8));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(0, WeightType.Q8_0, 1, 33));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(0, WeightType.Mxfp4, 1, 16));
            Assert.ThrowsAny<ArgumentException>(() => file.Matrix(0, (WeightType)99, 1, 16));
        }
        File.Delete(path);
    }

    [Fact]
    public void An_empty_file_maps_to_nothing()
    {
        string path = Write([]);
        using (MappedFile file = new(path))
        {
            Assert.Equal(0, file.Length);
            Assert.True(file.Span(0, 0).IsEmpty);
            Assert.ThrowsAny<ArgumentException>(() => file.Span(0, 1));
        }
        File.Delete(path);
    }

    [Fact]
    public void A_disposed_file_gives_no_more_views()
    {
        string path = Write(new byte[100]);
        MappedFile file = new(path);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Span(0, 1));
        Assert.Throws<ObjectDisposedException>(() => file.Matrix(0, WeightType.F32, 1, 1));
        File.Delete(path);
    }

    [Fact]
    public void A_buffer_is_zeroed_aligned_and_bounded()
    {
        NativeBuffer<float> buffer = new(1000);
        Assert.Equal(0, buffer.Address % 64);
        Assert.All(buffer.Span.ToArray(), number => Assert.Equal(0f, number));
        Assert.Equal(10, buffer.Slice(990, 10).Length);
        Assert.ThrowsAny<ArgumentException>(() => buffer.Slice(991, 10));
        Assert.ThrowsAny<ArgumentException>(() => buffer.Slice(-1, 10));
        Assert.ThrowsAny<ArgumentException>(() => buffer.Matrix(0, WeightType.F32, 10, 101));
        Assert.ThrowsAny<ArgumentException>(() => new NativeBuffer<float>(-1));
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.Slice(0, 1).Length);
    }

    [Fact]
    public void A_slice_of_a_matrix_holds_its_rows()
    {
        using NativeBuffer<float> buffer = new(40);
        for (int i = 0; i < 40; i++)
            buffer.Span[i] = i;
        WeightMatrix w = buffer.Matrix(0, WeightType.F32, 10, 4), slice = w.Slice(3, 5);
        float[] row = new float[4];
        slice.CopyRow(2, row);
        Assert.Equal([20, 21, 22, 23], row);
        Assert.Equal((5, 4), (slice.Rows, slice.Columns));
        Assert.ThrowsAny<ArgumentException>(() => slice.CopyRow(5, row));
        Assert.ThrowsAny<ArgumentException>(() => slice.CopyRow(-1, row));
        Assert.ThrowsAny<ArgumentException>(() => slice.CopyRow(0, new float[3]));
        Assert.ThrowsAny<ArgumentException>(() => w.Slice(6, 5));
        Assert.ThrowsAny<ArgumentException>(() => w.Slice(-1, 5));
        Assert.ThrowsAny<ArgumentException>(() => w.Slice(1, int.MaxValue));
    }

    [Fact]
    public void Rows_have_the_bytes_of_their_blocks()
    {
        Assert.Equal(11_520, WeightType.F32.RowBytes(2880));
        Assert.Equal(5_760, WeightType.F16.RowBytes(2880));
        Assert.Equal(5_760, WeightType.BF16.RowBytes(2880));
        Assert.Equal(3_060, WeightType.Q8_0.RowBytes(2880));
        Assert.Equal(1_530, WeightType.Mxfp4.RowBytes(2880));
    }
}
