using Chorale.TestKit;

namespace Chorale.Agents.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_as_listed() => PublicApi.Verify(typeof(Agent).Assembly);
}
