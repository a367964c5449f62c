using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_listed_one() => PublicApi.Verify(typeof(CompiledGrammar).Assembly);
}
