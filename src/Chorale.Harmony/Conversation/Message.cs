namespace Chorale.Harmony;

/// <summary>One message. Immutable, compared by value, changed by <c>with</c>.</summary>
public sealed record Message
{
    /// <summary>Who wrote it; a <see cref="Harmony.Role"/> converts.</summary>
    public required Author Author { get; init; }

    /// <summary>
    /// Whom it is for: a tool (<c>functions.get_weather</c>), <c>assistant</c> for a tool's result; null is everybody.
    /// An assistant message with a recipient, even an empty one or <c>all</c>, ends in <c>&lt;|call|&gt;</c>.
    /// </summary>
    public string? Recipient { get; init; }

    /// <summary>Its parts, each encoded on its own. The list is copied.</summary>
    public IReadOnlyList<ContentPart> Content { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<ContentPart>();

    /// <summary>One of <see cref="Channels"/>, or any other; null renders none.</summary>
    public string? Channel { get; init; }

    /// <summary>
    /// The content's type: <c>&lt;|constrain|&gt;json</c> on a function call, whose marker is rendered as the control
    /// token; anything else is rendered as text.
    /// </summary>
    public string? ContentType { get; init; }

    /// <summary>The author's role.</summary>
    public Role Role => Author.Role;

    /// <summary>The text parts, joined.</summary>
    public string Text => Content switch
    {
        [TextContent only] => only.Text,
        _ => string.Concat(Content.OfType<TextContent>().Select(part => part.Text)),
    };

    /// <summary>A message of one text part.</summary>
    public static Message FromText(Author author, string text) => FromPart(author, new TextContent(text));

    /// <summary>A message of one part.</summary>
    public static Message FromPart(Author author, ContentPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return new() { Author = author, Content = new EquatableList<ContentPart>([part]) };
    }

    /// <summary>The user's words.</summary>
    public static Message User(string text) => FromText(Role.User, text);

    /// <summary>The model's words, by default without a channel.</summary>
    public static Message Assistant(string text, string? channel = null) =>
        FromText(Role.Assistant, text) with { Channel = channel };

    /// <summary>The system message.</summary>
    public static Message System(SystemContent content) => FromPart(Role.System, content);

    /// <summary>The developer message.</summary>
    public static Message Developer(DeveloperContent content) => FromPart(Role.Developer, content);

    /// <summary>A developer message of instructions alone.</summary>
    public static Message Developer(string instructions) => Developer(new DeveloperContent { Instructions = instructions });

    /// <summary>A call of a function with JSON arguments, as gpt-oss writes it: commentary, <c>&lt;|constrain|&gt;json</c>.</summary>
    public static Message FunctionCall(string recipient, string arguments) => FromText(Role.Assistant, arguments) with
    {
        Recipient = recipient,
        Channel = Channels.Commentary,
        ContentType = "<|constrain|>json",
    };

    /// <summary>A tool's output, with neither recipient nor channel.</summary>
    /// <param name="name">The tool's full name.</param>
    /// <param name="text">What it said.</param>
    public static Message Tool(string name, string text) => FromText(new Author(Role.Tool, name), text);

    /// <summary>The result of a call: from the call's recipient, to the assistant, on the call's channel.</summary>
    /// <exception cref="ArgumentException">The call has no recipient.</exception>
    public static Message ToolResult(Message call, string text)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Recipient is null)
            throw new ArgumentException("The message has no recipient, so it is not a call.", nameof(call));
        return Tool(call.Recipient, text) with { Recipient = "assistant", Channel = call.Channel };
    }
}
