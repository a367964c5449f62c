using Chorale.TestKit;

namespace Chorale.Training.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_as_listed() => PublicApi.Verify(typeof(History).Assembly);
}
