using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat;

/// <summary>A gpt-oss model with the vocabulary that it comes with: what a <see cref="ChatSession"/> needs.</summary>
/// <remarks>
/// Sessions may share it from several threads: the engine makes their answers together, as many at a time as
/// <see cref="GeneratorOptions.Parallel"/> says. It owns what it opened.
/// </remarks>
public sealed class ChatModel : IDisposable
{
    readonly GptOssGenerator? _owned;

    ChatModel(string path, GptOssOptions? options, GeneratorOptions? generatorOptions, bool embedded)
    {
        GptOssGenerator generator = GptOssGenerator.Open(path, options, generatorOptions);
        Generator = _owned = generator;
        try
        {
            Tokenizer = ModelVocabulary.Load(generator.Model);
            Encoding = new(Tokenizer);
        }
        catch
        {
            generator.Dispose();
            throw;
        }
        IsEmbedded = embedded;
        string name = generator.Model.Metadata.Get("general.name", "");
        Name = name.Length > 0 ? name : Directory.Exists(path) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) : Path.GetFileNameWithoutExtension(path);
    }

    ChatModel(string name, ITokenGenerator generator, HarmonyEncoding encoding)
    {
        Name = name;
        Generator = generator;
        Encoding = encoding;
        Tokenizer = encoding.Tokenizer;
    }

    /// <summary>Where the embedded model lies: beside the program, as it was built.</summary>
    public static string EmbeddedPath => Path.Combine(AppContext.BaseDirectory, "models", "gpt-oss-nano.gguf");

    /// <summary>What the file calls the model, or else the name of the file or folder.</summary>
    public string Name { get; }

    /// <summary>Whether this is gpt-oss-nano, the model that ships with the program.</summary>
    public bool IsEmbedded { get; }

    /// <summary>The engine.</summary>
    public ITokenGenerator Generator { get; }

    /// <summary>What the engine has done for all sessions, and what it holds, as of its last step; all zero where it is not of this project.</summary>
    public GeneratorStatistics Statistics => _owned?.Statistics ?? default;

    /// <summary>The model's own vocabulary.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The vocabulary prepared for masks: at the first use, then shared.</summary>
    public GrammarVocabulary Vocabulary => SessionGrammar.VocabularyOf(Tokenizer);

    /// <summary>Harmony over that vocabulary.</summary>
    public HarmonyEncoding Encoding { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="path">A gpt-oss model: a GGUF file, the first file of a split one, or a folder of safetensors.</param>
    /// <param name="options">Context, threads; null takes the defaults.</param>
    /// <param name="generatorOptions">How sessions share the engine; null takes the defaults.</param>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or holds another architecture.</exception>
    /// <exception cref="VocabularyFormatException">Its vocabulary cannot be used.</exception>
    public static ChatModel Open(string path, GptOssOptions? options = null, GeneratorOptions? generatorOptions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(path, options, generatorOptions, embedded: Path.GetFullPath(path) == Path.GetFullPath(EmbeddedPath));
    }

    /// <summary>Opens gpt-oss-nano.</summary>
    /// <inheritdoc cref="Open" path="/param|/exception"/>
    public static ChatModel OpenEmbedded(GptOssOptions? options = null, GeneratorOptions? generatorOptions = null) => Open(EmbeddedPath, options, generatorOptions);

    /// <summary>A model behind any generator: a scripted one, a client of a remote engine.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="generator">Continues the ids; it stays the caller's.</param>
    /// <param name="encoding">Renders and parses, over the vocabulary of that generator's model.</param>
    public static ChatModel Of(string name, ITokenGenerator generator, HarmonyEncoding encoding)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(encoding);
        return new(name, generator, encoding);
    }

    /// <summary>A new conversation.</summary>
    /// <param name="options">How to talk; null takes the defaults, and for the embedded model, which is at its best so, greedy sampling.</param>
    public ChatSession StartSession(ChatSessionOptions? options = null) =>
        new(Generator, Encoding, options ?? new() { Sampling = IsEmbedded ? SamplingOptions.Greedy : new() });

    /// <summary>Frees the model; a turn that is running fails with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _owned?.Dispose();
}
