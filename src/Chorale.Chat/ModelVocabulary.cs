using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat;

/// <summary>The vocabulary that a model file holds: joins the engine's reader, which knows no text, and the tokenizer, which knows no files of models.</summary>
public static class ModelVocabulary
{
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
}
