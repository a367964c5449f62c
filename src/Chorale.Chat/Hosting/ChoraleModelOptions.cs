using Chorale.Inference;

namespace Chorale.Chat;

/// <summary>Which model a container opens, and how. Filled in by <see cref="ChoraleServiceCollectionExtensions"/>; the model is opened when it is first asked for.</summary>
public sealed class ChoraleModelOptions
{
    /// <summary>A GGUF file, the first file of a split one, or a folder of safetensors; null opens the embedded model.</summary>
    public string? ModelPath { get; set; }

    /// <summary>Context, threads, precision; null takes the defaults.</summary>
    public GptOssOptions? Engine { get; set; }

    /// <summary>How many answers at a time, and how many may wait; null takes the defaults.</summary>
    public GeneratorOptions? Generator { get; set; }

    /// <summary>How the chat client talks; null takes the defaults.</summary>
    public ChoraleChatClientOptions? Client { get; set; }
}
