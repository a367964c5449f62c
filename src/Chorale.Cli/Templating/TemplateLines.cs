using System.Globalization;
using System.Text.Json;
using Chorale.Templates;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>The lines of <c>chorale template render --jsonl</c>.</summary>
/// <param name="today">The date of a line without one.</param>
/// <param name="tokenizer">Gives ids; null leaves them out.</param>
/// <param name="plainText">Whether ids are those of the text as it stands.</param>
sealed class TemplateLines(DateOnly today, Tokenizer? tokenizer, bool plainText)
{
    /// <summary>Files that are kept parsed; a batch seldom has more.</summary>
    const int MaxFiles = 64;

    readonly Dictionary<string, ChatTemplate> _files = new(StringComparer.Ordinal);

    public static JsonDocumentOptions ReadOptions => new() { MaxDepth = 1024 };

    /// <summary>Reads messages with what belongs to them: a list of messages, or an object with it.</summary>
    public static TemplateInput ReadInput(JsonElement line, DateOnly date)
    {
        if (line.ValueKind == JsonValueKind.Array)
            return new TemplateInput { Messages = TemplateValue.FromJson(line), Date = date };
        if (line.ValueKind != JsonValueKind.Object)
            throw new BatchException($"expected a list of messages or an object with 'messages', found {LineReader.Describe(line)}");
        Dictionary<string, TemplateValue> variables = new(StringComparer.Ordinal);
        foreach (string name in (ReadOnlySpan<string>)["chat_template_kwargs", "kwargs"])
        {
            if (line.Optional(name) is not { } settings)
                continue;
            if (settings.ValueKind != JsonValueKind.Object)
                throw LineReader.Wrong(name, "an object", settings);
            foreach ((string key, TemplateValue value) in TemplateValue.FromJson(settings).Entries)
                variables[key] = value;
        }
        bool prompt = variables.Remove("add_generation_prompt", out TemplateValue? adds) && adds.IsTrue;
        bool proceed = variables.Remove("continue_final_message", out TemplateValue? continues) && continues.IsTrue;
        return new TemplateInput
        {
            Messages = TemplateValue.FromJson(line.Required("messages")),
            Tools = line.Optional("tools") is { } tools ? TemplateValue.FromJson(tools) : null,
            Variables = variables,
            SpecialTokens = ReadTokens(line),
            Date = ReadDate(line) ?? date,
            AddGenerationPrompt = prompt,
            ContinueFinalMessage = proceed,
        };
    }

    public ValueTask AnswerAsync(JsonElement line, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        ChatTemplate template = Find(line);
        RenderedTemplate rendered = template.RenderPieces(ReadInput(line, today));
        writer.WriteString("text", WellFormed.Of(rendered.Text));
        if (template.HasGeneration)
            WriteSegments(writer, rendered);
        if (tokenizer is not null)
            writer.WriteIds("tokens", plainText ? tokenizer.EncodeWithSpecials(rendered.Text) : rendered.ToIds(tokenizer));
        return ValueTask.CompletedTask;
    }

    static void WriteSegments(Utf8JsonWriter writer, RenderedTemplate rendered)
    {
        writer.WriteStartArray("segments");
        foreach ((string text, bool isTrained) in rendered.Segments)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(WellFormed.Of(text));
            writer.WriteBooleanValue(isTrained);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>A built-in template by its name, or a file, which is always interpreted.</summary>
    ChatTemplate Find(JsonElement line)
    {
        if (line.OptionalText("template_file") is not { } path)
        {
            string name = line.OptionalText("template") ?? throw new BatchException("'template' or 'template_file' is missing");
            return ChatTemplate.Named(name);
        }
        if (_files.TryGetValue(path, out ChatTemplate? known))
            return known;
        if (_files.Count == MaxFiles)
            _files.Clear();
        return _files[path] = ChatTemplate.LoadFile(path, alwaysInterpreted: true);
    }

    static Dictionary<string, string> ReadTokens(JsonElement line)
    {
        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        if (line.Optional("special_tokens") is not { } given)
            return tokens;
        if (given.ValueKind != JsonValueKind.Object)
            throw LineReader.Wrong("special_tokens", "an object", given);
        foreach (JsonProperty property in given.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.String)
                tokens[property.Name] = property.Value.GetString()!;
            else if (property.Value.ValueKind != JsonValueKind.Null)
                throw LineReader.Wrong($"special_tokens.{property.Name}", "a string", property.Value);
        }
        return tokens;
    }

    static DateOnly? ReadDate(JsonElement line)
    {
        if (line.Optional("date") is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date
            : throw LineReader.Wrong("date", "a date as yyyy-MM-dd", value);
    }
}
