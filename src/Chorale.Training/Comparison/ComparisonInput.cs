using System.Text.Json;
using Chorale.Harmony;
using Chorale.Templates;

namespace Chorale.Training;

/// <summary>A history in every form that renderers take.</summary>
sealed class ComparisonInput
{
    const int MostMessages = 1000;

    readonly Conversation? _conversation;
    readonly HistoryFormatException? _refusal;
    readonly string _messages;
    readonly bool _isPrompt;

    ComparisonInput(History history, Conversation? conversation, HistoryFormatException? refusal, string messages, bool isPrompt)
    {
        History = history;
        _conversation = conversation;
        _refusal = refusal;
        _messages = messages;
        _isPrompt = isPrompt;
    }

    /// <summary>The history, mended; without messages where it could not be read.</summary>
    public History History { get; }

    public static ComparisonInput Read(JsonElement json, ComparisonOptions options)
    {
        try
        {
            return ReadAny(json, options);
        }
        catch (InvalidOperationException e)   // a name or a raw value that is no Unicode
        {
            throw new HistoryFormatException("", JsonText.NotUnicode, e);
        }
    }

    static ComparisonInput ReadAny(JsonElement json, ComparisonOptions options)
    {
        Row row;
        HistoryFormatException? refusal = null;
        try
        {
            row = RowReader.Read(json, form: null, new(listed: false));
        }
        catch (HistoryFormatException e) when (json.ValueKind == JsonValueKind.Array || (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("messages"u8, out JsonElement list) && list.ValueKind == JsonValueKind.Array))
        {
            refusal = e;   // templates may take it all the same
            row = new(RowForm.Messages, json.ValueKind == JsonValueKind.Object ? SurroundingsOf(json) : new(), null);
        }
        History history = row.History ?? HistoryConverter.FromConversation(Conversation.Of(row.Messages!));
        Conversation? conversation = refusal is not null ? null
            : row.Messages is { } messages ? Conversation.Of(messages)
            : HistoryConverter.ToConversation(history, new() { Date = options.Date, ContentBesideCalls = row.Form == RowForm.OpenAI ? ContentBesideCalls.Preamble : ContentBesideCalls.Reasoning });
        bool isRaw = !options.Normalize && row.Form is RowForm.Messages or RowForm.OpenAI or RowForm.Qwen && (json.ValueKind == JsonValueKind.Array || json.TryGetProperty("messages"u8, out _));
        string dictionaries = !isRaw ? HistoryWriter.WriteMessages(history) : json.ValueKind == JsonValueKind.Array ? json.GetRawText() : json.GetProperty("messages"u8).GetRawText();
        int count = row.Messages?.Count ?? CountOf(dictionaries);
        if (count > MostMessages)
            throw new HistoryFormatException("messages", $"found {count} messages, expected at most {MostMessages} to compare");
        return new(history, conversation, refusal, dictionaries, options.AddGenerationPrompt ?? !EndsInAssistant(dictionaries));
    }

    public TemplateInput ForTemplate(ComparisonOptions options) => new()
    {
        Messages = TemplateValue.FromJson(_messages),
        Tools = History.Tools is { } tools ? TemplateValue.FromJson(tools) : null,
        Variables = HistoryWriter.VariablesOf(History),
        Date = History.Date ?? options.Date,
        AddGenerationPrompt = _isPrompt,
    };

    public int[] RenderHarmony()
    {
        Conversation conversation = _conversation ?? throw _refusal!;
        return _isPrompt ? HarmonyEncoding.Default.RenderForCompletion(conversation) : HarmonyEncoding.Default.RenderForTraining(conversation);
    }

    public IReadOnlyList<int> Encode(HarmonyEncodingRule rule, ComparisonOptions options)
    {
        using JsonDocument messages = JsonDocument.Parse(_messages, JsonText.ReadOptions);
        HarmonyEncodingOptions arguments = new() { Rule = rule, Date = History.Date ?? options.Date, AddGenerationPrompt = _isPrompt, Tools = History.Tools };
        return HarmonyHistoryEncoder.Encode(messages.RootElement, arguments with
        {
            ModelIdentity = History.ModelIdentity ?? arguments.ModelIdentity,
            ReasoningEffort = History.ReasoningEffort ?? arguments.ReasoningEffort,
            DeveloperInstructions = History.Messages is [{ Role: Role.System or Role.Developer } first, ..] ? first.Content : null,
        }).Ids;
    }

    static History SurroundingsOf(JsonElement json)
    {
        try
        {
            return HistoryReader.ReadSurroundings(json);
        }
        catch (HistoryFormatException)
        {
            return new();
        }
    }

    static int CountOf(string messages)
    {
        using JsonDocument document = JsonDocument.Parse(messages, JsonText.ReadOptions);
        return document.RootElement.GetArrayLength();
    }

    static bool EndsInAssistant(string messages)
    {
        using JsonDocument document = JsonDocument.Parse(messages, JsonText.ReadOptions);
        int count = document.RootElement.GetArrayLength();
        return count > 0 && document.RootElement[count - 1] is { ValueKind: JsonValueKind.Object } last && last.TryGetProperty("role"u8, out JsonElement role)
            && role.ValueKind == JsonValueKind.String && role.ValueEquals("assistant"u8);
    }
}
