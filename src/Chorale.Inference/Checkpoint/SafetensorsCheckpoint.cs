namespace Chorale.Inference;

/// <summary>Opens a folder of safetensors with its <c>config.json</c>, in Hugging Face's layout or in OpenAI's.</summary>
static class SafetensorsCheckpoint
{
    const string ConfigName = "config.json", SingleName = "model.safetensors", Extension = ".safetensors";

    public static Checkpoint Open(CheckpointFolder folder)
    {
        CheckpointMetadata config = ReadSmall(folder, ConfigName, JsonMetadata.Read)
            ?? throw new CheckpointFormatException(folder.Path, ConfigName, "missing, expected a folder of safetensors with their config.json.");
        SafetensorsIndex? index = folder.Contains(SingleName) ? null : ReadSmall(folder, SafetensorsIndex.FileName, SafetensorsIndex.Read);
        string[] names = index?.Files ?? FindFiles(folder);
        List<CheckpointFile> files = [];
        try
        {
            List<TensorInfo> tensors = [];
            foreach (string name in names)
            {
                if (!folder.Contains(name))
                    throw new CheckpointFormatException(folder.PathOf(SafetensorsIndex.FileName), $"file '{name}'", "missing, expected it beside the index, which names it.");
                files.Add(folder.Open(name));
                SafetensorsHeader.Read(files[^1], files.Count - 1, tensors);
            }
            index?.Check(tensors, names);
            return new(folder.Path, LayoutOf(config), [.. files], config, tensors);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Only OpenAI's file counts <c>num_experts</c>, and only Hugging Face's names a type of model.</summary>
    static CheckpointLayout LayoutOf(CheckpointMetadata config) =>
        config.ContainsKey("num_experts") && !config.ContainsKey("model_type") && !config.ContainsKey("architectures") ? CheckpointLayout.OpenAI : CheckpointLayout.HuggingFace;

    /// <summary>The single file of that name, or else, as OpenAI's reference reads its folder, all there are.</summary>
    static string[] FindFiles(CheckpointFolder folder)
    {
        string[] names = folder.Contains(SingleName) ? [SingleName] : [.. folder.Names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal))];
        return names.Length > 0 ? names : throw new CheckpointFormatException(folder.Path, SingleName, $"missing, expected it, or several with '{SafetensorsIndex.FileName}'.");
    }

    static T? ReadSmall<T>(CheckpointFolder folder, string name, Func<CheckpointFile, T> read)
        where T : class
    {
        if (!folder.Contains(name))
            return null;
        using CheckpointFile file = folder.Open(name);
        return read(file);
    }
}
