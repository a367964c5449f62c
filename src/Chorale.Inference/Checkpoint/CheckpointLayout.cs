namespace Chorale.Inference;

/// <summary>How the files of a checkpoint are laid out.</summary>
public enum CheckpointLayout
{
    /// <summary>A GGUF file, or several that one was split into: everything in one place, the vocabulary too.</summary>
    Gguf,

    /// <summary>A folder of safetensors with the names and the <c>config.json</c> of Hugging Face's transformers.</summary>
    HuggingFace,

    /// <summary>A folder of safetensors with the names and the <c>config.json</c> that OpenAI published first, without a vocabulary.</summary>
    OpenAI,
}
