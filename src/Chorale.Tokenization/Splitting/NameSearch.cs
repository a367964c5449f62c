using System.Buffers;

namespace Chorale.Tokenization;

/// <summary>Finds tokens that are written out in text by their names: the leftmost, and of those the longest.</summary>
sealed class NameSearch
{
    readonly Dictionary<string, int> _idOfName = new(StringComparer.Ordinal);
    readonly HashSet<string> _always = new(StringComparer.Ordinal);
    readonly int[] _lengths;
    readonly Lazy<SearchValues<string>> _names;

    /// <summary>Gathers the names.</summary>
    /// <param name="names">Names that are recognised where they are allowed.</param>
    /// <param name="always">Names that are recognised in any case.</param>
    public NameSearch(IReadOnlyDictionary<string, int> names, Dictionary<string, int> always)
    {
        foreach ((string name, int id) in names.Concat(always))
            _idOfName[name] = id;
        _always.UnionWith(always.Keys);
        _lengths = [.. _idOfName.Keys.Select(name => name.Length).Distinct().OrderDescending()];
        _names = new(() => SearchValues.Create([.. _idOfName.Keys], StringComparison.Ordinal));
    }

    /// <summary>Whether there is a name to find.</summary>
    public bool Any => _lengths.Length > 0;

    /// <summary>Finds the first name.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="allowed">The names that are recognised; null for all.</param>
    /// <param name="at">Where the name starts.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="id">Its id.</param>
    public bool TryFind(ReadOnlySpan<char> text, IReadOnlySet<string>? allowed, out int at, out int length, out int id)
    {
        at = 0;
        while (Any && text[at..].IndexOfAny(_names.Value) is >= 0 and int step)
        {
            at += step;
            if (TryMatch(text[at..], allowed, out length, out id))
                return true;
            at++;
        }
        length = 0;
        id = -1;
        return false;
    }

    bool TryMatch(ReadOnlySpan<char> text, IReadOnlySet<string>? allowed, out int length, out int id)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = _idOfName.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (int candidate in _lengths)
        {
            if (candidate <= text.Length && lookup.TryGetValue(text[..candidate], out string? name, out id)
                && (allowed is null || allowed.Contains(name) || _always.Contains(name)))
            {
                length = candidate;
                return true;
            }
        }
        length = 0;
        id = -1;
        return false;
    }
}
