using System.CommandLine;
using System.Globalization;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The options of sampling, but for the temperature, whose default depends on the command.</summary>
sealed class SamplingArguments
{
    readonly Option<float?> _topP = SharedOptions.Checked(new Option<float?>("--top-p") { Description = "Keep the most likely ids until their probabilities add up to this, in (0, 1].", HelpName = "P" }, p => p is > 0 and <= 1, "above 0 and at most 1");
    readonly Option<int?> _topK = SharedOptions.Checked(new Option<int?>("--top-k") { Description = "Keep this many of the most likely ids; 0 keeps all.", HelpName = "K" }, k => k >= 0, "0 or more");
    readonly Option<float?> _minP = SharedOptions.Checked(new Option<float?>("--min-p") { Description = "Drop ids less likely than this share of the most likely one, in [0, 1].", HelpName = "P" }, p => p is >= 0 and <= 1, "from 0 to 1");
    readonly Option<float?> _repetition = SharedOptions.Checked(new Option<float?>("--repetition-penalty") { Description = "Divide the logits of ids of prompt and answer by this, in (0, 10]; 1 changes nothing.", HelpName = "X" }, x => x is > 0 and <= 10, "above 0 and at most 10");
    readonly Option<int?> _repetitionWindow = SharedOptions.Checked(new Option<int?>("--repetition-window") { Description = "How many of the last ids --repetition-penalty looks at; without it, all.", HelpName = "N" }, n => n >= 0, "0 or more");
    readonly Option<float?> _frequency = SharedOptions.Checked(new Option<float?>("--frequency-penalty") { Description = "Take this off an id's logit for each time it stands in the answer, in [-2, 2].", HelpName = "X" }, x => x is >= -2 and <= 2, "from -2 to 2");
    readonly Option<float?> _presence = SharedOptions.Checked(new Option<float?>("--presence-penalty") { Description = "Take this off the logit of each id of the answer, in [-2, 2].", HelpName = "X" }, x => x is >= -2 and <= 2, "from -2 to 2");
    readonly Option<string[]> _bias = new("--logit-bias") { Description = "Add to the logit of an id, in [-100, 100]; may be given several times.", HelpName = "ID=X" };
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
        command.Add(_repetition);
        command.Add(_repetitionWindow);
        command.Add(_frequency);
        command.Add(_presence);
        command.Add(_bias);
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
            RepetitionPenalty = line.GetValue(_repetition) ?? standard.RepetitionPenalty,
            RepetitionWindow = line.GetValue(_repetitionWindow),
            FrequencyPenalty = line.GetValue(_frequency) ?? standard.FrequencyPenalty,
            PresencePenalty = line.GetValue(_presence) ?? standard.PresencePenalty,
            LogitBias = ReadBiases(line.GetValue(_bias) ?? []),
            Seed = line.GetValue(_seed),
        };
    }

    static Dictionary<int, float> ReadBiases(string[] words)
    {
        Dictionary<int, float> biases = [];
        foreach (string word in words)
        {
            if (word.Split('=') is not [var left, var right]
                || !int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                || !float.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out float bias) || !(bias is >= -100 and <= 100))
                throw new CliException($"--logit-bias must be an id, '=' and a number from -100 to 100, found '{word}'.", ExitCodes.Usage);
            biases[id] = bias;
        }
        return biases;
    }
}
