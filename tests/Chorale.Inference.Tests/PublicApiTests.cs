using Chorale.TestKit;

namespace Chorale.Inference.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_listed_one() => PublicApi.Verify(typeof(GptOssModel).Assembly);
}
