using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Chorale.Grammar;

/// <summary>The formats of strings that JSON Schema names, as far as they are regular: every string of such a language is valid for its format.</summary>
/// <remarks>
/// They follow their RFCs, without what validators in use refuse: in e-mail addresses quoted local parts and address literals, in URIs an empty path without authority, in URI templates dots within names. Durations may
/// omit units between others, as in ISO 8601. Not regular, and so
/// not known, is <c>regex</c>; formats of numbers are none of strings.
/// </remarks>
static class StringFormats
{
    const string Date = @"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";

    // A fraction that rounds to the next second in binary floating point makes some validators see second 60: at most 12 nines in a row after 59.
    const string TimeOfDay = @"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:(?:[0-4][0-9]|5[0-8])(?:\.[0-9]+)?|59(?:\.(?:9{1,12}|9{0,12}[0-8][0-9]*))?)";
    const string Offset = "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    const string IsoOffset = "(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?";

    const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    const string InternationalAtom = @"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|(?!\p{ASCII})[\p{L}\p{M}\p{N}\p{P}\p{S}])+";

    // LetterDigits of RFC 5892 that are stable under case folding; a label neither starts with a mark, nor has hyphens at its ends or as its third and fourth characters.
    const string InternationalLabel = @"(?:(?!..--)(?![\p{M}])[A-Za-z0-9\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}](?:[A-Za-z0-9\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}-]{0,61}[A-Za-z0-9\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}])?)";

    const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    const string IPv4 = $@"{Octet}(?:\.{Octet}){{3}}";

    const string Hex = "[0-9A-Fa-f]";
    const string Pointer = "(?:/(?:[^~/]|~[01])*)*";
    const string Base64 = "[A-Za-z0-9+/]";

    const string UcsCharacters = @"\u{A0}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFEF}\u{10000}-\u{1FFFD}\u{20000}-\u{2FFFD}\u{30000}-\u{3FFFD}\u{40000}-\u{4FFFD}\u{50000}-\u{5FFFD}\u{60000}-\u{6FFFD}\u{70000}-\u{7FFFD}\u{80000}-\u{8FFFD}\u{90000}-\u{9FFFD}\u{A0000}-\u{AFFFD}\u{B0000}-\u{BFFFD}\u{C0000}-\u{CFFFD}\u{D0000}-\u{DFFFD}\u{E1000}-\u{EFFFD}";
    const string PrivateCharacters = @"\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}";

    static readonly FrozenDictionary<string, Lazy<RegularExpression>> Formats = new Dictionary<string, Lazy<RegularExpression>>(StringComparer.Ordinal)
    {
        ["date"] = Pattern(Date),
        ["time"] = new(() => Time(Offset, mayOmitOffset: false)),
        ["date-time"] = new(() => RegularExpression.Concat(RegexPattern.Whole(Date + "[Tt]"), Time(Offset, mayOmitOffset: false))),
        ["iso-time"] = new(() => Time(IsoOffset, mayOmitOffset: true)),
        ["iso-date-time"] = new(() => RegularExpression.Concat(RegexPattern.Whole(Date + "[Tt]"), Time(IsoOffset, mayOmitOffset: true))),
        ["duration"] = Pattern("P(?:[0-9]+W|(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)"),
        ["email"] = Pattern($@"{Atom}(?:\.{Atom})*@{Label}(?:\.{Label})+"),
        ["idn-email"] = Pattern($@"{InternationalAtom}(?:\.{InternationalAtom})*@{InternationalLabel}(?:\.{InternationalLabel})+"),
        ["hostname"] = Pattern($@"(?=.{{1,253}}$){Label}(?:\.{Label})*"),
        ["idn-hostname"] = Pattern($@"(?=.{{1,253}}$){InternationalLabel}(?:\.{InternationalLabel})*"),
        ["ipv4"] = Pattern(IPv4),
        ["ipv6"] = Pattern(IPv6()),
        ["uri"] = Pattern(Uri("", "", mayOmitScheme: false)),
        ["uri-reference"] = Pattern(Uri("", "", mayOmitScheme: true)),
        ["iri"] = Pattern(Uri(UcsCharacters, PrivateCharacters, mayOmitScheme: false)),
        ["iri-reference"] = Pattern(Uri(UcsCharacters, PrivateCharacters, mayOmitScheme: true)),
        ["uri-template"] = Pattern(UriTemplate()),
        ["uuid"] = Pattern($"{Hex}{{8}}-(?:{Hex}{{4}}-){{3}}{Hex}{{12}}"),
        ["json-pointer"] = Pattern(Pointer),
        ["json-pointer-uri-fragment"] = Pattern($"#(?:/(?:[A-Za-z0-9_.!$&'()*+,;:=@-]|%{Hex}{{2}}|~[01])*)*"),
        ["relative-json-pointer"] = Pattern($"(?:0|[1-9][0-9]*)(?:#|{Pointer})"),
        ["byte"] = Pattern($"(?:{Base64}{{4}})*(?:{Base64}{{2}}==|{Base64}{{3}}=)?"),
        ["password"] = new(RegularExpression.Anything),
        ["binary"] = new(RegularExpression.Anything),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The strings of a format; false where it is unknown, or none of strings.</summary>
    public static bool TryGet(string format, [NotNullWhen(true)] out RegularExpression? language)
    {
        language = Formats.GetValueOrDefault(format)?.Value;
        return language is not null;
    }

    static Lazy<RegularExpression> Pattern(string pattern) => new(() => RegexPattern.Whole(pattern));

    static RegularExpression Time(string offset, bool mayOmitOffset) =>
        RegularExpression.Or(RegexPattern.Whole(TimeOfDay + offset), new LeapSecond("", mayOmitOffset));

    /// <summary>RFC 4291, section 2.2: eight groups, or fewer around one <c>::</c>; an IPv4 address may stand for the last two.</summary>
    static string IPv6()
    {
        const string Group = Hex + "{1,4}";
        List<string> forms = [$"(?:{Group}:){{7}}{Group}", $"(?:{Group}:){{6}}{IPv4}"];
        for (int left = 0; left <= 7; left++)
        {
            string before = left == 0 ? "::" : $"{Group}(?::{Group}){{{left - 1}}}::";
            int right = 7 - left;
            string after = right == 0 ? "" : $"(?:{Group}(?::{Group}){{0,{right - 1}}})?";
            forms.Add(before + after);
            if (right >= 2)
                forms.Add($"{before}(?:{Group}:){{0,{right - 2}}}{IPv4}");
        }
        return $"(?:{string.Join('|', forms)})";
    }

    /// <summary>RFC 3986 and, with more characters, RFC 3987.</summary>
    /// <param name="more">Unreserved characters beyond ASCII, as the inside of a class.</param>
    /// <param name="moreInQuery">Characters for queries only.</param>
    /// <param name="mayOmitScheme">Whether a relative reference will do.</param>
    static string Uri(string more, string moreInQuery, bool mayOmitScheme)
    {
        const string Escaped = $"%{Hex}{{2}}", Allowed = "A-Za-z0-9._~!$&'()*+,;=";
        string segment = $"(?:[{Allowed}{more}:@-]|{Escaped})";
        string userInfo = $"(?:[{Allowed}{more}:-]|{Escaped})*";
        string host = $@"(?:\[(?:{IPv6()}|[Vv]{Hex}+\.[{Allowed}:-]+)\]|(?:[{Allowed}{more}-]|{Escaped})*)";
        string path = $"(?:/{segment}*)*";
        string authority = $"//(?:{userInfo}@)?{host}(?::[0-9]*)?{path}";
        string absolute = $"/(?:{segment}+{path})?";
        string query = $@"(?:\?(?:[{Allowed}{more}{moreInQuery}:@/?-]|{Escaped})*)?";
        string fragment = $"(?:#(?:[{Allowed}{more}:@/?-]|{Escaped})*)?";
        string rootless = $"{segment}+{path}";
        string full = $"[A-Za-z][A-Za-z0-9+.-]*:(?:{authority}|{absolute}|{(mayOmitScheme ? $"(?:{rootless})?" : rootless)})";
        string relative = $"(?:{authority}|{absolute}|(?:(?:[{Allowed}{more}@-]|{Escaped})+{path})?)";
        return $"(?:{(mayOmitScheme ? $"{full}|{relative}" : full)}){query}{fragment}";
    }

    /// <summary>RFC 6570, all levels.</summary>
    static string UriTemplate()
    {
        const string Variable = $"(?:[A-Za-z0-9_]|%{Hex}{{2}})+(?::[1-9][0-9]{{0,3}}|\\*)?";
        const string Literal = $@"(?:[!#$&(-;=?-[\]_a-z~{UcsCharacters}{PrivateCharacters}]|%{Hex}{{2}})";
        return $@"(?:{Literal}|\{{[+#./;?&=,!@|]?{Variable}(?:,{Variable})*\}})*";
    }
}
