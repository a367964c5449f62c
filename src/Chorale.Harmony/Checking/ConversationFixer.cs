using System.Globalization;

namespace Chorale.Harmony;

/// <summary>
/// Mends what can be mended without guessing, and says what it did. No text is ever lost but the spelled control tokens
/// around an assistant's words. Fixing what was fixed changes nothing.
/// </summary>
public static class ConversationFixer
{
    /// <summary>Mends a conversation.</summary>
    /// <param name="conversation">Any conversation; an empty one stays empty.</param>
    /// <param name="options">Holds the date that a system message may be given; null is the default.</param>
    public static FixedConversation Fix(Conversation conversation, CheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return conversation.Messages.Count == 0 ? new(conversation, []) : new ConversationFix(conversation, options ?? CheckOptions.Default).Run();
    }
}
