using System.CommandLine;
using Chorale.Agents;

namespace Chorale.Cli;

/// <summary>The options that give a model tools.</summary>
sealed class ToolArguments
{
    readonly Option<FileInfo?> _tools = new("--tools") { Description = "Functions that the model may call, as a JSON file: each runs a command line, after you have approved it.", HelpName = "FILE" };
    readonly Option<bool> _demo = new("--demo-tools") { Description = "Give the model a few harmless functions that make up what they say: weather, a user's location, a shopping cart." };
    readonly Option<bool> _yes = new("--yes") { Description = "Run the commands of --tools without asking." };
    readonly Option<int?> _rounds = SharedOptions.Checked(new Option<int?>("--max-rounds") { Description = "How many rounds of calls there may be before the model must answer (16).", HelpName = "N" }, n => n is >= 1 and <= 1000, "from 1 to 1000");

    public void AddTo(Command command)
    {
        command.Add(_tools);
        command.Add(_demo);
        command.Add(_yes);
        command.Add(_rounds);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_yes) && result.GetResult(_tools) is null)
                result.AddError("--yes goes with --tools.");
        });
    }

    /// <summary>What the model may call; null where it has no tools.</summary>
    public async Task<ToolSettings?> ReadAsync(ParseResult line, CliHost host, CancellationToken cancellationToken)
    {
        FileInfo? file = line.GetValue(_tools);
        bool yes = line.GetValue(_yes);
        if (file is not null && !yes && !host.InputIsTerminal)
            throw new CliException("nobody can be asked before a command is run, as standard input is no terminal: --yes runs them all.", ExitCodes.Usage);
        List<AgentTools> tools = file is null ? [] : [.. await CommandToolFile.ReadAsync(file, cancellationToken)];
        if (line.GetValue(_demo))
            Add(tools, DemoTools.All);
        return tools.Count == 0 ? null : new(tools, yes, line.GetValue(_rounds) ?? 16);
    }

    static void Add(List<AgentTools> tools, AgentTools more)
    {
        int same = tools.FindIndex(space => space.Name == more.Name);
        if (same < 0)
            tools.Add(more);
        else
            tools[same] = tools[same] with { Functions = [.. tools[same].Functions, .. more.Functions.Where(function => tools[same].Functions.All(other => other.Name != function.Name))] };
    }
}
