using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>What <c>bench harmony</c> measures: a text, or conversations.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Text">A text to tokenize; null for conversations.</param>
/// <param name="Conversations">Empty for a text.</param>
sealed record BenchInput(string Name, string? Text, IReadOnlyList<Conversation> Conversations)
{
    public static BenchInput OfText(string name, string text) => new(name, text, []);

    public static BenchInput Of(string name, params IReadOnlyList<Conversation> conversations) => new(name, null, conversations);

    /// <summary>Reads a file: <c>.json</c> is a conversation, <c>.jsonl</c> one a line, anything else a text.</summary>
    /// <exception cref="CliException">It is not there, empty, or not what its name says; the message names the line.</exception>
    public static async Task<BenchInput> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Exists)
            throw new CliException($"'{file}' does not exist.");
        byte[] bytes = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        if (bytes.AsSpan().Trim(" \t\r\n\uFEFF"u8).IsEmpty)
            throw new CliException($"'{file}' is empty: there is nothing to measure.");
        return file.Extension.ToUpperInvariant() switch
        {
            ".JSON" => Of(file.Name, ReadConversation(bytes, $"'{file}'")),
            ".JSONL" => Of(file.Name, await ReadLinesAsync(bytes, file, cancellationToken)),
            _ => OfText(file.Name, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF')),
        };
    }

    static async Task<List<Conversation>> ReadLinesAsync(byte[] bytes, FileInfo file, CancellationToken cancellationToken)
    {
        List<Conversation> conversations = [];
        InputLines lines = new(new MemoryStream(bytes));
        int number = 0;
        while (await lines.NextAsync(cancellationToken) is { } line)
        {
            number++;
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                conversations.Add(ReadConversation(line, $"'{file}', line {number}"));
        }
        return conversations;
    }

    /// <summary>A conversation, or an object with one under <c>conversation</c>, as <c>render --jsonl</c> takes it.</summary>
    static Conversation ReadConversation(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json, new JsonDocumentOptions { MaxDepth = 1024 });
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("conversation"u8, out JsonElement inner))
                root = inner;
            Conversation conversation = ConversationJson.Read(root);
            HarmonyEncoding.Default.RenderConversation(conversation, RenderOptions.KeepAnalysis);
            return conversation;
        }
        catch (JsonException e)
        {
            throw new CliException($"{where} is not JSON: {CliErrors.OneLine(e.Message)}");
        }
        catch (HarmonyRenderException e)
        {
            throw new CliException($"{where} cannot be rendered, message {e.MessageIndex}: {CliErrors.OneLine(e.Message)}");
        }
        catch (HarmonyException e)
        {
            throw new CliException($"{where} is no conversation: {CliErrors.OneLine(e.Message)}");
        }
    }
}
