namespace Chorale.Harmony;

/// <summary>A call of a tool.</summary>
public sealed record HarmonyCall
{
    /// <summary>Whether a message calls a tool: the assistant's, to a recipient that is nobody in the conversation. The channel does not matter.</summary>
    public static bool IsCall(Message message) => message is { Role: Role.Assistant } && IsTool(message.Recipient);

    /// <summary>Whether a recipient is nobody in the conversation, and so a tool.</summary>
    public static bool IsTool(string? recipient) => recipient is not (null or "" or "all" or "assistant" or "user");
}
