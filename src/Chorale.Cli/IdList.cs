using System.Globalization;

namespace Chorale.Cli;

/// <summary>Token ids as people write them: numbers with blanks, commas or brackets between.</summary>
static class IdList
{
    static readonly char[] Separators = [' ', '\t', '\r', '\n', ',', ';', '[', ']'];

    /// <summary>The ids of the command line, or those of standard input where it has none.</summary>
    public static async Task<int[]> ReadAsync(CliHost host, uint[]? given, CancellationToken cancellationToken) =>
        given is { Length: > 0 }
            ? [.. given.Select(id => unchecked((int)id))]
            : Parse(await host.ReadAllTextAsync(cancellationToken));

    /// <summary>Reads all of them.</summary>
    /// <exception cref="CliException">Something between the separators is not an id.</exception>
    public static int[] Parse(string text) =>
        [.. text.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];

    static int ParseOne(string word) =>
        uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            ? unchecked((int)id)
            : throw new CliException($"'{word}' is not a token id (0 to 4294967295).");
}
