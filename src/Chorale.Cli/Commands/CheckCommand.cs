using System.CommandLine;
using System.Globalization;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary><c>chorale check</c>: what is wrong with a conversation, and what it costs.</summary>
static class CheckCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> file = new("FILE") { Description = """A conversation ({"messages":[…]}), JSON lines of them, Harmony as text, or token ids; - or nothing is standard input.""", Arity = ArgumentArity.ZeroOrOne };
        Option<string> format = CheckInput.FormOption("conversation", "jsonl", "text", "ids");
        Option<string> role = CheckInput.RoleOption();
        Option<bool> fix = new("--fix") { Description = "Print the mended conversation, and on standard error what was mended and what is left." };
        Option<string?> date = new("--date") { Description = "The date that --fix may give a system message without one.", HelpName = "yyyy-MM-dd" };
        date.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryReadDate(text, out _))
                result.AddError($"--date must be yyyy-MM-dd, found {text}.");
        });
        Option<bool> strict = new("--strict") { Description = "Warnings fail too." };
        Option<bool> tokens = new("--tokens") { Description = "Also tell what each part of the prompt costs." };
        Option<bool> layout = new("--layout") { Description = "Also show the rendered prompt message by message, with the places of its ids and what is dropped and why." };
        Option<string> drop = SharedOptions.Drop();
        Option<string> schemas = SharedOptions.Schemas();
        Option<bool> json = new("--json") { Description = "Print one JSON object for each conversation." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();

        Command command = new("check", "Find what is wrong with a conversation, and mend it.") { file, format, role, fix, date, strict, tokens, layout, drop, schemas, json, vocabulary };
        command.SetAction(async (line, cancellationToken) =>
        {
            HarmonyEncoding encoding = new(VocabularyFile.Load(line.GetValue(vocabulary)));
            string content = await CheckInput.ReadAsync(host, line.GetValue(file), cancellationToken);
            CheckRun run = new(host, encoding)
            {
                Role = line.GetValue(role)!,
                Options = new() { Date = TryReadDate(line.GetValue(date), out DateOnly day) ? day : null },
                Rendering = new() { AnalysisDropping = SharedOptions.DropOf(line.GetValue(drop)!), Schemas = SharedOptions.SchemasOf(line.GetValue(schemas)!) },
                Fix = line.GetValue(fix),
                Strict = line.GetValue(strict),
                Tokens = line.GetValue(tokens),
                Layout = line.GetValue(layout),
                Json = line.GetValue(json),
            };
            bool ok = true;
            foreach (CheckInput input in CheckInput.Read(content, line.GetValue(format)!))
            {
                cancellationToken.ThrowIfCancellationRequested();
                ok &= run.Check(input);
            }
            return ok ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    static bool TryReadDate(string? text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
