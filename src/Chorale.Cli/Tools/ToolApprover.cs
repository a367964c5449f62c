using Chorale.Agents;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>Asks at the terminal before a command is run. Functions that are no commands need no asking.</summary>
/// <param name="host">Asks on standard error.</param>
/// <param name="approvesAll">Whether <c>--yes</c> has answered already.</param>
/// <param name="readLine">The next line that is typed; null at the end of the input.</param>
sealed class ToolApprover(CliHost host, bool approvesAll, Func<CancellationToken, Task<string?>> readLine)
{
    readonly HashSet<string> _always = new(StringComparer.Ordinal);

    public async ValueTask<Approval> ApproveAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (call.Function is not CommandTool command)
            return Approval.Granted;
        string line = command.CommandLine(call.Arguments) is { } words ? string.Join(' ', words.Select(Quote)) : Printable.Escape(call.Arguments);
        if (approvesAll || _always.Contains(call.Name))
        {
            host.Error.WriteLine($"[{call.Name} runs {line}]");
            return Approval.Granted;
        }
        host.Error.WriteLine($"The model wants to call {call.Name}, which runs\n  {line}");
        host.Error.Write("Run it? [y]es, [n]o, [a]lways, or what to tell the model instead: ");
        string answer = (await readLine(cancellationToken))?.Trim() ?? "";
        switch (answer.ToUpperInvariant())
        {
            case "Y" or "YES":
                return Approval.Granted;
            case "A" or "ALWAYS":
                _always.Add(call.Name);
                return Approval.Granted;
            case "N" or "NO" or "":
                return Approval.Refused;
            default:
                return Approval.RefusedBecause($"The user says: {answer}");
        }
    }

    /// <summary>A word as one could type it, so that its limits are seen, and nothing of it moves the cursor.</summary>
    static string Quote(string word)
    {
        string safe = Printable.Escape(word);
        return safe.Length > 0 && safe.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=,+@%".Contains(c, StringComparison.Ordinal)) ? safe : $"'{safe.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
