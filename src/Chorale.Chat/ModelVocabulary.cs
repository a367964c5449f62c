using System.Globalization;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat;

/// <summary>The vocabulary that a model comes with: joins the engine's reader, which knows no text, and the tokenizer, which knows no files of models.</summary>
public static class ModelVocabulary
{
    const string FileName = "tokenizer.json", EndKey = "eos_token_id";

    // The rows that gpt-oss has for o200k_harmony.
    const int BuiltInSize = 201_088;

    static readonly string[] Ends = ["<|return|>", "<|call|>", "<|endoftext|>"];

    /// <summary>
    /// Makes the tokenizer of a model: out of its GGUF file, or of the <c>tokenizer.json</c> in its folder. OpenAI's layout has none, and then a model of
    /// 201,088 ids speaks o200k_harmony, which is built in.
    /// </summary>
    /// <exception cref="CheckpointFormatException">A key is missing or of another type.</exception>
    /// <exception cref="VocabularyFormatException">The model has no vocabulary, or one that cannot be used.</exception>
    public static Tokenizer Load(GptOssModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Layout == CheckpointLayout.Gguf)
            return Load(model.Metadata);
        string path = Path.Combine(model.Path, FileName);
        Tokenizer tokenizer = File.Exists(path) ? Read(path)
            : model.Config.VocabSize == BuiltInSize ? Tokenizer.O200kHarmony
            : throw new VocabularyFormatException($"'{path}'", "no such file", $"one: the model has {model.Config.VocabSize} ids, and only a vocabulary of {BuiltInSize} is built in");
        if (model.Config.VocabSize != BuiltInSize && tokenizer.VocabularySize > model.Config.VocabSize)
            throw new VocabularyFormatException($"'{path}'", $"{tokenizer.VocabularySize} ids", $"at most the {model.Config.VocabSize} of the model");
        CheckEnds(model, tokenizer);
        return tokenizer;
    }

    /// <summary>Makes the tokenizer of a model.</summary>
    /// <param name="metadata">Of a GGUF file: the keys <c>tokenizer.ggml.*</c>.</param>
    /// <exception cref="CheckpointFormatException">A key is missing or of another type.</exception>
    /// <exception cref="VocabularyFormatException">Tokens, types and merges do not make a vocabulary, or are of an unknown kind.</exception>
    public static Tokenizer Load(CheckpointMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Tokenizer.FromVocabulary(new VocabularyLists
        {
            Model = metadata.Get<string>("tokenizer.ggml.model"),
            Pre = metadata.Get<string>("tokenizer.ggml.pre"),
            Tokens = metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.tokens"),
            TokenTypes = metadata.Get<IReadOnlyList<int>>("tokenizer.ggml.token_type"),
            Merges = metadata.Get<IReadOnlyList<string>>("tokenizer.ggml.merges"),
        });
    }

    static Tokenizer Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Tokenizer.FromTokenizerJson(stream);
        }
        catch (VocabularyFormatException e)
        {
            throw new VocabularyFormatException($"'{path}': {e.Where}", e.Found, e.Expected, e);
        }
    }

    /// <summary>A turn ends where Harmony says; a model whose configuration names another end is not one of Harmony.</summary>
    static void CheckEnds(GptOssModel model, Tokenizer tokenizer)
    {
        if (!model.Metadata.TryGetValue(EndKey, out object? found))
            return;
        foreach (long id in found as IReadOnlyList<long> ?? [model.Metadata.Get<long>(EndKey)])
        {
            if (!Ends.Any(name => tokenizer.TryGetSpecial(name, out int end) && end == id))
                throw new VocabularyFormatException($"'{model.Path}': key '{EndKey}'", id.ToString(CultureInfo.InvariantCulture), $"the id of {string.Join(", ", Ends)}");
        }
    }
}
