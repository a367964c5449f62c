using System.CommandLine;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary><c>chorale explain</c>: bytes, ids and messages side by side.</summary>
static class ExplainCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> file = new("FILE") { Description = "Harmony as text, token ids, or a conversation as JSON, which is rendered first; - or nothing is standard input.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> format = CheckInput.FormOption("conversation", "text", "ids");
        Option<string> role = CheckInput.RoleOption();
        Option<string> drop = SharedOptions.Drop();
        Option<string> schemas = SharedOptions.Schemas();
        Option<int?> width = SharedOptions.Checked(new Option<int?>("--width") { Description = "How wide the lines are; without it, as wide as the terminal.", HelpName = "N" }, n => n is >= 60 and <= 1000, "from 60 to 1000");
        Option<bool> json = new("--json") { Description = "Print one JSON object for each id, and at the end one with the messages." };
        Option<FileInfo?> vocabulary = SharedOptions.Vocabulary();

        Command command = new("explain", "Show bytes, ids and messages side by side.") { file, format, role, drop, schemas, width, json, vocabulary };
        command.SetAction(async (line, cancellationToken) =>
        {
            HarmonyEncoding encoding = new(VocabularyFile.Load(line.GetValue(vocabulary)));
            string content = await CheckInput.ReadAsync(host, line.GetValue(file), cancellationToken);
            if (CheckInput.Read(content, line.GetValue(format)!).ToList() is not [{ Line: null } input])
                throw new CliException("the input holds JSON lines, expected one conversation, text or ids.");
            int[] ids = input.ToIds(encoding, new() { AnalysisDropping = SharedOptions.DropOf(line.GetValue(drop)!), Schemas = SharedOptions.SchemasOf(line.GetValue(schemas)!) });
            TokenExplanation explanation = TokenExplanation.Of(encoding, ids, input.Json is null ? input.FirstRole(line.GetValue(role)!, encoding) : null);
            if (line.GetValue(json))
                ExplainJson.Write(host, encoding, explanation);
            else
                new ExplainTable(host, encoding, explanation, line.GetValue(width)).Write();
            return ExitCodes.Success;
        });
        return command;
    }
}
