using Chorale.TestKit;

namespace Chorale.Tokenization.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_listed_one() => PublicApi.Verify(typeof(Tokenizer).Assembly);
}
