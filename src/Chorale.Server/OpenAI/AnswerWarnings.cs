namespace Chorale.Server;

/// <summary>What was passed over, for a header.</summary>
static class AnswerWarnings
{
    const int MaxLength = 1024;

    /// <summary>The warnings on one line of printable ASCII.</summary>
    public static string ForHeader(IEnumerable<string> warnings)
    {
        string line = string.Join("; ", warnings);
        return string.Create(Math.Min(line.Length, MaxLength), line, static (header, text) =>
        {
            for (int i = 0; i < header.Length; i++)
                header[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
        });
    }
}
