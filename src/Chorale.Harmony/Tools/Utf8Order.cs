namespace Chorale.Harmony;

/// <summary>The order of strings by their UTF-8 bytes, which is that of their code points.</summary>
static class Utf8Order
{
    public static int Compare(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        return common < a.Length && common < b.Length
            ? Rank(a[common]).CompareTo(Rank(b[common]))
            : a.Length.CompareTo(b.Length);
    }

    // In UTF-16 a surrogate, the start of a code point above U+FFFF, stands below U+E000 to U+FFFF.
    static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
