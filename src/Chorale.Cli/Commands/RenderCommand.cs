using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary><c>chorale render</c>: a conversation as JSON to ids and text.</summary>
static class RenderCommand
{
    public static Command Create(CliHost host)
    {
        Argument<FileInfo?> file = new("FILE") { Description = """A conversation, {"messages":[…]}; without it, standard input is read.""", Arity = ArgumentArity.ZeroOrOne };
        Option<string> purpose = new("--for") { Description = "completion ends with the head of the next message, training with <|return|> where the last message is an answer, conversation with neither.", DefaultValueFactory = _ => "completion" };
        purpose.AcceptOnlyFromAmong("completion", "conversation", "training");
        Option<string> nextRole = new("--next-role") { Description = "Who speaks next, for completion.", DefaultValueFactory = _ => "assistant" };
        nextRole.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(Roles.NameOf)]);
        Option<string> drop = SharedOptions.Drop();
        Option<bool> keep = new("--keep-analysis") { Description = "The same as --drop none." };
        Option<string> schemas = SharedOptions.Schemas();
        Option<bool> ids = new("--ids") { Description = "Print the ids instead of the text." };
        Option<bool> report = new("--report") { Description = "Also tell of each message whether it was kept or dropped, why, and what it costs: a table on standard error, or part of the JSON." };
        Option<bool> json = new("--json") { Description = "Print one JSON object: tokens and text, and with --report the report." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","conversation":{"messages":[…]},"for":"completion"|"conversation"|"training","next_role","auto_drop_analysis","drop":"harmony"|"template"|"per_turn"|"none","schemas":"official"|"complete","report":false|true} or {"id","for":"message","message","has_function_tools","schemas"} → {"id","tokens","text","report"?}""");

        Command command = new("render", "Render a conversation as Harmony.") { file, purpose, nextRole, drop, keep, schemas, ids, report, json, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            HarmonyEncoding encoding = new(VocabularyFile.Load(line.GetValue(vocabulary)));
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => Answer(encoding, input, writer), cancellationToken);

            RenderRequest request = new(
                ConversationJson.Read(await host.ReadAllTextAsync(line.GetValue(file), cancellationToken)),
                PurposeOf(line.GetValue(purpose)!),
                Roles.Parse(line.GetValue(nextRole)!),
                new()
                {
                    AnalysisDropping = line.GetValue(keep) ? AnalysisDropping.None : SharedOptions.DropOf(line.GetValue(drop)!),
                    Schemas = SharedOptions.SchemasOf(line.GetValue(schemas)!),
                });
            int[] tokens = request.Render(encoding);
            RenderReport? told = line.GetValue(report) ? request.Describe(encoding) : null;
            if (line.GetValue(json))
                WriteJson(host, encoding, tokens, told);
            else
                WriteText(host, encoding, tokens, told, line.GetValue(ids));
            return ExitCodes.Success;
        });
        return command;
    }

    static void WriteText(CliHost host, HarmonyEncoding encoding, int[] tokens, RenderReport? report, bool asIds)
    {
        host.Out.WriteLine(asIds
            ? string.Join(' ', tokens.Select(id => id.ToString(CultureInfo.InvariantCulture)))
            : encoding.Tokenizer.Decode(tokens));
        if (report is not null)
            RenderReportPrinter.Print(host, report);
    }

    static void WriteJson(CliHost host, HarmonyEncoding encoding, int[] tokens, RenderReport? report)
    {
        using (Utf8JsonWriter writer = new(host.Output, JsonWriting.Options))
        {
            writer.WriteStartObject();
            WriteAnswer(writer, encoding, tokens, report);
            writer.WriteEndObject();
        }
        host.Out.WriteLine();
    }

    static void WriteAnswer(Utf8JsonWriter writer, HarmonyEncoding encoding, int[] tokens, RenderReport? report)
    {
        writer.WriteIds("tokens", tokens);
        writer.WriteString("text", encoding.Tokenizer.DecodeLossy(tokens));
        if (report is not null)
            RenderReportPrinter.Write(writer, report);
    }

    static ValueTask Answer(HarmonyEncoding encoding, JsonElement line, Utf8JsonWriter writer)
    {
        string purpose = line.OptionalText("for") ?? "completion";
        if (purpose == "message")
        {
            WriteAnswer(writer, encoding, RenderMessage(encoding, line), report: null);
            return ValueTask.CompletedTask;
        }
        Conversation conversation = line.OptionalText("conversation_text") is { } text
            ? ConversationJson.Read(Encoding.UTF8.GetBytes(text))
            : ConversationJson.Read(line.Required("conversation"));
        RenderRequest request = new(conversation, PurposeOf(purpose), Roles.Parse(line.OptionalText("next_role") ?? "assistant"),
            ReadOptions(line) with { Schemas = ReadStyle(line) });
        WriteAnswer(writer, encoding, request.Render(encoding), line.Flag("report", otherwise: false) ? request.Describe(encoding) : null);
        return ValueTask.CompletedTask;
    }

    static int[] RenderMessage(HarmonyEncoding encoding, JsonElement line) =>
        encoding.RenderMessage(ConversationJson.ReadMessage(line.Required("message")), line.Flag("has_function_tools", otherwise: false), ReadStyle(line));

    /// <summary>
    /// A rule by name, or else <c>auto_drop_analysis</c>: absent drops old reasoning, as the official Python package does; null is no
    /// configuration, which drops nothing.
    /// </summary>
    static RenderOptions ReadOptions(JsonElement line)
    {
        if (line.OptionalText("drop") is { } name)
        {
            return AnalysisDroppings.TryParse(name, out AnalysisDropping rule)
                ? new() { AnalysisDropping = rule }
                : throw new BatchException($"'drop' must be one of {string.Join(", ", AnalysisDroppings.Names)}, found \"{name}\"");
        }
        bool isNull = line.TryGetProperty("auto_drop_analysis"u8, out JsonElement value) && value.ValueKind == JsonValueKind.Null;
        return !isNull && line.Flag("auto_drop_analysis", otherwise: true) ? RenderOptions.Default : RenderOptions.KeepAnalysis;
    }

    static SchemaStyle ReadStyle(JsonElement line) => SharedOptions.SchemasOf(line.OptionalText("schemas") ?? "official");

    static RenderPurpose PurposeOf(string name) => name switch
    {
        "completion" => RenderPurpose.Completion,
        "conversation" => RenderPurpose.Conversation,
        "training" => RenderPurpose.Training,
        _ => throw new BatchException($"'for' must be \"completion\", \"conversation\", \"training\" or \"message\", found \"{name}\""),
    };

    /// <summary>What is to be rendered, and how.</summary>
    sealed record RenderRequest(Conversation Conversation, RenderPurpose Purpose, Role NextRole, RenderOptions Options)
    {
        public int[] Render(HarmonyEncoding encoding) => Purpose switch
        {
            RenderPurpose.Completion => encoding.RenderForCompletion(Conversation, NextRole, Options),
            RenderPurpose.Training => encoding.RenderForTraining(Conversation, Options),
            _ => encoding.RenderConversation(Conversation, Options),
        };

        public RenderReport Describe(HarmonyEncoding encoding) => encoding.DescribeRendering(Conversation, Options, Purpose, NextRole);
    }
}
