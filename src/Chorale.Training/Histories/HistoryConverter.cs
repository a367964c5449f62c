using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// Dictionaries to a Harmony conversation and back. Unlike the chat template it encodes nothing twice: arguments and results that are text stay that
/// text, reasoning stays where it was, each call is there.
/// </summary>
public static class HistoryConverter
{
    const string DefaultIdentity = "You are ChatGPT, a large language model trained by OpenAI.";

    /// <summary>
    /// The conversation: a system message of identity, date, effort and built-in tools; a developer message of the system and developer messages at the
    /// beginning and the tools; then reasoning on analysis, calls on commentary to <c>functions.NAME</c> (built-in tools on analysis, to their own names), results from there,
    /// answers on final. Calls made at once stand each in front of its own result, as a model that calls once in a generation makes them.
    /// </summary>
    /// <param name="history">The history.</param>
    /// <param name="options">Null is <see cref="ConversionOptions.Default"/>.</param>
    /// <param name="repairs">Collects what was changed; null where nobody wants to know.</param>
    /// <exception cref="HistoryFormatException">A list of tools that cannot be read; a role where it cannot stand.</exception>
    public static Conversation ToConversation(History history, ConversionOptions? options = null, HistoryRepairs? repairs = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        options ??= ConversionOptions.Default;
        List<LearntMessage> messages = [];
        AppendMessages(history, options, messages, repairs ?? new(listed: false), tools: history.Tools is { } tools ? ReadTools(tools) : null);
        IEnumerable<Message> all = messages.Select(message => message.Message);
        return Conversation.Of(options.AddSystemMessage ? all.Prepend(SystemOf(history, history.Date ?? options.Date)) : all);
    }

    /// <summary>
    /// The dictionaries of a conversation. What has no place in them is reported as <see cref="HistoryRepairKind.NotCarried"/>: a knowledge cutoff or channels other than gpt-oss's, tools
    /// of other namespaces, forms of the answer. <see cref="ToConversation"/> of the result is the conversation again, but for that.
    /// </summary>
    public static History FromConversation(Conversation conversation, HistoryRepairs? repairs = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return new DictionaryBuilder(repairs ?? new(listed: false)).Build(conversation);
    }

    internal static ToolNamespace ReadTools(string tools)
    {
        try
        {
            return ToolNamespace.FromTools(tools);
        }
        catch (Exception e) when (e is SchemaException or JsonException)
        {
            throw new HistoryFormatException("tools", e.Message, e);
        }
    }

    internal static Message SystemOf(History history, DateOnly? date)
    {
        SystemContent content = SystemContent.Default with
        {
            ModelIdentity = history.ModelIdentity ?? DefaultIdentity,
            ReasoningEffort = history.ReasoningEffort ?? ReasoningEffort.Medium,
        };
        for (int i = 0; i < history.BuiltinTools.Count; i++)
            content = history.BuiltinTools[i] == "browser" ? content.WithBrowser() : content.WithPython();
        return Message.System(date is { } day ? content.WithDate(day) : content);
    }

    /// <summary>All but the system message.</summary>
    /// <param name="history">The history.</param>
    /// <param name="options">How.</param>
    /// <param name="messages">Takes them.</param>
    /// <param name="repairs">Collects what was changed.</param>
    /// <param name="tools">The history's tools, read.</param>
    internal static void AppendMessages(History history, ConversionOptions options, List<LearntMessage> messages, HistoryRepairs repairs, ToolNamespace? tools)
    {
        IReadOnlyList<HistoryMessage> source = history.Messages;
        int at = 0;
        string? instructions = null;
        for (; at < source.Count && source[at].Role is Role.System or Role.Developer; at++)
        {
            if (at > 0)
                repairs.Add(HistoryRepairKind.InstructionsJoined, at);
            instructions = instructions is null ? source[at].Content : $"{instructions}\n\n{source[at].Content}";
        }
        bool hasTools = tools is { Tools.Count: > 0 };
        if (!string.IsNullOrEmpty(instructions) || hasTools)
        {
            DeveloperContent content = new() { Instructions = string.IsNullOrEmpty(instructions) ? null : instructions };
            messages.Add(new(Message.Developer(hasTools ? content.WithTools(tools!) : content), IsTrained: false));
        }
        TurnConverter converter = new(history, options, messages, repairs);
        for (; at < source.Count; at++)
            converter.Add(source[at], at);
        converter.Finish();
    }
}
