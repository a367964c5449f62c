namespace Chorale.Harmony;

/// <summary>A call of a tool, resolved against those that are declared.</summary>
public sealed record HarmonyCall
{
    /// <summary>The message that calls.</summary>
    public required Message Message { get; init; }

    /// <summary>Its place among the messages.</summary>
    public required int MessageIndex { get; init; }

    /// <summary>The tool's name as it was declared, without its namespace; where none was declared, what the model wrote, without <c>functions.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace that declares the tool; null where none does.</summary>
    public string? Namespace { get; init; }

    /// <summary>The declared function; null where none is, and for a namespace that takes text and has no functions (<c>python</c>).</summary>
    public ToolDescription? Tool { get; init; }

    /// <summary>Whether the tool is declared.</summary>
    public bool IsDeclared => Namespace is not null;

    /// <summary>The arguments: as the model wrote them, or repaired where that was asked for and could be done.</summary>
    public required string Arguments { get; init; }

    /// <summary>The arguments as the model wrote them, all of it.</summary>
    public required string RawArguments { get; init; }

    /// <summary>Whether <see cref="Arguments"/> are a JSON object; a tool that takes text needs none.</summary>
    public required bool HasJsonArguments { get; init; }

    /// <summary>What was wrong with recipient and arguments, and what was done about it.</summary>
    public IReadOnlyList<HarmonyDiagnostic> Diagnostics { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<HarmonyDiagnostic>();

    /// <summary>The tool's answer: from the tool that was meant, to the assistant, on the call's channel.</summary>
    /// <param name="text">What the tool said, or why it could not be run: the model reads either.</param>
    public Message ToResult(string text)
    {
        string? full = Tool is null ? Namespace : $"{Namespace}.{Tool.Name}";
        return Message.Tool(full ?? Message.Recipient ?? Name, text) with
        {
            Recipient = "assistant",
            Channel = Message.Channel == Channels.Final ? Channels.Commentary : Message.Channel,
        };
    }

    /// <summary>Whether a message calls a tool: the assistant's, to a recipient that is nobody in the conversation. The channel does not matter.</summary>
    public static bool IsCall(Message message) => message is { Role: Role.Assistant } && IsTool(message.Recipient);

    /// <summary>Whether a recipient is nobody in the conversation, and so a tool.</summary>
    public static bool IsTool(string? recipient) => recipient is not (null or "" or "all" or "assistant" or "user");
}
