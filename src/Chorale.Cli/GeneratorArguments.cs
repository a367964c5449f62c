using System.CommandLine;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The options of how answers are made: how many at once, and with how much guessing.</summary>
sealed class GeneratorArguments
{
    readonly Option<int?> _parallel = SharedOptions.Checked(new Option<int?>("--parallel") { Description = "With --jsonl: answer this many lines at the same time; the answers keep the order of the lines.", HelpName = "N" }, n => n is >= 1 and <= 256, "from 1 to 256");
    readonly Option<int?> _draft = SharedOptions.Checked(new Option<int?>("--draft") { Description = "Guess up to this many ids ahead from the text so far and check them together; changes no answer. 0 guesses none.", HelpName = "N" }, n => n is >= 0 and <= 64, "from 0 to 64");

    public void AddTo(Command command, bool parallel)
    {
        if (parallel)
            command.Add(_parallel);
        command.Add(_draft);
    }

    /// <summary>How many lines are answered at the same time.</summary>
    public int Parallel(ParseResult line) => line.GetValue(_parallel) ?? 1;

    public GeneratorOptions Read(ParseResult line)
    {
        GeneratorOptions standard = new();
        return standard with { Parallel = Parallel(line), MaxDraft = line.GetValue(_draft) ?? standard.MaxDraft };
    }
}
