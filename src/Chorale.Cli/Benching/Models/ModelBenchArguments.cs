using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The options that say what <c>bench MODEL</c> measures.</summary>
sealed class ModelBenchArguments
{
    const int MostTokens = 131_072;

    readonly Option<int[]?> _prefill = Numbers("--prefill", "Lengths of prompts to measure, in ids, or none; without it, 512.", 1, MostTokens, canBeNone: true);
    readonly Option<int[]?> _decode = Numbers("--decode", "How many ids to generate one by one, or none; without it, 128.", 1, MostTokens, canBeNone: true);
    readonly Option<int[]?> _depth = Numbers("--depth", "How many ids the sequence holds before; without it, 0.", 0, MostTokens);
    readonly Option<int[]?> _sequences = Numbers("--sequences", "Also make so many answers at the same time, each as long as --decode says.", 1, 256);
    readonly Option<int[]?> _forced = Numbers("--forced", "Also make answers of which a constraint forces this share of the ids, in percent.", 1, 99);
    readonly Option<int[]?> _draft = Numbers("--draft", "Also make answers with so many ids guessed ahead, all of them right: the most that guessing can give.", 1, 64);
    readonly Option<int[]?> _threads = Numbers("--threads", "Numbers of threads; without it, one a core. The model is loaded anew for each.", 1, 1024);
    readonly Option<int?> _rounds = SharedOptions.Checked(new Option<int?>("--rounds") { Description = "How often each thing is measured; without it, 3.", HelpName = "N" }, n => n is >= 1 and <= 1000, "from 1 to 1000");
    readonly Option<int?> _warmup = SharedOptions.Checked(new Option<int?>("--warmup") { Description = "How often it is done before, unmeasured; without it, 1.", HelpName = "N" }, n => n is >= 0 and <= 1000, "from 0 to 1000");

    readonly PrecisionArguments _precision = new("fast");

    public void AddTo(Command command)
    {
        command.Add(_prefill);
        command.Add(_decode);
        command.Add(_depth);
        command.Add(_sequences);
        command.Add(_forced);
        command.Add(_draft);
        command.Add(_threads);
        command.Add(_rounds);
        command.Add(_warmup);
        _precision.AddTo(command);
    }

    public ModelBenchSettings Read(ParseResult line)
    {
        ModelBenchSettings standard = new();
        return standard with
        {
            Prefill = Given(_prefill) ?? standard.Prefill,
            Decode = Given(_decode) ?? standard.Decode,
            Depth = Given(_depth) ?? standard.Depth,
            Sequences = Given(_sequences) ?? standard.Sequences,
            Forced = Given(_forced) ?? standard.Forced,
            Draft = Given(_draft) ?? standard.Draft,
            Threads = Given(_threads) ?? standard.Threads,
            Rounds = line.GetValue(_rounds) ?? standard.Rounds,
            Warmup = line.GetValue(_warmup) ?? standard.Warmup,
            Options = _precision.Apply(line, standard.Options),
        };

        // An option that is not there has an empty list for its value.
        int[]? Given(Option<int[]?> option) => line.GetResult(option) is null ? null : line.GetValue(option);
    }

    /// <summary>A list as <c>512,2048</c>.</summary>
    static Option<int[]?> Numbers(string name, string description, int least, int most, bool canBeNone = false) => new(name)
    {
        Description = description,
        HelpName = "N,N,…",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (canBeNone && text == "none")
                return [];
            int[] numbers = new int[text.Count(c => c == ',') + 1];
            string[] words = text.Split(',');
            for (int i = 0; i < words.Length; i++)
            {
                if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] < least || numbers[i] > most)
                {
                    result.AddError($"{name} must be numbers from {least} to {most} with commas between, found '{text}'.");
                    return null;
                }
            }
            return numbers;
        },
    };
}
