using System.CommandLine;
using System.Text.Json;

namespace Chorale.Cli;

/// <summary><c>chorale bench</c>: how fast a model runs on this machine; other things have subcommands.</summary>
static class BenchCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> model = new("MODEL") { Description = "A GGUF file, the first file of a split one, or a folder of safetensors; without it, the embedded gpt-oss-nano.", Arity = ArgumentArity.ZeroOrOne };
        SyntheticArguments synthetic = new();
        ModelBenchArguments arguments = new();
        Option<bool> json = new("--json") { Description = "Print one JSON object; times are in seconds, sizes in bytes." };

        Command command = new("bench", "Measure how fast a model runs on this machine.") { model, BenchHarmonyCommand.Create(host) };
        synthetic.AddTo(command);
        arguments.AddTo(command);
        command.Add(json);
        command.SetAction(async (line, cancellationToken) =>
        {
            ModelBenchSettings settings = arguments.Read(line);
            string path = synthetic.Find(host, line, line.GetValue(model), cancellationToken) ?? ModelFile.Resolve(line.GetValue(model));
            if (synthetic.IsWriteOnly(line))
            {
                host.Out.WriteLine(path);
                return ExitCodes.Success;
            }
            ModelBench bench = new(settings, test => Report(host, test), cancellationToken);
            ModelBenchReport report = await bench.RunAsync(path);
            if (line.GetValue(json))
                host.Out.WriteLine(JsonSerializer.Serialize(report, ModelBenchJson.Default.ModelBenchReport));
            else
                new ModelBenchTable(host).Write(report);
            return ExitCodes.Success;
        });
        return command;
    }

    static void Report(CliHost host, string test)
    {
        if (host.ErrorIsTerminal)
            host.Error.WriteLine($"[{test}]");
    }
}
