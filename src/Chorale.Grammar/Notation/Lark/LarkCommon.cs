using System.Collections.Concurrent;

namespace Chorale.Grammar;

/// <summary>The terminals of the module <c>common</c>.</summary>
/// <remarks>Where Lark's own take the shortest of several matches (strings and comments), these have no closing mark inside.</remarks>
static class LarkCommon
{
    const string Exponent = "[eE][+-]?[0-9]+";
    const string Decimal = @"(?:[0-9]+\.[0-9]*|\.[0-9]+)";
    const string Float = $"(?:[0-9]+{Exponent}|{Decimal}(?:{Exponent})?)";
    const string Number = $"(?:{Float}|[0-9]+)";

    static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["DIGIT"] = "[0-9]",
        ["HEXDIGIT"] = "[0-9a-fA-F]",
        ["INT"] = "[0-9]+",
        ["SIGNED_INT"] = "[+-]?[0-9]+",
        ["DECIMAL"] = Decimal,
        ["FLOAT"] = Float,
        ["SIGNED_FLOAT"] = $"[+-]?{Float}",
        ["NUMBER"] = Number,
        ["SIGNED_NUMBER"] = $"[+-]?{Number}",
        ["ESCAPED_STRING"] = """
            "(?:[^"\\\n]|\\[^\n])*"
            """,
        ["LCASE_LETTER"] = "[a-z]",
        ["UCASE_LETTER"] = "[A-Z]",
        ["LETTER"] = "[A-Za-z]",
        ["WORD"] = "[A-Za-z]+",
        ["CNAME"] = "[A-Za-z_][A-Za-z0-9_]*",
        ["WS_INLINE"] = @"[ \t]+",
        ["WS"] = @"[ \t\f\r\n]+",
        ["CR"] = @"\r",
        ["LF"] = @"\n",
        ["NEWLINE"] = @"(?:\r?\n)+",
        ["SH_COMMENT"] = @"#[^\n]*",
        ["CPP_COMMENT"] = @"//[^\n]*",
        ["C_COMMENT"] = @"/\*(?:[^*]|\*+[^*/])*\*+/",
        ["SQL_COMMENT"] = @"--[^\n]*",
    };

    static readonly ConcurrentDictionary<string, RegularExpression> Found = new(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Patterns.Keys;

    /// <summary>A terminal by its name; null where there is no such terminal.</summary>
    public static RegularExpression? Find(string name) =>
        Patterns.TryGetValue(name, out string? pattern) ? Found.GetOrAdd(name, static (_, text) => RegexPattern.Whole(text, RegexFlags.None), pattern) : null;
}
