using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Conversations and messages as JSON, read and written as openai-harmony 0.0.8 does: unknown fields are ignored, null
/// and missing are the same, content is a string or a list of parts; one text part is written as a plain string, absent
/// fields of a message are left out. Two fields are this library's own and written only where there is something in them: <c>returns</c>
/// of a function and <c>response_formats</c> of developer content.
/// </summary>
public static class ConversationJson
{
    /// <summary>Reads <c>{"messages":[…]}</c>.</summary>
    /// <exception cref="HarmonyJsonException">Bad syntax, or not a conversation; nested deeper than 127 levels; a number beyond double's range.</exception>
    public static Conversation Read(ReadOnlySpan<byte> utf8) => ConversationReader.ReadConversation(utf8);

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    public static Conversation Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json));
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    public static Conversation Read(JsonElement element) => Read(JsonMarshal.GetRawUtf8Value(element));

    /// <summary>Reads one message.</summary>
    /// <inheritdoc cref="Read(ReadOnlySpan{byte})" path="/exception"/>
    public static Message ReadMessage(ReadOnlySpan<byte> utf8) => ConversationReader.ReadMessage(utf8);

    /// <inheritdoc cref="ReadMessage(ReadOnlySpan{byte})"/>
    public static Message ReadMessage(JsonElement element) => ReadMessage(JsonMarshal.GetRawUtf8Value(element));

    /// <summary>Writes <c>{"messages":[…]}</c> as compact UTF-8.</summary>
    public static void Write(Conversation conversation, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(destination);
        ConversationWriter.Write(conversation, destination);
    }

    /// <summary>Writes <c>{"messages":[…]}</c> as compact JSON.</summary>
    public static string Write(Conversation conversation)
    {
        ArrayBufferWriter<byte> buffer = new();
        Write(conversation, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes one message as compact UTF-8.</summary>
    public static void Write(Message message, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(destination);
        ConversationWriter.Write(message, destination);
    }

    /// <summary>Writes messages as a compact array, without the object around them.</summary>
    public static void Write(IReadOnlyList<Message> messages, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(destination);
        ConversationWriter.Write(messages, destination);
    }
}
