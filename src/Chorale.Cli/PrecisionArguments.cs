using System.CommandLine;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>The options that say how exactly a model computes, and how its weights, keys and values lie meanwhile.</summary>
/// <param name="precision">What <c>--precision</c> is where it is not given: <c>exact</c> or <c>fast</c>.</param>
sealed class PrecisionArguments(string precision)
{
    readonly Option<string> _precision = Named("--precision", "exact computes in float32; fast rounds activations to 8 bits in front of the matrices.", precision, "exact", "fast");
    readonly Option<string> _loading = Named("--loading", "map leaves the weights in the file; repack reads them once, in the order that fast computing wants; auto maps for exact and repacks for fast.", "auto", "auto", "map", "repack");
    readonly Option<string> _keyValues = Named("--key-values", "How the cache keeps keys and values: f32, f16, or q8 (8 bits); auto takes f32 for exact and f16 for fast.", "auto", "auto", "f32", "f16", "q8");

    public void AddTo(Command command)
    {
        command.Add(_precision);
        command.Add(_loading);
        command.Add(_keyValues);
    }

    /// <summary>The options with what the command line says.</summary>
    /// <exception cref="CliException">The two do not go together.</exception>
    public GptOssOptions Apply(ParseResult line, GptOssOptions options)
    {
        GptOssOptions asked = options with
        {
            Precision = line.GetValue(_precision) == "fast" ? Inference.Precision.Fast : Inference.Precision.Exact,
            Loading = line.GetValue(_loading) switch
            {
                "map" => WeightLoading.Map,
                "repack" => WeightLoading.Repack,
                _ => WeightLoading.Auto,
            },
            KeyValueType = line.GetValue(_keyValues) switch
            {
                "f32" => KeyValueType.F32,
                "f16" => KeyValueType.F16,
                "q8" => KeyValueType.Q8,
                _ => null,
            },
        };
        return asked is { Loading: WeightLoading.Repack, Precision: Inference.Precision.Exact }
            ? throw new CliException("--loading repack goes with --precision fast.", ExitCodes.Usage)
            : asked;
    }

    static Option<string> Named(string name, string description, string otherwise, params string[] names)
    {
        Option<string> option = new(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.AcceptOnlyFromAmong(names);
        return option;
    }
}
