using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary><c>chorale parse</c>: ids, or text with its control tokens spelled out or stripped, to messages.</summary>
static class ParseCommand
{
    public static Command Create(CliHost host)
    {
        Argument<FileInfo?> file = new("FILE") { Description = "Token ids, or with --text text; without it, standard input is read.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> text = new("--text") { Description = "The input is text, its control tokens spelled out or stripped." };
        Option<string> form = new("--form") { Description = "How Harmony stands in the text: control tokens spelled out (marked), left out (stripped), or as it looks (auto).", DefaultValueFactory = _ => "auto" };
        form.AcceptOnlyFromAmong([.. Forms.Keys]);
        Option<string> role = new("--role") { Description = "Whose message the input begins in the middle of; none where it begins with <|start|>.", DefaultValueFactory = _ => "assistant" };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(Roles.NameOf), "none"]);
        Option<bool> strict = new("--strict") { Description = "Refuse what the official strict parser refuses." };
        Option<bool> trace = new("--trace") { Description = "Show the parser after each token." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();
        Option<bool> jsonl = SharedOptions.Jsonl("""{"id","tokens" or "text","form","role":"assistant"|null,"strict":false,"tools":[…],"repair":false} → {"id","messages":[…],"diagnostics":[…],"calls":[…]}; with --trace also "eos" and "continue_after_error" → "initial" and "trace" """.TrimEnd());

        Command command = new("parse", "Parse Harmony into messages.") { file, text, form, role, strict, trace, vocabulary, jsonl };
        command.SetAction(async (line, cancellationToken) =>
        {
            HarmonyEncoding encoding = new(VocabularyFile.Load(line.GetValue(vocabulary)));
            bool traced = line.GetValue(trace);
            if (line.GetValue(jsonl))
                return await JsonlBatch.RunAsync(host, (input, writer, _) => Answer(encoding, traced, input, writer), cancellationToken);

            string input = await host.ReadAllTextAsync(line.GetValue(file), cancellationToken);
            Role? first = line.GetValue(role) is var name and not "none" ? Roles.Parse(name!) : null;
            bool isText = line.GetValue(text);
            bool isStrict = line.GetValue(strict);
            if (isText && !isStrict && !traced)
                return Show(host, HarmonyTextParser.Parse(input.TrimEnd('\n'), first, Forms[line.GetValue(form)!]));

            int[] ids = isText ? encoding.Tokenizer.EncodeWithSpecials(input.TrimEnd('\n')) : IdList.Parse(input);
            ParseRun run = new(encoding.CreateParser(first, isStrict ? ParserMode.Strict : ParserMode.Tolerant));
            if (traced)
                run.Trace = entry => host.Out.WriteLine(entry);
            run.Run(ids, endOfStream: true, continueAfterError: false);
            Show(host, run.Parser);
            return run.Error is { } error ? throw new CliException(string.Create(CultureInfo.InvariantCulture, $"token {error.TokenIndex}: {error.Message}")) : ExitCodes.Success;
        });
        return command;
    }

    static readonly Dictionary<string, HarmonyTextForm> Forms = new(StringComparer.Ordinal)
    {
        ["auto"] = HarmonyTextForm.Auto,
        ["marked"] = HarmonyTextForm.Marked,
        ["stripped"] = HarmonyTextForm.Stripped,
    };

    static int Show(CliHost host, HarmonyReader parser)
    {
        ArrayBufferWriter<byte> buffer = new();
        ConversationJson.Write(parser.Messages, buffer);
        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1024 });
        using (Utf8JsonWriter writer = new(host.Output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            document.WriteTo(writer);
        host.Out.WriteLine();
        foreach (HarmonyDiagnostic diagnostic in parser.Diagnostics)
            host.Error.WriteLine(diagnostic);
        return ExitCodes.Success;
    }

    static ValueTask Answer(HarmonyEncoding encoding, bool traced, JsonElement line, Utf8JsonWriter writer)
    {
        Role? role = FirstRole(line);
        bool isStrict = line.Flag("strict", otherwise: false);
        string? text = line.OptionalText("text");
        CallResolver calls = new(line.Optional("tools") is { } tools ? ToolList.Read(tools) : [], line.Flag("repair", otherwise: false));
        if (text is not null && !isStrict && !traced)
        {
            WriteResult(writer, HarmonyTextParser.Parse(text, role, FormOf(line)), calls);
            return ValueTask.CompletedTask;
        }

        // The trace is the recorded one of the official parsers, so that is who is traced.
        ParserMode mode = isStrict ? ParserMode.Strict : traced ? ParserMode.NonStrict : ParserMode.Tolerant;
        int[] ids = text is not null ? encoding.Tokenizer.EncodeWithSpecials(text) : line.RequiredIds("tokens");
        ParseRun run = new(encoding.CreateParser(role, mode));
        List<string> trace = [];
        string initial = run.State();
        if (traced)
            run.Trace = trace.Add;
        run.Run(ids, line.Flag("eos", otherwise: true), line.Flag("continue_after_error", otherwise: false));

        if (run.Error is { } error)
        {
            LineError.From(error)!.WriteTo(writer);
            WriteMessages(writer, run.Parser);
        }
        else
        {
            WriteResult(writer, run.Parser, calls);
        }
        if (traced)
            WriteTrace(writer, initial, trace);
        return ValueTask.CompletedTask;
    }

    static HarmonyTextForm FormOf(JsonElement line)
    {
        string name = line.OptionalText("form") ?? "auto";
        return Forms.TryGetValue(name, out HarmonyTextForm form) ? form
            : throw new BatchException($"'form' must be \"auto\", \"marked\" or \"stripped\", found \"{name}\"");
    }

    /// <summary>Absent is the assistant; null is nobody, and the input begins with <c>&lt;|start|&gt;</c>.</summary>
    static Role? FirstRole(JsonElement line) =>
        line.TryGetProperty("role"u8, out JsonElement role) && role.ValueKind == JsonValueKind.Null
            ? null
            : Roles.Parse(line.OptionalText("role") ?? "assistant");

    static void WriteResult(Utf8JsonWriter writer, HarmonyReader parser, CallResolver resolver)
    {
        WriteMessages(writer, parser);
        IReadOnlyList<HarmonyCall> calls = resolver.ResolveAll(parser);
        writer.WriteDiagnostics([.. parser.Diagnostics, .. calls.SelectMany(call => call.Diagnostics)]);
        writer.WriteCalls(calls);
    }

    static void WriteMessages(Utf8JsonWriter writer, HarmonyReader parser)
    {
        ArrayBufferWriter<byte> messages = new();
        ConversationJson.Write(parser.Messages, messages);
        writer.WritePropertyName("messages");
        writer.WriteRawValue(messages.WrittenSpan, skipInputValidation: true);
    }

    static void WriteTrace(Utf8JsonWriter writer, string initial, List<string> trace)
    {
        writer.WritePropertyName("initial");
        writer.WriteRawValue(initial, skipInputValidation: true);
        writer.WriteStartArray("trace");
        foreach (string entry in trace)
            writer.WriteRawValue(entry, skipInputValidation: true);
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
