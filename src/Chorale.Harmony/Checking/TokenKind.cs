namespace Chorale.Harmony;

/// <summary>What an id is in Harmony.</summary>
public enum TokenKind
{
    /// <summary>A control token, or another special one.</summary>
    Control,

    /// <summary>A role, or a tool's name in its place.</summary>
    Role,

    /// <summary>A recipient, <c>to=</c> included.</summary>
    Recipient,

    /// <summary>A channel.</summary>
    Channel,

    /// <summary>A content type.</summary>
    ContentType,

    /// <summary>Content.</summary>
    Content,

    /// <summary>Text that is neither header nor content: between messages, or garbage in a header.</summary>
    Free,

    /// <summary>An id that the vocabulary does not know.</summary>
    Unknown,
}
