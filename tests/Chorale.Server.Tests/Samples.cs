using Chorale.TestKit;

namespace Chorale.Server.Tests;

/// <summary>Turns as models wrote them, out of the field.</summary>
static class Samples
{
    public static TheoryData<string> Malformed => [.. Jsonl.Read<Sample>("harmony/malformed.jsonl").Select(sample => sample.Text)];

    public sealed record Sample(string Text);
}
