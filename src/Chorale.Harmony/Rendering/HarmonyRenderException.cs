namespace Chorale.Harmony;

/// <summary>A message that has no rendered form.</summary>
public sealed class HarmonyRenderException : HarmonyException
{
    internal HarmonyRenderException(string message, int messageIndex)
        : base(message) => MessageIndex = messageIndex;

    /// <summary>The message's place in the conversation, from 0; 0 for a message alone.</summary>
    public int MessageIndex { get; }
}
