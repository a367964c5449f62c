using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary>What was passed over, for a header.</summary>
static class AnswerWarnings
{
    /// <summary>The header.</summary>
    public const string Header = "x-chorale-warning";

    const int MaxLength = 1024;

    /// <summary>Puts the warnings, where there are any, into the header of an answer that has not begun.</summary>
    public static void AddTo(HttpResponse response, IReadOnlyList<string>? warnings)
    {
        if (warnings is { Count: > 0 })
            response.Headers[Header] = ForHeader(warnings);
    }

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
