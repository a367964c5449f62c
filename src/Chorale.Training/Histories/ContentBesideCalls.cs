namespace Chorale.Training;

/// <summary>What the content of an assistant message is that makes calls and has no reasoning of its own.</summary>
public enum ContentBesideCalls
{
    /// <summary>Reasoning, as gpt-oss's template takes it.</summary>
    Reasoning,

    /// <summary>Words to the user before the call, as OpenAI's interfaces mean it.</summary>
    Preamble,
}
