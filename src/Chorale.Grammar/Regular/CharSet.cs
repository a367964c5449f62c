using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Chorale.Grammar;

/// <summary>A set of Unicode scalar values, as ranges. Immutable; surrogates are never in it.</summary>
sealed class CharSet : IEquatable<CharSet>, IEnumerable<(int First, int Last)>
{
    const int LastScalar = 0x10FFFF, FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF;

    readonly (int First, int Last)[] _ranges;    // ascending, disjoint, not adjacent
    readonly int _hash;

    CharSet((int First, int Last)[] ranges)
    {
        _ranges = ranges;
        HashCode hash = default;
        foreach ((int first, int last) in ranges)
        {
            hash.Add(first);
            hash.Add(last);
        }
        _hash = hash.ToHashCode();
    }

    public static CharSet Nothing { get; } = new([]);

    public static CharSet All { get; } = new([(0, FirstSurrogate - 1), (LastSurrogate + 1, LastScalar)]);

    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>How many scalar values are in it.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach ((int first, int last) in _ranges)
                count += last - first + 1;
            return count;
        }
    }

    public ReadOnlySpan<(int First, int Last)> Ranges => _ranges;

    public static CharSet Of(params ReadOnlySpan<int> scalars)
    {
        (int First, int Last)[] ranges = new (int First, int Last)[scalars.Length];
        for (int i = 0; i < scalars.Length; i++)
            ranges[i] = (scalars[i], scalars[i]);
        return Union(ranges);
    }

    public static CharSet Of(string characters) => Union(characters.EnumerateRunes().Select(rune => (rune.Value, rune.Value)));

    public static CharSet Range(int first, int last) => Union([(first, last)]);

    /// <summary>The union of ranges in any order, which may overlap; surrogates are left out.</summary>
    public static CharSet Union(params IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> sorted = [];
        foreach ((int first, int last) in ranges)
        {
            if (first < FirstSurrogate)
                Add(first, Math.Min(last, FirstSurrogate - 1));
            if (last > LastSurrogate)
                Add(Math.Max(first, LastSurrogate + 1), Math.Min(last, LastScalar));
        }
        sorted.Sort();
        int count = 0;
        for (int i = 0; i < sorted.Count; i++)
        {
            (int first, int last) = sorted[i];
            if (count > 0 && first <= sorted[count - 1].Last + 1)
                sorted[count - 1] = (sorted[count - 1].First, Math.Max(last, sorted[count - 1].Last));
            else
                sorted[count++] = (first, last);
        }
        return count == 0 ? Nothing : new([.. sorted[..count]]);

        void Add(int first, int last)
        {
            if (first <= last)
                sorted.Add((first, last));
        }
    }

    public CharSet Or(CharSet other) =>
        other.IsEmpty ? this : IsEmpty ? other : Union(_ranges.Concat(other._ranges));

    public CharSet And(CharSet other)
    {
        List<(int First, int Last)> both = [];
        for (int i = 0, j = 0; i < _ranges.Length && j < other._ranges.Length;)
        {
            int first = Math.Max(_ranges[i].First, other._ranges[j].First);
            int last = Math.Min(_ranges[i].Last, other._ranges[j].Last);
            if (first <= last)
                both.Add((first, last));
            if (_ranges[i].Last < other._ranges[j].Last)
                i++;
            else
                j++;
        }
        return both.Count == 0 ? Nothing : new([.. both]);
    }

    /// <summary>All scalar values that are not in it.</summary>
    public CharSet Complement()
    {
        List<(int First, int Last)> gaps = [];
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (next < first)
                gaps.Add((next, first - 1));
            next = last + 1;
        }
        if (next <= LastScalar)
            gaps.Add((next, LastScalar));
        return Union(gaps);
    }

    public CharSet Without(CharSet other) => And(other.Complement());

    public bool Contains(int scalar)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (scalar < _ranges[middle].First)
                high = middle - 1;
            else if (scalar > _ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    public bool Equals([NotNullWhen(true)] CharSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _ranges.AsSpan().SequenceEqual(other._ranges));

    public override bool Equals(object? obj) => Equals(obj as CharSet);

    public override int GetHashCode() => _hash;

    public IEnumerator<(int First, int Last)> GetEnumerator() => _ranges.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() =>
        $"[{string.Concat(_ranges.Select(range => range.First == range.Last ? Name(range.First) : $"{Name(range.First)}-{Name(range.Last)}"))}]";

    static string Name(int scalar) => scalar is > ' ' and < 0x7F and not ('[' or ']' or '\\' or '-') ? ((char)scalar).ToString() : $"\\u{{{scalar:X}}}";
}
