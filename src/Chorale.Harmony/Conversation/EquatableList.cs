using System.Collections;

namespace Chorale.Harmony;

/// <summary>An immutable list that compares by its elements, so that records which hold one compare by value.</summary>
sealed class EquatableList<T> : IReadOnlyList<T>, IEquatable<EquatableList<T>>
{
    readonly T[] _items;

    /// <summary>A list of these items, owned from here on.</summary>
    internal EquatableList(T[] items) => _items = items;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public ReadOnlySpan<T> AsSpan() => _items;

    public bool Equals(EquatableList<T>? other) =>
        other is not null && (ReferenceEquals(this, other) || _items.AsSpan().SequenceEqual(other._items));

    public override bool Equals(object? obj) => Equals(obj as EquatableList<T>);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", _items)}]";

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}

static class EquatableList
{
    public static EquatableList<T> Empty<T>() => Holder<T>.Instance;

    /// <summary>The list itself where it is one already, otherwise a copy.</summary>
    /// <exception cref="ArgumentNullException">The list or one of its elements is null.</exception>
    public static EquatableList<T> Copy<T>(IEnumerable<T> items)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items is EquatableList<T> ready)
            return ready;
        T[] copy = [.. items];
        if (Array.Exists(copy, static item => item is null))
            throw new ArgumentNullException(nameof(items), "One of the elements is null.");
        return copy.Length == 0 ? Empty<T>() : new EquatableList<T>(copy);
    }

    static class Holder<T>
    {
        internal static readonly EquatableList<T> Instance = new([]);
    }
}
