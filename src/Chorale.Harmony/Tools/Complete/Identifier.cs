using System.Collections.Frozen;
using System.Text;

namespace Chorale.Harmony;

/// <summary>Names of TypeScript.</summary>
static class Identifier
{
    const int LongestName = 64;

    static readonly FrozenSet<string> Taken = FrozenSet.Create(StringComparer.Ordinal,
        "any", "unknown", "never", "void", "null", "undefined", "string", "number", "boolean", "object", "symbol", "bigint", "Array", "Record", "Object",
        "type", "namespace", "function", "class", "interface", "enum", "const", "let", "var", "import", "export", "default", "in", "is", "as", "this", "true",
        "false", "new", "typeof", "keyof", "infer", "extends", "readonly", "declare", "if", "else", "for", "while", "do", "return", "switch", "case", "break",
        "continue", "delete", "instanceof", "throw", "try", "catch", "finally", "with", "yield", "await", "super", "static", "implements", "package", "private",
        "protected", "public");

    /// <summary>Whether a property may have this name without quotes.</summary>
    public static bool IsValid(string name) => name.Length > 0 && IsStart(name[0]) && name.All(c => IsStart(c) || char.IsAsciiDigit(c));

    /// <summary>A name for a type, as near to this one as may be.</summary>
    public static string TypeName(string name)
    {
        StringBuilder valid = new();
        foreach (char c in name)
        {
            if (valid.Length == LongestName)
                break;
            if (IsStart(c) || (char.IsAsciiDigit(c) && valid.Length > 0))
                valid.Append(c);
            else if (valid.Length > 0 && valid[^1] != '_')
                valid.Append('_');
        }
        while (valid.Length > 0 && valid[^1] == '_')
            valid.Length--;
        string text = valid.ToString();
        return text.Length == 0 ? "Type" : Taken.Contains(text) ? $"{text}Type" : text;
    }

    // Half of a surrogate pair is no letter, so that a name beyond U+FFFF is quoted.
    static bool IsStart(char c) => char.IsLetter(c) || c is '_' or '$';
}
