using System.CommandLine;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The options of sampling, but for the temperature, whose default depends on the command.</summary>
sealed class SamplingArguments
{
    readonly Option<float?> _topP = SharedOptions.Checked(new Option<float?>("--top-p") { Description = "Keep the most likely ids until their probabilities add up to this, in (0, 1].", HelpName = "P" }, p => p is > 0 and <= 1, "above 0 and at most 1");
    readonly Option<int?> _topK = SharedOptions.Checked(new Option<int?>("--top-k") { Description = "Keep this many of the most likely ids; 0 keeps all.", HelpName = "K" }, k => k >= 0, "0 or more");
    readonly Option<float?> _minP = SharedOptions.Checked(new Option<float?>("--min-p") { Description = "Drop ids less likely than this share of the most likely one, in [0, 1].", HelpName = "P" }, p => p is >= 0 and <= 1, "from 0 to 1");
    readonly Option<long?> _seed = new("--seed") { Description = "Draw the same ids for the same prompt and seed.", HelpName = "N" };

    public static Option<float?> Temperature(string otherwise) =>
        SharedOptions.Checked(new Option<float?>("--temperature") { Description = $"From 0, always the most likely id, to 2; {otherwise}.", HelpName = "T" }, t => t is >= 0 and <= 2, "from 0 to 2");

    public static Option<int?> MaxTokens(int least) =>
        SharedOptions.Checked(new Option<int?>("--max-tokens") { Description = "End the answer after this many ids.", HelpName = "N" }, n => n >= least, $"{least} or more");

    public void AddTo(Command command)
    {
        command.Add(_topP);
        command.Add(_topK);
        command.Add(_minP);
        command.Add(_seed);
    }

    public SamplingOptions Read(ParseResult line)
    {
        SamplingOptions standard = new();
        return standard with
        {
            TopP = line.GetValue(_topP) ?? standard.TopP,
            TopK = line.GetValue(_topK) ?? standard.TopK,
            MinP = line.GetValue(_minP) ?? standard.MinP,
            Seed = line.GetValue(_seed),
        };
    }
}
