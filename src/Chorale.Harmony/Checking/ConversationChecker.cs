using System.Buffers;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Looks for what keeps a conversation from being rendered, and for what the model was not trained on. Never throws on a
/// conversation, whatever it holds; linear in its size.
/// </summary>
public static class ConversationChecker
{
    /// <summary>Checks a conversation.</summary>
    /// <param name="conversation">The messages.</param>
    /// <param name="options">Null is the default.</param>
    public static ConversationReport Check(Conversation conversation, CheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return new() { Conversation = conversation, Findings = new ConversationCheck(conversation, options ?? CheckOptions.Default).Run() };
    }

    /// <summary>
    /// Checks a conversation as JSON. What is not one is a finding with the place; so is a field that Harmony's messages
    /// don't have, such as <c>tool_calls</c>.
    /// </summary>
    /// <param name="utf8">The JSON, <c>{"messages":[…]}</c>.</param>
    /// <param name="options">Null is the default.</param>
    public static ConversationReport CheckJson(ReadOnlySpan<byte> utf8, CheckOptions? options = null)
    {
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        try
        {
            ConversationReport report = Check(ConversationJson.Read(utf8), options);
            List<Finding> unknown = UnknownFields.Find(utf8);
            return unknown.Count == 0 ? report : report with { Findings = [.. unknown, .. report.Findings] };
        }
        catch (HarmonyJsonException error)
        {
            return new()
            {
                Conversation = Conversation.Of(),
                Findings =
                [
                    new Finding
                    {
                        Code = FindingCode.InvalidJson,
                        Severity = FindingSeverity.Error,
                        Path = error.Path.Length > 0 ? Printable.Escape(error.Path) : "$",
                        Found = $"{Printable.Escape(error.Message)}.",
                        Advice = """Expected {"messages":[{"role":"system"|"developer"|"user"|"assistant"|"tool","content":…}]}.""",
                    },
                ],
            };
        }
    }

    /// <inheritdoc cref="CheckJson(ReadOnlySpan{byte}, CheckOptions?)"/>
    public static ConversationReport CheckJson(string json, CheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        return CheckJson(Encoding.UTF8.GetBytes(json), options);
    }

    /// <summary>
    /// Checks ids: what the tolerant parser had to repair, how messages end, and the conversation that they make. The start
    /// of a next message at the end, as a prompt has it, is no finding.
    /// </summary>
    /// <param name="encoding">The vocabulary that they are of.</param>
    /// <param name="ids">Any ids.</param>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt; null where the ids begin with <c>&lt;|start|&gt;</c>.</param>
    /// <param name="options">Null is the default.</param>
    public static ConversationReport CheckIds(HarmonyEncoding encoding, ReadOnlySpan<int> ids, Role? role = null, CheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return RawCheck.Ids(encoding, ids, role, options ?? CheckOptions.Default);
    }

    /// <summary>
    /// Checks Harmony as text, with control tokens spelled out or stripped. Harmony as people write it by hand, with line
    /// breaks in headers and the like, is explained and mended before it is parsed; the report's fixes tell how.
    /// </summary>
    /// <param name="encoding">The vocabulary that indices of tokens refer to.</param>
    /// <param name="text">Any text.</param>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt; null where it is in the text.</param>
    /// <param name="options">Null is the default.</param>
    public static ConversationReport CheckText(HarmonyEncoding encoding, string text, Role? role = null, CheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(text);
        return RawCheck.Text(encoding, text, role, options ?? CheckOptions.Default);
    }
}
