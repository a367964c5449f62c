using System.Globalization;
using System.Text;

namespace Chorale.Grammar;

/// <summary>Which characters are the same but for case.</summary>
/// <remarks>By the simple, invariant mappings to upper and lower case, taken together: what simple case folding of Unicode makes equal.</remarks>
static class CaseFolding
{
    const int LastCased = 0x1FFFF;    // no cased scripts lie above the second plane

    static readonly Lazy<Dictionary<int, int[]>> Variants = new(FindVariants);

    /// <summary>The set with all that differs from its members in case only.</summary>
    public static CharSet Close(CharSet set)
    {
        List<(int First, int Last)> added = [];
        foreach ((int scalar, int[] variants) in Variants.Value)
        {
            if (set.Contains(scalar))
                added.AddRange(variants.Select(variant => (variant, variant)));
        }
        return added.Count == 0 ? set : CharSet.Union(set.Concat(added));
    }

    /// <summary>One character with its variants.</summary>
    public static CharSet Close(int scalar) =>
        Variants.Value.TryGetValue(scalar, out int[]? variants) ? CharSet.Of(variants) : CharSet.Of(scalar);

    /// <summary>For each character that has variants: all of them, itself included.</summary>
    static Dictionary<int, int[]> FindVariants()
    {
        Dictionary<int, HashSet<int>> families = [];
        foreach ((int first, int last) in CharSet.All)
        {
            for (int scalar = first; scalar <= Math.Min(last, LastCased); scalar++)
            {
                Rune rune = new(scalar);
                if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherLetter or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
                    continue;
                Join(families, scalar, Rune.ToUpperInvariant(rune).Value);
                Join(families, scalar, Rune.ToLowerInvariant(rune).Value);
            }
        }
        return families.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    static void Join(Dictionary<int, HashSet<int>> families, int a, int b)
    {
        if (a == b)
            return;
        HashSet<int> family = families.TryGetValue(a, out HashSet<int>? ofA) ? ofA : [a];
        family.UnionWith(families.TryGetValue(b, out HashSet<int>? ofB) ? ofB : [b]);
        foreach (int member in family)
            families[member] = family;
    }
}
