namespace Chorale.Templates;

/// <summary>What is known of a template as a whole, above all the names that it asks the caller for.</summary>
sealed class ContextNames
{
    readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    /// <summary>The names of its macros, wherever they are defined.</summary>
    public HashSet<string> Macros { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it has a <c>generation</c>.</summary>
    public bool HasGeneration { get; set; }

    public int IndexOf(string name)
    {
        if (!_indices.TryGetValue(name, out int index))
        {
            _indices.Add(name, index = _names.Count);
            _names.Add(name);
        }
        return index;
    }
}
