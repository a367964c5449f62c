using System.Text.Json;

namespace Chorale.Inference;

/// <summary>The <c>model.safetensors.index.json</c> of a sharded checkpoint: which file holds which tensor.</summary>
sealed class SafetensorsIndex
{
    public const string FileName = "model.safetensors.index.json";

    // An entry costs less memory than twice its text; real files have some kilobytes.
    const int MaxBytes = 1 << 26;

    readonly string _path;
    readonly Dictionary<string, string> _fileOf = new(StringComparer.Ordinal);

    SafetensorsIndex(string path) => _path = path;

    /// <summary>The files that it names, in ordinal order.</summary>
    public string[] Files => [.. _fileOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static SafetensorsIndex Read(CheckpointFile file)
    {
        if (file.Length > MaxBytes)
            throw new CheckpointFormatException(file.Path, null, $"found {file.Length} bytes, expected at most {MaxBytes}.");
        SafetensorsIndex index = new(file.Path);
        JsonCursor json = new(file.Head, file.Path);
        json.Read(JsonTokenType.StartObject);
        bool found = false;
        while (json.ReadName())
        {
            if (!json.Is("weight_map"u8))
            {
                json.Skip();
                continue;
            }
            if (found)
                throw new CheckpointFormatException(file.Path, "key 'weight_map'", "found twice.");
            found = true;
            index.ReadMap(ref json);
        }
        json.Place = null;
        json.ReadEnd();
        return found ? index : throw new CheckpointFormatException(file.Path, "key 'weight_map'", "missing, expected an object of tensors and their files.");
    }

    /// <summary>Checks that each file holds the tensors that it is said to hold, and no others.</summary>
    /// <param name="tensors">Of all files.</param>
    /// <param name="files">Their names, as <see cref="Files"/> gives them.</param>
    public void Check(List<TensorInfo> tensors, string[] files)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors)
        {
            seen.Add(tensor.Name);
            if (!_fileOf.TryGetValue(tensor.Name, out string? file))
                throw Error(tensor.Name, $"missing, expected it in '{files[tensor.File]}', which holds it.");
            if (file != files[tensor.File])
                throw Error(tensor.Name, $"found in '{file}', expected it in '{files[tensor.File]}', which holds it.");
        }
        foreach ((string name, string file) in _fileOf)
        {
            if (!seen.Contains(name))
                throw Error(name, $"not in '{file}', expected it there.");
        }
    }

    void ReadMap(ref JsonCursor json)
    {
        json.Place = "key 'weight_map'";
        json.Read(JsonTokenType.StartObject);
        while (json.ReadName())
        {
            string tensor = json.Text();
            json.Place = $"tensor '{tensor}'";
            json.Read();
            string file = json.Text();
            // A name, not a path: nothing outside the folder is opened because a file says so.
            if (file.Length == 0 || file is "." or ".." || file.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || file.Contains('\0', StringComparison.Ordinal))
                throw json.Error($"found the file '{file}', expected the name of a file in the same folder.");
            if (!_fileOf.TryAdd(tensor, file))
                throw json.Error("found twice.");
        }
        json.Place = null;
    }

    CheckpointFormatException Error(string tensor, string problem) => new(_path, $"tensor '{tensor}'", problem);
}
