namespace Chorale.Inference.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void A_spare_core_is_one_thread_less_but_never_none()
    {
        Assert.Equal(Environment.ProcessorCount, new GptOssOptions().ThreadCount);
        Assert.Equal(Math.Max(1, Environment.ProcessorCount - 1), new GptOssOptions { SpareCore = true }.ThreadCount);
        Assert.Equal(3, new GptOssOptions { SpareCore = true, Threads = 3 }.ThreadCount);
    }
}
