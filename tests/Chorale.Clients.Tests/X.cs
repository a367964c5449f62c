namespace Chorale.Clients.Tests; public class X { [Fact] public void A() => Assert.True(true); }
