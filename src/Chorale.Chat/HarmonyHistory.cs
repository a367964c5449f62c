using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>What other interfaces keep of a conversation, as the messages that gpt-oss itself would have written.</summary>
public static class HarmonyHistory
{
    /// <summary>The model's reasoning.</summary>
    public static Message Reasoning(string text) => Message.Assistant(text, Channels.Analysis);

    /// <summary>What the model told the user before a call.</summary>
    public static Message Preamble(string text) => Message.Assistant(text, Channels.Commentary);

    /// <summary>The model's answer.</summary>
    public static Message Answer(string text) => Message.Assistant(text, Channels.Final);

    /// <summary>The model's call of a function.</summary>
    /// <param name="name">The function's name, without its namespace.</param>
    /// <param name="arguments">JSON, as it was written.</param>
    /// <param name="toolNamespace">The namespace that declares it; null where <paramref name="name"/> is the whole recipient.</param>
    public static Message Call(string name, string arguments, string? toolNamespace = "functions") => Message.FunctionCall(FullName(name, toolNamespace), arguments);

    /// <summary>The model's call of a tool that takes text.</summary>
    /// <param name="name">The tool's whole name.</param>
    /// <param name="text">What it was given.</param>
    public static Message TextCall(string name, string text) => Message.Assistant(text, Channels.Commentary) with { Recipient = FullName(name, null) };

    /// <summary>What a tool answered.</summary>
    /// <param name="name">The tool's name, without its namespace.</param>
    /// <param name="output">Its output, or why it could not be run.</param>
    /// <param name="toolNamespace">The namespace that declares it; null where <paramref name="name"/> is the whole name.</param>
    public static Message Result(string name, string output, string? toolNamespace = "functions") =>
        Message.Tool(FullName(name, toolNamespace), output) with { Recipient = "assistant", Channel = Channels.Commentary };

    static string FullName(string name, string? toolNamespace)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return toolNamespace is null ? name : $"{toolNamespace}.{name}";
    }
}
