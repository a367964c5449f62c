using Chorale.TestKit;

namespace Chorale.Templates.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_listed_one() => PublicApi.Verify(typeof(ChatTemplate).Assembly);
}
