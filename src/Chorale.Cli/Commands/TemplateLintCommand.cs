using System.CommandLine;
using Chorale.Templates;

namespace Chorale.Cli;

/// <summary><c>chorale template lint</c>: what a template does to conversations, and to those of a file.</summary>
static class TemplateLintCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> template = TemplateArguments.Template();
        Argument<string?> data = new("DATA") { Description = """Conversations, as JSON lines or JSON: {"messages","tools"?,"kwargs"?} or a list of messages; - is standard input.""", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> name = TemplateArguments.TemplateName();
        Option<DateOnly?> date = TemplateArguments.Date();
        Option<int> most = new("--most") { Description = "How many findings about conversations are shown; all are counted.", DefaultValueFactory = _ => 50 };
        Option<bool> strict = new("--strict") { Description = "Warnings fail too." };
        Option<bool> json = new("--json") { Description = "Print a JSON object for each finding." };

        Command command = new("lint", "Tell what a chat template loses, doubles or leaves untrained.") { template, data, name, date, most, strict, json };
        command.SetAction(async (line, cancellationToken) =>
        {
            ChatTemplate loaded = TemplateArguments.Load(line.GetValue(template)!, line.GetValue(name));
            TemplateLintRun run = new(host, loaded, line.GetValue(date) ?? TemplateArguments.Today(host), line.GetValue(most), line.GetValue(json));
            run.LintTemplate();
            if (line.GetValue(data) is { } file)
                await run.LintDataAsync(file, cancellationToken);
            run.Finish();
            return run.Errors > 0 || (line.GetValue(strict) && run.Warnings > 0) ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }
}
