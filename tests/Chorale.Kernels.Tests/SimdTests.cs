namespace Chorale.Kernels.Tests;

public class SimdTests
{
    [Fact]
    public void The_level_is_what_was_asked_for_but_never_above_the_cpu()
    {
        Assert.Equal(SimdLevel.Vector256, Simd.Choose(null, SimdLevel.Vector256));
        Assert.Equal(SimdLevel.Scalar, Simd.Choose("Scalar", SimdLevel.Vector256));
        Assert.Equal(SimdLevel.Vector128, Simd.Choose("vector128", SimdLevel.Vector512));
        Assert.Equal(SimdLevel.Vector256, Simd.Choose("Vector512", SimdLevel.Vector256));
        Assert.Equal(SimdLevel.Vector256, Simd.Choose("fast", SimdLevel.Vector256));
        Assert.Equal(SimdLevel.Vector256, Simd.Choose("77", SimdLevel.Vector256));
    }

    [Fact]
    public void The_supported_levels_start_with_the_reference_and_hold_the_chosen_one()
    {
        Assert.Equal(SimdLevel.Scalar, Simd.Supported[0]);
        Assert.Contains(Simd.Level, Simd.Supported);
    }
}
