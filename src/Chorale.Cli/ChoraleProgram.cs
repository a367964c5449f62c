using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Chorale.Cli;

/// <summary>The <c>chorale</c> program: reads a command line, runs it, gives the exit code. Never throws.</summary>
public static partial class ChoraleProgram
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="host">The streams to work on; left open.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ParseResult line = CreateRoot(host).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (line.Errors.Count > 0)
            return ReportUsage(line, host, line.Errors.Select(error => error.Message));
        if (FindUnknownOption(args, line) is { } unknown)
            return ReportUsage(line, host, [$"Unknown option '{unknown}'; text that begins so stands after '--'."]);
        try
        {
            InvocationConfiguration invocation = new()
            {
                Output = host.Out,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,   // chat takes Ctrl-C itself; elsewhere it ends the process at once
            };
            return await line.InvokeAsync(invocation, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (CliException e)
        {
            host.Error.WriteLine($"chorale: {e.Message}");
            return e.ExitCode;
        }
#pragma warning disable CA1031 // the outermost door: whatever went wrong is one line and an exit code, never a stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            host.Error.WriteLine($"chorale: {CliErrors.Describe(e)}");
            return ExitCodes.Failure;
        }
    }

    static RootCommand CreateRoot(CliHost host) => new("gpt-oss for .NET: the Harmony format, the tokenizer and the model, on your own machine.")
    {
        ChatCommand.Create(host),
        ServeCommand.Create(host),
        RenderCommand.Create(host),
        ParseCommand.Create(host),
        TokenizeCommand.Create(host),
        DetokenizeCommand.Create(host),
        GenerateCommand.Create(host),
        LogitsCommand.Create(host),
        CheckCommand.Create(host),
        ExplainCommand.Create(host),
        InspectCommand.Create(host),
        BenchCommand.Create(host),
        SchemaCommand.Create(host),
        TemplateCommand.Create(host),
        DatasetCommand.Create(host),
    };

    /// <summary>A word that looks like an option but was taken for an argument: more likely a slip than a prompt.</summary>
    static string? FindUnknownOption(IReadOnlyList<string> args, ParseResult line)
    {
        HashSet<string> beforeSeparator = [.. args.TakeWhile(arg => arg != "--")];
        return line.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(word => beforeSeparator.Contains(word) && OptionShape.IsMatch(word));
    }

    static int ReportUsage(ParseResult line, CliHost host, IEnumerable<string> problems)
    {
        foreach (string problem in problems)
            host.Error.WriteLine($"chorale: {problem}");
        string command = string.Join(' ', Path(line.CommandResult));
        host.Error.WriteLine($"Try '{command} --help'.");
        return ExitCodes.Usage;
    }

    static IEnumerable<string> Path(CommandResult command) =>
        command.Parent is CommandResult parent ? Path(parent).Append(command.Command.Name) : ["chorale"];

    [GeneratedRegex(@"\A--?\p{L}[\p{L}\p{N}-]*(=.*)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    static partial Regex OptionShape { get; }
}
