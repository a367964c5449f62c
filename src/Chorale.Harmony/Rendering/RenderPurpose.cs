namespace Chorale.Harmony;

/// <summary>What a rendering is for.</summary>
public enum RenderPurpose
{
    /// <summary>A prompt: the messages, and the start of the next one.</summary>
    Completion,

    /// <summary>The messages alone.</summary>
    Conversation,

    /// <summary>The messages; where the last is the assistant's on the channel final, it ends in <c>&lt;|return|&gt;</c>.</summary>
    Training,
}
