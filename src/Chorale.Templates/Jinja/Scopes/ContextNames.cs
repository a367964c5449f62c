namespace Chorale.Templates;

/// <summary>The names that a template asks the caller for.</summary>
sealed class ContextNames
{
    readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

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
