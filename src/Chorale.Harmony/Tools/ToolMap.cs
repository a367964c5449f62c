using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Chorale.Harmony;

/// <summary>Namespaces by key, in the order of the keys' UTF-8 bytes, as Harmony renders them. Immutable, compared by value.</summary>
sealed class ToolMap : IReadOnlyDictionary<string, ToolNamespace>, IEquatable<ToolMap>
{
    readonly KeyValuePair<string, ToolNamespace>[] _entries;

    ToolMap(KeyValuePair<string, ToolNamespace>[] entries) => _entries = entries;

    public int Count => _entries.Length;

    public IEnumerable<string> Keys => _entries.Select(entry => entry.Key);

    public IEnumerable<ToolNamespace> Values => _entries.Select(entry => entry.Value);

    public ToolNamespace this[string key] =>
        TryGetValue(key, out ToolNamespace? value) ? value : throw new KeyNotFoundException($"No namespace under '{key}'.");

    public static ToolMap? Copy(IEnumerable<KeyValuePair<string, ToolNamespace>>? tools)
    {
        if (tools is null or ToolMap)
            return (ToolMap?)tools;
        Dictionary<string, ToolNamespace> unique = new(StringComparer.Ordinal);
        foreach ((string key, ToolNamespace value) in tools)
            unique[key] = value ?? throw new ArgumentNullException(nameof(tools));   // the last of a key counts
        KeyValuePair<string, ToolNamespace>[] entries = [.. unique];
        Array.Sort(entries, (a, b) => Utf8Order.Compare(a.Key, b.Key));
        return new ToolMap(entries);
    }

    public static ToolMap Add(IReadOnlyDictionary<string, ToolNamespace>? tools, ToolNamespace added)
    {
        ArgumentNullException.ThrowIfNull(added);
        return Copy([.. tools ?? EmptyMap, new(added.Name, added)])!;
    }

    static IEnumerable<KeyValuePair<string, ToolNamespace>> EmptyMap => [];

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ToolNamespace value)
    {
        foreach (KeyValuePair<string, ToolNamespace> entry in _entries)   // a handful at most
        {
            if (entry.Key == key)
            {
                value = entry.Value;
                return true;
            }
        }
        value = null;
        return false;
    }

    public bool Equals(ToolMap? other) => other is not null && _entries.AsSpan().SequenceEqual(other._entries);

    public override bool Equals(object? obj) => Equals(obj as ToolMap);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (KeyValuePair<string, ToolNamespace> entry in _entries)
            hash.Add(entry);
        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, ToolNamespace>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, ToolNamespace>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
