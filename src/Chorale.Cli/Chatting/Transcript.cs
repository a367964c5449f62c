using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>A turn as one line of JSON: the conversation so far, the answer apart, what it cost.</summary>
static class Transcript
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(CliHost host, string model, Conversation conversation, ChatTurn turn, TurnClock clock)
    {
        ArrayBufferWriter<byte> messages = new();
        ConversationJson.Write(conversation.Messages, messages);
        using (Utf8JsonWriter writer = new(host.Output, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteString("answer", turn.Text);
            writer.WriteString("reasoning", turn.Reasoning);
            writer.WriteCalls(turn.Calls);
            writer.WriteString("finish", NameOf(turn.Finish));
            if (turn.WasShortened)
                writer.WriteBoolean("shortened", value: true);
            writer.WriteDiagnostics(turn.Repairs);
            writer.WriteIds("tokens", [.. turn.TokenIds]);
            WriteUsage(writer, turn.Usage);
            WriteTiming(writer, clock);
            writer.WritePropertyName("messages");
            writer.WriteRawValue(messages.WrittenSpan, skipInputValidation: true);
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }

    static void WriteUsage(Utf8JsonWriter writer, ChatUsage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", usage.PromptTokens);
        writer.WriteNumber("cached_prompt_tokens", usage.CachedPromptTokens);
        writer.WriteNumber("completion_tokens", usage.CompletionTokens);
        writer.WriteNumber("reasoning_tokens", usage.ReasoningTokens);
        writer.WriteNumber("commentary_tokens", usage.CommentaryTokens);
        writer.WriteNumber("final_tokens", usage.FinalTokens);
        writer.WriteNumber("other_tokens", usage.OtherTokens);
        writer.WriteNumber("total_tokens", usage.TotalTokens);
        writer.WriteEndObject();
    }

    static void WriteTiming(Utf8JsonWriter writer, TurnClock clock)
    {
        writer.WriteStartObject("timing");
        writer.WriteNumber("first_token_ms", Math.Round(clock.ToFirst.TotalMilliseconds, 3));
        writer.WriteNumber("total_ms", Math.Round(clock.Total.TotalMilliseconds, 3));
        if (clock.TokensPerSecond is { } rate)
            writer.WriteNumber("tokens_per_second", Math.Round(rate, 1));
        writer.WriteEndObject();
    }

    static string NameOf(ChatFinish finish) => finish switch
    {
        ChatFinish.Stop => "stop",
        ChatFinish.ToolCall => "tool_call",
        ChatFinish.MaxTokens => "max_tokens",
        ChatFinish.ContextLength => "context_length",
        _ => "cancelled",
    };
}
