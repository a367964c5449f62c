using System.CommandLine;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Templates;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary><c>chorale template diff</c>: one conversation by several templates, side by side.</summary>
static class TemplateDiffCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> file = new("CONVERSATION") { Description = """Message dictionaries, {"messages":[…],"tools":[…],"chat_template_kwargs":{…}} or a list, or Harmony messages as JSON; - or nothing is standard input.""", Arity = ArgumentArity.ZeroOrOne };
        Option<string> between = new("--between") { Description = $"What is compared, with commas: built-in templates, {string.Join(", ", TemplateComparison.OtherNames)}, or template files. Each is compared with the first.", DefaultValueFactory = _ => "gpt-oss,harmony", HelpName = "NAMES" };
        Option<string?> purpose = new("--for") { Description = "completion ends with the head of the assistant's next message, training does not; told by the last message where it is not given." };
        purpose.AcceptOnlyFromAmong("completion", "training");
        Option<bool> normalize = new("--normalize") { Description = "Give the templates the normalised messages: arguments parsed, nulls gone, reasoning under 'thinking'." };
        Option<DateOnly?> date = TemplateArguments.Date();
        Option<FileInfo?> html = new("--html") { Description = "Write a page instead.", HelpName = "FILE" };
        Option<int?> width = SharedOptions.Checked(new Option<int?>("--width") { Description = "How many columns of characters a line has.", HelpName = "N" }, value => value is >= 40 and <= 2000, "from 40 to 2000");

        Command command = new("diff", "Render a conversation by several templates, side by side, with the first difference and its reason.") { file, between, purpose, normalize, date, html, width };
        command.SetAction(async (line, cancellationToken) =>
        {
            string[] names = line.GetValue(between)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (names.Length == 0)
                throw new CliException("--between names nothing.", ExitCodes.Usage);
            Dictionary<string, ChatTemplate> templates = names.Where(name => !TemplateComparison.OtherNames.Contains(name, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)
                .ToDictionary(name => name, name => TemplateArguments.Load(name), StringComparer.Ordinal);
            string content = await CheckInput.ReadAsync(host, line.GetValue(file), cancellationToken);
            using JsonDocument conversation = Parse(content, line.GetValue(file) ?? "-");
            ComparisonOptions options = new()
            {
                Date = line.GetValue(date) ?? TemplateArguments.Today(host),
                AddGenerationPrompt = line.GetValue(purpose) is { } wanted ? wanted == "completion" : null,
                Normalize = line.GetValue(normalize),
            };
            TemplateComparison comparison = TemplateComparison.Compare(conversation.RootElement, names, options, name => templates[name]);
            if (line.GetValue(html) is { } page)
                await File.WriteAllTextAsync(page.FullName, ComparisonPage.Write(comparison), cancellationToken);
            else
                new ComparisonPrinter(host, line.GetValue(width)).Print(comparison);
            return ExitCodes.Success;
        });
        return command;
    }

    static JsonDocument Parse(string content, string file)
    {
        try
        {
            return JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 256 });
        }
        catch (JsonException e)
        {
            throw new CliException($"'{Printable.Escape(file)}' is not JSON: {CliErrors.OneLine(e.Message)}");
        }
    }
}
