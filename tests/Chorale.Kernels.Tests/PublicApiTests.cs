using Chorale.Kernels;

namespace Chorale.Kernels.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_project_shows_nothing_to_strangers() => Assert.Empty(typeof(WeightMatrix).Assembly.GetExportedTypes());
}
