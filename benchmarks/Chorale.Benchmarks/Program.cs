using System.Globalization;
using BenchmarkDotNet.Running;
using Chorale.Benchmarks;

switch (args)
{
    case ["fuzz-parser", .. string[] rest]:
        return ParserFuzz.Run(Number(rest, 0, 10_000_000), Number(rest, 1, 1_000_000), Number(rest, 2, 1));
    case ["fuzz-model", .. string[] rest]:
        return ModelFuzz.Run(Number(rest, 0, 1_000_000), Number(rest, 1, 1));
    case ["grammar-suite", .. string[] rest]:
        GrammarSuite.Run(Number(rest, 0, 5), [.. rest.Skip(1)]);
        break;
    case ["official", .. string[] rest]:
        OfficialComparison.Run(Number(rest, 0, 10), [.. rest.Skip(1)]);
        break;
    case ["server", .. string[] rest]:
        await ServerBench.RunAsync(rest);
        break;
    case ["templates", .. string[] rest]:
        TemplateComparison.Run(rest.FirstOrDefault() ?? "gpt-oss");
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ServerBench).Assembly).Run(args);
        break;
}
return 0;

static int Number(string[] args, int index, int whenMissing) =>
    args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : whenMissing;
