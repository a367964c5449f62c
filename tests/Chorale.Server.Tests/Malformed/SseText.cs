namespace Chorale.Server.Tests;

/// <summary>Reads the text of an event stream.</summary>
static class SseText
{
    /// <summary>Its frames, comments left out; each has one line of data.</summary>
    public static IEnumerable<(string? Event, string Data)> Frames(string text)
    {
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        foreach (string frame in text[..^2].Split("\n\n"))
        {
            if (frame.StartsWith(':'))
                continue;
            string[] lines = frame.Split('\n');
            string? name = lines[0].StartsWith("event: ", StringComparison.Ordinal) ? lines[0][7..] : null;
            Assert.Equal(name is null ? 1 : 2, lines.Length);
            Assert.StartsWith("data: ", lines[^1], StringComparison.Ordinal);
            yield return (name, lines[^1][6..]);
        }
    }
}
