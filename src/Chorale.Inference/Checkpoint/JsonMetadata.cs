using System.Collections.ObjectModel;
using System.Text.Json;

namespace Chorale.Inference;

/// <summary>Reads a <c>config.json</c> of any content into metadata.</summary>
static class JsonMetadata
{
    /// <summary>Far above any real file, and a bound for what one of many small objects may cost.</summary>
    const int MaxBytes = 1 << 20;

    public static CheckpointMetadata Read(CheckpointFile file)
    {
        if (file.Length > MaxBytes)
            throw new CheckpointFormatException(file.Path, null, $"found {file.Length} bytes, expected at most {MaxBytes}.");
        JsonCursor json = new(file.Head, file.Path);
        json.Read(JsonTokenType.StartObject);
        CheckpointMetadata metadata = ReadObject(ref json, file.Path, "");
        json.Place = null;
        json.ReadEnd();
        return metadata;
    }

    /// <summary>Reads the rest of an object, whose beginning was read.</summary>
    static CheckpointMetadata ReadObject(ref JsonCursor json, string path, string prefix)
    {
        OrderedDictionary<string, object> values = [];
        while (json.ReadName())
        {
            string name = json.Text();
            json.Place = $"key '{prefix}{name}'";
            json.Read();
            if (values.ContainsKey(name))
                throw json.Error("found twice.");
            // A prefix holds the last name only: names of a whole path would make a deep file's memory grow with its square.
            if (ReadValue(ref json, path, name) is { } value)
                values.Add(name, value);
        }
        return new(path, values, prefix);
    }

    static object? ReadValue(ref JsonCursor json, string path, string name) => json.Token switch
    {
        JsonTokenType.String => json.Text(),
        JsonTokenType.Number => json.Number(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.StartObject => ReadObject(ref json, path, name + "."),
        JsonTokenType.StartArray => ReadArray(ref json, path, name),
        _ => null,
    };

    /// <summary>A list of the elements' own type where they share one, else of objects.</summary>
    static object ReadArray(ref JsonCursor json, string path, string name)
    {
        List<object> items = [];
        while (json.Read() != JsonTokenType.EndArray)
        {
            if (ReadValue(ref json, path, name) is { } item)
                items.Add(item);
        }
        return ListOf<string>(items) ?? ListOf<long>(items) ?? ListOf<double>(items) ?? ListOf<bool>(items) ?? (object)items.AsReadOnly();
    }

    static ReadOnlyCollection<T>? ListOf<T>(List<object> items)
        where T : notnull =>
        items.TrueForAll(item => item is T) ? items.ConvertAll(item => (T)item).AsReadOnly() : null;
}
