namespace Chorale.Kernels.Tests;

public class ReadBandwidthTests
{
    [Theory]
    [InlineData(1, 1 << 20, 1)]
    [InlineData(2, 5 << 20, 3)]
    [InlineData(3, (2 << 20) + 17, 2)]
    public void All_of_the_memory_is_read(int threads, long byteCount, int passes)
    {
        // It throws where what was read does not add up to what was written.
        using WorkerPool pool = new(threads);
        Assert.True(ReadBandwidth.Measure(pool, byteCount, passes) > 0);
    }

    [Fact]
    public void Less_than_a_chunk_and_no_pass_are_refused()
    {
        using WorkerPool pool = new(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => ReadBandwidth.Measure(pool, (1 << 20) - 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReadBandwidth.Measure(pool, 1 << 20, 0));
    }
}
