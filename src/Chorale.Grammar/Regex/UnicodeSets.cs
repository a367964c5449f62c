using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Chorale.Grammar;

/// <summary>Sets of characters that Unicode names: <c>\p{…}</c>.</summary>
static class UnicodeSets
{
    static readonly string[] ShortNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
        "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",    // in the order of UnicodeCategory
    ];

    static readonly Dictionary<string, string> CategoryNames = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L",
        ["Cased_Letter"] = "LC",
        ["Uppercase_Letter"] = "Lu",
        ["Lowercase_Letter"] = "Ll",
        ["Titlecase_Letter"] = "Lt",
        ["Modifier_Letter"] = "Lm",
        ["Other_Letter"] = "Lo",
        ["Mark"] = "M",
        ["Combining_Mark"] = "M",
        ["Nonspacing_Mark"] = "Mn",
        ["Spacing_Mark"] = "Mc",
        ["Enclosing_Mark"] = "Me",
        ["Number"] = "N",
        ["Decimal_Number"] = "Nd",
        ["digit"] = "Nd",
        ["Letter_Number"] = "Nl",
        ["Other_Number"] = "No",
        ["Separator"] = "Z",
        ["Space_Separator"] = "Zs",
        ["Line_Separator"] = "Zl",
        ["Paragraph_Separator"] = "Zp",
        ["Other"] = "C",
        ["Control"] = "Cc",
        ["cntrl"] = "Cc",
        ["Format"] = "Cf",
        ["Surrogate"] = "Cs",
        ["Private_Use"] = "Co",
        ["Unassigned"] = "Cn",
        ["Punctuation"] = "P",
        ["punct"] = "P",
        ["Connector_Punctuation"] = "Pc",
        ["Dash_Punctuation"] = "Pd",
        ["Open_Punctuation"] = "Ps",
        ["Close_Punctuation"] = "Pe",
        ["Initial_Punctuation"] = "Pi",
        ["Final_Punctuation"] = "Pf",
        ["Other_Punctuation"] = "Po",
        ["Symbol"] = "S",
        ["Math_Symbol"] = "Sm",
        ["Currency_Symbol"] = "Sc",
        ["Modifier_Symbol"] = "Sk",
        ["Other_Symbol"] = "So",
    };

    static readonly Lazy<CharSet[]> Categories = new(FindCategories);
    static readonly Lazy<Dictionary<string, CharSet>> Scripts = new(UnicodeScripts.Read);
    static readonly ConcurrentDictionary<string, CharSet> Known = new(StringComparer.Ordinal);
    static readonly Lazy<CharSet> Alphabetic = new(() => Category("L")!.Or(Category("Nl")!).Or(UnicodeScripts.OtherAlphabetic));
    static readonly Lazy<CharSet> Lowercase = new(() => Category("Ll")!.Or(UnicodeScripts.OtherLowercase));
    static readonly Lazy<CharSet> Uppercase = new(() => Category("Lu")!.Or(UnicodeScripts.OtherUppercase));

    /// <summary>The property <c>White_Space</c>.</summary>
    public static CharSet WhiteSpace { get; } = CharSet.Union(
        (9, 13), (' ', ' '), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    /// <summary>What stands between the braces of <c>\p{…}</c>: a general category, a script by its name or as <c>Script=…</c>, or a property that has no value.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out CharSet? set)
    {
        if (Known.TryGetValue(name, out set))
            return true;
        set = Find(name);
        if (set is null)
            return false;
        Known[name] = set;
        return true;
    }

    static CharSet? Find(string name)
    {
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0)
        {
            string value = name[(equals + 1)..];
            return name[..equals] switch
            {
                "General_Category" or "gc" => Category(value),
                "Script" or "sc" => Scripts.Value.GetValueOrDefault(value),
                _ => null,
            };
        }
        return name switch
        {
            "Any" => CharSet.All,
            "ASCII" => CharSet.Range(0, 0x7F),
            "ASCII_Hex_Digit" or "AHex" => CharSet.Union(('0', '9'), ('A', 'F'), ('a', 'f')),
            "Assigned" => Category("Cn")!.Complement(),
            "Alphabetic" or "Alpha" => Alphabetic.Value,
            "Lowercase" or "Lower" => Lowercase.Value,
            "Uppercase" or "Upper" => Uppercase.Value,
            "White_Space" or "space" => WhiteSpace,
            _ => Category(name) ?? Scripts.Value.GetValueOrDefault(name),
        };
    }

    /// <summary>A general category, or a group of them, by its short or long name; null if there is none.</summary>
    public static CharSet? Category(string name)
    {
        name = CategoryNames.GetValueOrDefault(name, name);
        CharSet? set = null;
        for (int i = 0; i < ShortNames.Length; i++)
        {
            bool isIn = name == "LC" ? ShortNames[i] is "Lu" or "Ll" or "Lt" : name.Length is 1 or 2 && ShortNames[i].StartsWith(name, StringComparison.Ordinal);
            if (isIn)
                set = (set ?? CharSet.Nothing).Or(Categories.Value[i]);
        }
        return set;
    }

    static CharSet[] FindCategories()
    {
        List<(int First, int Last)>[] ranges = [.. ShortNames.Select(_ => new List<(int First, int Last)>())];
        foreach ((int first, int last) in CharSet.All)
        {
            int start = first;
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(first);
            for (int scalar = first + 1; scalar <= last; scalar++)
            {
                UnicodeCategory next = CharUnicodeInfo.GetUnicodeCategory(scalar);
                if (next == category)
                    continue;
                ranges[(int)category].Add((start, scalar - 1));
                (start, category) = (scalar, next);
            }
            ranges[(int)category].Add((start, last));
        }
        return [.. ranges.Select(list => CharSet.Union(list))];
    }
}
