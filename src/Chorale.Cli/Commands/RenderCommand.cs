using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Tokenization;

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
        Option<bool> keep = new("--keep-analysis") { Description = "Render old reasoning too." };
        Option<bool> ids = new("--ids") { Description = "Print the ids instead of the text." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","conversation":{"messages":[…]},"for":"completion"|"conversation"|"training","next_role","auto_drop_analysis"} or {"id","for":"message","message","has_function_tools"} → {"id","tokens","text"}""");

        Command command = new("render", "Render a conversation as Harmony.") { file, purpose, nextRole, keep, ids, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            HarmonyEncoding encoding = new(VocabularyFile.Load(line.GetValue(vocabulary)));
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => Answer(encoding, input, writer), cancellationToken);

            Conversation conversation = ConversationJson.Read(await host.ReadAllTextAsync(line.GetValue(file), cancellationToken));
            int[] tokens = Render(encoding, conversation, line.GetValue(purpose)!, Roles.Parse(line.GetValue(nextRole)!),
                line.GetValue(keep) ? RenderOptions.KeepAnalysis : RenderOptions.Default);
            host.Out.WriteLine(line.GetValue(ids)
                ? string.Join(' ', tokens.Select(id => id.ToString(CultureInfo.InvariantCulture)))
                : encoding.Tokenizer.Decode(tokens));
            return ExitCodes.Success;
        });
        return command;
    }

    static ValueTask Answer(HarmonyEncoding encoding, JsonElement line, Utf8JsonWriter writer)
    {
        if ((line.OptionalText("schemas") ?? "official") is var schemas and not "official")
            throw new BatchException($"'schemas' must be \"official\", found \"{schemas}\": this version has no other mode");
        string purpose = line.OptionalText("for") ?? "completion";
        int[] tokens = purpose == "message" ? RenderMessage(encoding, line) : RenderConversation(encoding, line, purpose);
        writer.WriteIds("tokens", tokens);
        writer.WriteString("text", encoding.Tokenizer.DecodeLossy(tokens));
        return ValueTask.CompletedTask;
    }

    static int[] RenderMessage(HarmonyEncoding encoding, JsonElement line) =>
        encoding.RenderMessage(ConversationJson.ReadMessage(line.Required("message")), line.Flag("has_function_tools", otherwise: false));

    static int[] RenderConversation(HarmonyEncoding encoding, JsonElement line, string purpose)
    {
        Conversation conversation = line.OptionalText("conversation_text") is { } text
            ? ConversationJson.Read(Encoding.UTF8.GetBytes(text))
            : ConversationJson.Read(line.Required("conversation"));
        return Render(encoding, conversation, purpose, Roles.Parse(line.OptionalText("next_role") ?? "assistant"), ReadOptions(line));
    }

    /// <summary>Absent drops old reasoning, as the official Python package does; null is no configuration, which drops nothing.</summary>
    static RenderOptions ReadOptions(JsonElement line)
    {
        bool isNull = line.TryGetProperty("auto_drop_analysis"u8, out JsonElement value) && value.ValueKind == JsonValueKind.Null;
        return !isNull && line.Flag("auto_drop_analysis", otherwise: true) ? RenderOptions.Default : RenderOptions.KeepAnalysis;
    }

    static int[] Render(HarmonyEncoding encoding, Conversation conversation, string purpose, Role nextRole, RenderOptions options) => purpose switch
    {
        "completion" => encoding.RenderForCompletion(conversation, nextRole, options),
        "conversation" => encoding.RenderConversation(conversation, options),
        "training" => encoding.RenderForTraining(conversation, options),
        _ => throw new BatchException($"'for' must be \"completion\", \"conversation\", \"training\" or \"message\", found \"{purpose}\""),
    };
}
