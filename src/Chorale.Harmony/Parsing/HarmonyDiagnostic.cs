using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>One place where the input left the format, and what was made of it.</summary>
/// <param name="Code">What kind of slip.</param>
/// <param name="Index">Where: the place of the first id concerned among all that were pushed, from 0; for text the place of the UTF-16 unit.</param>
/// <param name="Length">How many ids, or UTF-16 units, it spans; 0 where something is missing.</param>
/// <param name="MessageIndex">The message it belongs to, or the next one where it belongs to none.</param>
/// <param name="Found">What stood there, quoted where it did not become a message's text; empty where something is missing.</param>
/// <param name="Done">What was done about it, in words.</param>
public sealed record HarmonyDiagnostic(DiagnosticCode Code, int Index, int Length, int MessageIndex, string Found, string Done)
{
    /// <summary>The code as it stands on the wire: <c>missing_end</c>.</summary>
    public string Name => DiagnosticCodes.NameOf(Code);

    /// <summary>Code, finding and repair in one line.</summary>
    public string Message => Found.Length == 0
        ? $"{DiagnosticCodes.Describe(Code)}: {Done}"
        : $"{DiagnosticCodes.Describe(Code)}: found '{Escape(Found)}': {Done}";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Index}] {Name}: {Message}");

    /// <summary>Control characters as escapes, so that a message stays a line and is safe on a terminal.</summary>
    static string Escape(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when char.IsControl(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }
        return escaped.ToString();
    }
}
