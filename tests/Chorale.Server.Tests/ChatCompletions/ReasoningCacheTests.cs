using Chorale.Chat;

namespace Chorale.Server.Tests;

public class ReasoningCacheTests
{
    [Fact]
    public void The_longest_unused_goes_first()
    {
        ReasoningCache cache = new(maxTurns: 2);
        cache.Add("a", Turn("1"));
        cache.Add("b", Turn("2"));
        Assert.True(cache.TryGet("a", out _));
        cache.Add("c", Turn("3"));

        Assert.Equal((2, true, false, true), (cache.Count, cache.TryGet("a", out _), cache.TryGet("b", out _), cache.TryGet("c", out _)));
    }

    [Fact]
    public void Its_size_is_bounded_in_characters_too()
    {
        ReasoningCache cache = new(maxTurns: 100, maxCharacters: 10_000);
        cache.Add("huge", Turn(new string('x', 10_000)));
        Assert.Equal(0, cache.Count);
        for (int i = 0; i < 100; i++)
            cache.Add($"call_{i}", Turn(new string('x', 1000)));

        Assert.InRange(cache.Count, 1, 9);
        Assert.True(cache.TryGet("call_99", out CachedTurn? last));
        Assert.Equal(1000, last.Reasoning.Length);
    }

    [Fact]
    public void An_id_that_comes_again_is_replaced()
    {
        ReasoningCache cache = new();
        cache.Add("a", Turn("old"));
        cache.Add("a", Turn("new"));

        Assert.True(cache.TryGet("a", out CachedTurn? turn));
        Assert.Equal(("new", 1), (turn.Reasoning, cache.Count));
    }

    static CachedTurn Turn(string reasoning) => new("f", [HarmonyHistory.Reasoning(reasoning)], reasoning, "");
}
