using System.Globalization;
using System.Text.Json;

namespace Chorale.Server;

/// <summary>An object of a request's JSON that knows its place, so that whatever is wrong with it can be named. A member that is null counts as absent.</summary>
readonly struct RequestObject
{
    RequestObject(JsonElement element, string path) => (Element, Path) = (element, path);

    /// <summary>The object.</summary>
    public JsonElement Element { get; }

    /// <summary>Its place: empty at the root, <c>messages[3].content</c> further down.</summary>
    public string Path { get; }

    /// <summary>The object that a request's body is.</summary>
    public static RequestObject Root(JsonElement element) => Of(element, "");

    /// <summary>An object at a place.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public static RequestObject Of(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object ? new(element, path) : throw RequestValue.Wrong(path.Length == 0 ? "body" : path, "an object", element);

    /// <summary>The place of a member.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>A member; null where it is absent or null.</summary>
    public RequestValue? Get(string name) =>
        Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? new RequestValue(value, PathOf(name)) : null;

    /// <summary>A member that must be there.</summary>
    public RequestValue Require(string name) => Get(name) ?? throw ApiException.Missing(PathOf(name));

    /// <summary>Whether a member is there and not null.</summary>
    public bool Has(string name) => Get(name) is not null;

    public string Text(string name) => Require(name).Text();

    public string? OptionalText(string name) => Get(name)?.Text();

    public bool? OptionalBoolean(string name) => Get(name)?.Boolean();

    public int? OptionalInteger(string name, int min = int.MinValue, int max = int.MaxValue) => (int?)Get(name)?.Integer(min, max);

    public long? OptionalLong(string name) => Get(name)?.Integer(long.MinValue, long.MaxValue);

    public double? OptionalNumber(string name, double min = double.MinValue, double max = double.MaxValue) => Get(name)?.Number(min, max);

    public RequestObject? OptionalObject(string name) => Get(name)?.Object();

    /// <summary>The elements of a member that is an array; null where it is absent.</summary>
    /// <param name="name">The member.</param>
    /// <param name="most">How many it may have.</param>
    public IReadOnlyList<RequestValue>? OptionalArray(string name, int most = int.MaxValue) => Get(name)?.Array(most);

    /// <summary>A member that is one of some words; null where it is absent.</summary>
    public string? OptionalChoice(string name, params ReadOnlySpan<string> choices)
    {
        if (OptionalText(name) is not { } text)
            return null;
        if (choices.Contains(text))
            return text;
        string known = string.Join(", ", choices.ToArray().Select(choice => $"'{choice}'"));
        throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid value: '{RequestValue.Shorten(text)}'. Supported values are: {known}."), PathOf(name), "invalid_value");
    }
}
