using System.CommandLine;

namespace Chorale.Cli;

/// <summary><c>chorale bench</c>: how fast a model runs on this machine; other things have subcommands.</summary>
static class BenchCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string?> model = new("MODEL") { Description = "A gpt-oss model as a GGUF file; without it, the embedded gpt-oss-nano.", Arity = ArgumentArity.ZeroOrOne };
        SyntheticArguments synthetic = new();
        Command command = new("bench", "Measure how fast a model runs on this machine.") { model, BenchHarmonyCommand.Create(host) };
        synthetic.AddTo(command);
        command.SetAction((line, cancellationToken) =>
        {
            string path = synthetic.Find(host, line, cancellationToken) ?? ModelFile.Resolve(line.GetValue(model));
            host.Out.WriteLine(path);
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }
}
