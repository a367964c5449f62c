using System.Diagnostics.CodeAnalysis;

namespace Chorale.Templates;

/// <summary>A <c>dict</c> with text keys, in order.</summary>
sealed class DictionaryValue : TemplateValue
{
    /// <summary>Up to so many entries looking at each is quicker than a table.</summary>
    const int FewEntries = 12;

    readonly string[] _keys;
    readonly TemplateValue[] _values;
    readonly Dictionary<string, int>? _places;

    DictionaryValue(string[] keys, TemplateValue[] values)
    {
        (_keys, _values) = (keys, values);
        if (keys.Length <= FewEntries)
            return;
        _places = new(keys.Length, StringComparer.Ordinal);
        for (int i = 0; i < keys.Length; i++)
            _places.Add(keys[i], i);
    }

    public int Count => _keys.Length;

    public ReadOnlySpan<string> Keys => _keys;

    public ReadOnlySpan<TemplateValue> Values => _values;

    public override TemplateValueKind Kind => TemplateValueKind.Dictionary;

    public override bool IsTrue => _keys.Length > 0;

    internal override string TypeName => "dict";

    /// <summary>Makes one of entries; of a key that comes twice, the first place and the last value count.</summary>
    public static DictionaryValue Of(IEnumerable<KeyValuePair<string, TemplateValue>> entries)
    {
        OrderedDictionary<string, TemplateValue> ordered = new(StringComparer.Ordinal);
        foreach ((string key, TemplateValue value) in entries)
            ordered[key] = value;
        return new DictionaryValue([.. ordered.Keys], [.. ordered.Values]);
    }

    public bool TryGet(string key, [NotNullWhen(true)] out TemplateValue? value)
    {
        int place = -1;
        if (_places is not null)
        {
            if (!_places.TryGetValue(key, out place))
                place = -1;
        }
        else
        {
            string[] keys = _keys;
            for (int i = 0; i < keys.Length; i++)
            {
                if (keys[i] == key)
                {
                    place = i;
                    break;
                }
            }
        }
        value = place < 0 ? null : _values[place];
        return place >= 0;
    }

    public bool Contains(string key) => TryGet(key, out _);

    public DictionaryValue Replace(string key, TemplateValue value) => Of(ToList().Append(new(key, value)));

    public List<KeyValuePair<string, TemplateValue>> ToList()
    {
        List<KeyValuePair<string, TemplateValue>> entries = new(_keys.Length);
        for (int i = 0; i < _keys.Length; i++)
            entries.Add(new(_keys[i], _values[i]));
        return entries;
    }
}
