using System.Buffers;

namespace Chorale.Templates;

/// <summary>Finds the names of control tokens in text: the leftmost, and of those the longest.</summary>
sealed class ControlNames
{
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    readonly SearchValues<string> _names;
    readonly int[] _lengths;

    public ControlNames(IReadOnlyDictionary<string, int> specials)
    {
        Dictionary<string, int> ids = specials.Where(special => special.Key.Length > 0).ToDictionary(StringComparer.Ordinal);
        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _names = SearchValues.Create([.. ids.Keys], StringComparison.Ordinal);
        _lengths = [.. ids.Keys.Select(name => name.Length).Distinct().OrderDescending()];
    }

    public bool TryFind(ReadOnlySpan<char> text, out int at, out int length, out int id)
    {
        at = text.IndexOfAny(_names);
        if (at >= 0)
        {
            foreach (int candidate in _lengths)
            {
                if (candidate <= text.Length - at && _ids.TryGetValue(text.Slice(at, candidate), out id))
                {
                    length = candidate;
                    return true;
                }
            }
        }
        (length, id) = (0, -1);
        return false;
    }
}
