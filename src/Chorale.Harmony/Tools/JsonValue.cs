using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// A JSON value as the official implementation holds one: a repeated key has its first place and its last value, and a
/// number is an integer of 64 bits or the double that <see cref="OfficialNumber"/> reads.
/// </summary>
sealed class JsonValue
{
    JsonValue(JsonValueKind kind, string? text, List<KeyValuePair<string, JsonValue>>? members, List<JsonValue>? items)
    {
        Kind = kind;
        Text = text;
        _members = members;
        _items = items;
    }

    static readonly JsonValue Null = new(JsonValueKind.Null, "null", null, null);
    static readonly JsonValue True = new(JsonValueKind.True, "true", null, null);
    static readonly JsonValue False = new(JsonValueKind.False, "false", null, null);

    readonly List<KeyValuePair<string, JsonValue>>? _members;
    readonly List<JsonValue>? _items;

    public JsonValueKind Kind { get; }

    /// <summary>A string's text; what a number, a boolean or null is written as; null for objects and arrays.</summary>
    public string? Text { get; }

    /// <summary>An object's members in order.</summary>
    public List<KeyValuePair<string, JsonValue>>? Members => _members;

    /// <summary>An array's items.</summary>
    public List<JsonValue>? Items => _items;

    /// <summary>The text of a string; null for anything else.</summary>
    public string? AsString => Kind == JsonValueKind.String ? Text : null;

    /// <summary>The member of an object; null where there is none or this is no object.</summary>
    public JsonValue? this[string key]
    {
        get
        {
            if (_members is null)
                return null;
            foreach (KeyValuePair<string, JsonValue> member in _members)
                if (member.Key == key)
                    return member.Value;
            return null;
        }
    }

    public static JsonValue FromBoolean(bool value) => value ? True : False;

    public static JsonValue FromNull() => Null;

    public static JsonValue FromString(string text) => new(JsonValueKind.String, text, null, null);

    /// <summary>A number, as <see cref="OfficialNumber"/> writes it.</summary>
    public static JsonValue FromNumber(string normalized) => new(JsonValueKind.Number, normalized, null, null);

    public static JsonValue FromItems(List<JsonValue> items) => new(JsonValueKind.Array, null, null, items);

    /// <summary>An object of members in order, in which keys may repeat.</summary>
    public static JsonValue FromMembers(List<KeyValuePair<string, JsonValue>> members)
    {
        Dictionary<string, int> places = new(members.Count, StringComparer.Ordinal);
        List<KeyValuePair<string, JsonValue>> unique = new(members.Count);
        foreach (KeyValuePair<string, JsonValue> member in members)
        {
            if (places.TryAdd(member.Key, unique.Count))
                unique.Add(member);
            else
                unique[places[member.Key]] = member;
        }
        return new(JsonValueKind.Object, null, unique, null);
    }
}
