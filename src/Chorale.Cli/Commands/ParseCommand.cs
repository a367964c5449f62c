using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary><c>chorale parse</c>: ids, or text with its control tokens spelled out, to messages.</summary>
static class ParseCommand
{
    public static Command Create(CliHost host)
    {
        Argument<FileInfo?> file = new("FILE") { Description = "Token ids, or with --text text; without it, standard input is read.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> text = new("--text") { Description = "The input is text with its control tokens spelled out." };
        Option<string> role = new("--role") { Description = "Whose message the input begins in the middle of; none where it begins with <|start|>.", DefaultValueFactory = _ => "assistant" };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(Roles.NameOf), "none"]);
        Option<bool> strict = new("--strict") { Description = "Refuse what the official strict parser refuses." };
        Option<bool> trace = new("--trace") { Description = "Show the parser after each token." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","tokens" or "text","role":"assistant"|null,"strict":false} → {"id","messages":[…],"diagnostics":[…],"calls":[…]}; with --trace also "eos" and "continue_after_error" → "initial" and "trace" """.TrimEnd());

        Command command = new("parse", "Parse Harmony into messages.") { file, text, role, strict, trace, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            HarmonyEncoding encoding = new(VocabularyFile.Load(line.GetValue(vocabulary)));
            bool traced = line.GetValue(trace);
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => Answer(encoding, traced, input, writer), cancellationToken);

            string input = await host.ReadAllTextAsync(line.GetValue(file), cancellationToken);
            int[] ids = line.GetValue(text) ? encoding.Tokenizer.EncodeWithSpecials(input.TrimEnd('\n')) : IdList.Parse(input);
            Role? first = line.GetValue(role) is var name and not "none" ? Roles.Parse(name!) : null;
            ParseRun run = new(encoding.CreateParser(first, line.GetValue(strict) ? ParserMode.Strict : ParserMode.Tolerant));
            if (traced)
                run.Trace = entry => host.Out.WriteLine(entry);
            run.Run(ids, endOfStream: true, continueAfterError: false);
            WriteMessages(host, run.Parser.Messages);
            return run.Error is { } error ? throw new CliException($"token {error.TokenIndex}: {error.Message}") : ExitCodes.Success;
        });
        return command;
    }

    static void WriteMessages(CliHost host, IReadOnlyList<Message> messages)
    {
        ArrayBufferWriter<byte> buffer = new();
        ConversationJson.Write(messages, buffer);
        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1024 });
        using (Utf8JsonWriter writer = new(host.Output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            document.WriteTo(writer);
        host.Out.WriteLine();
    }

    static ValueTask Answer(HarmonyEncoding encoding, bool traced, JsonElement line, Utf8JsonWriter writer)
    {
        int[] ids = line.OptionalText("text") is { } text ? encoding.Tokenizer.EncodeWithSpecials(text) : line.RequiredIds("tokens");
        ParseRun run = new(encoding.CreateParser(FirstRole(line), line.Flag("strict", otherwise: false) ? ParserMode.Strict : traced ? ParserMode.NonStrict : ParserMode.Tolerant));
        List<string> trace = [];
        string initial = run.State();
        if (traced)
            run.Trace = trace.Add;
        run.Run(ids, line.Flag("eos", otherwise: true), line.Flag("continue_after_error", otherwise: false));

        if (run.Error is { } error)
            LineError.From(error)!.WriteTo(writer);
        ArrayBufferWriter<byte> messages = new();
        ConversationJson.Write(run.Parser.Messages, messages);
        writer.WritePropertyName("messages");
        writer.WriteRawValue(messages.WrittenSpan, skipInputValidation: true);
        if (traced)
            WriteTrace(writer, initial, trace);
        if (run.Error is null)
        {
            writer.WriteStartArray("diagnostics");
            writer.WriteEndArray();
            WriteCalls(writer, run.Parser.Messages);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Absent is the assistant; null is nobody, and the input begins with <c>&lt;|start|&gt;</c>.</summary>
    static Role? FirstRole(JsonElement line) =>
        line.TryGetProperty("role"u8, out JsonElement role) && role.ValueKind == JsonValueKind.Null
            ? null
            : Roles.Parse(line.OptionalText("role") ?? "assistant");

    static void WriteTrace(Utf8JsonWriter writer, string initial, List<string> trace)
    {
        writer.WritePropertyName("initial");
        writer.WriteRawValue(initial, skipInputValidation: true);
        writer.WriteStartArray("trace");
        foreach (string entry in trace)
            writer.WriteRawValue(entry, skipInputValidation: true);
        writer.WriteEndArray();
    }

    /// <summary>A recipient makes a call, not the channel.</summary>
    static void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<Message> messages)
    {
        writer.WriteStartArray("calls");
        for (int i = 0; i < messages.Count; i++)
        {
            if (!Chat.ChatTurn.IsCall(messages[i]))
                continue;
            writer.WriteStartObject();
            writer.WriteNumber("message", i);
            writer.WriteString("recipient", messages[i].Recipient);
            writer.WriteString("arguments", messages[i].Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>Pushes ids through a parser, looks at it after each, and remembers the first error.</summary>
    sealed class ParseRun(HarmonyParser parser)
    {
        readonly ArrayBufferWriter<byte> _buffer = new();

        public HarmonyParser Parser => parser;

        /// <summary>Takes an entry of JSON for each token; null traces nothing.</summary>
        public Action<string>? Trace { get; set; }

        public HarmonyParseException? Error { get; private set; }

        public string State() => Take(() => ParserTrace.WriteState(parser, _buffer));

        public void Run(int[] ids, bool endOfStream, bool continueAfterError)
        {
            bool stopped = ids.Any(id => !Step(id) && !continueAfterError);
            if (endOfStream && !stopped)
                Step(id: null);
        }

        bool Step(int? id)
        {
            HarmonyParseException? refused = null;
            try
            {
                if (id is { } token)
                    parser.Push(token);
                else
                    parser.Finish();
            }
            catch (HarmonyParseException e)
            {
                refused = e;
                Error ??= e;
            }
            Trace?.Invoke(Take(() => ParserTrace.WriteEntry(parser, id, refused, _buffer)));
            return refused is null;
        }

        string Take(Action write)
        {
            _buffer.ResetWrittenCount();
            write();
            return Encoding.UTF8.GetString(_buffer.WrittenSpan);
        }
    }
}
