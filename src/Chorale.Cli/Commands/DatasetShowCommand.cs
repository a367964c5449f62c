using System.CommandLine;
using System.Globalization;
using Chorale.Harmony;
using Chorale.Training;

namespace Chorale.Cli;

/// <summary><c>chorale dataset show</c>: one sample, what is learnt in colour.</summary>
static class DatasetShowCommand
{
    public static Command Create(CliHost host)
    {
        Argument<int> number = new("N") { Description = "Which sample, from 1: the line that it has in what build writes." };
        number.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value < 1)
                result.AddError($"N must be at least 1, found {value}.");
        });
        DatasetArguments arguments = new();

        Command command = new("show", "Print a sample: what is learnt in the colour of its channel, or in ⟦brackets⟧ where there are no colours.") { number };
        arguments.AddTo(command);
        command.SetAction((line, _) => Task.FromResult(Show(line)));
        return command;

        int Show(ParseResult line)
        {
            HarmonyEncoding encoding = arguments.ReadEncoding(line);
            DatasetBuilder builder = new(arguments.ReadOptions(line, host), encoding);
            int wanted = line.GetValue(number), count = 0;
            try
            {
                foreach (SourcedSample sample in builder.Read(arguments.ReadInputs(line, host), error => DatasetRun.Tell(host, null, error)))
                {
                    if (++count < wanted)
                        continue;
                    new SamplePrinter(host, encoding).Print(wanted, sample);
                    return ExitCodes.Success;
                }
            }
            catch (DatasetException e)
            {
                throw new CliException(Printable.Escape(e.Message));
            }
            throw new CliException(string.Create(CultureInfo.InvariantCulture, $"There is no sample {wanted}; there are {count}."));
        }
    }
}
