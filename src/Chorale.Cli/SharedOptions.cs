using System.CommandLine;
using System.CommandLine.Parsing;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>Options that several commands take, worded once.</summary>
static class SharedOptions
{
    public static Option<FileInfo?> Vocabulary() =>
        new("--vocab") { Description = "A vocabulary to use instead of o200k_harmony: a .tiktoken file, a tokenizer.json or a GGUF model.", HelpName = "FILE" };

    public static Option<bool> Jsonl(string form) =>
        new("--jsonl") { Description = $"Answer JSON lines from standard input, in order: {form}" };

    public static Option<string> Drop()
    {
        Option<string> option = new("--drop")
        {
            Description = "Which old reasoning is left out: harmony as openai-harmony, template as the published chat template, per_turn all but the current turn's, none nothing.",
            DefaultValueFactory = _ => AnalysisDroppings.NameOf(AnalysisDropping.Harmony),
            HelpName = "RULE",
        };
        option.AcceptOnlyFromAmong([.. AnalysisDroppings.Names]);
        return option;
    }

    /// <summary>The rule that <see cref="Drop"/> accepted.</summary>
    public static AnalysisDropping DropOf(string name) =>
        AnalysisDroppings.TryParse(name, out AnalysisDropping rule) ? rule : throw new CliException($"'{name}' is no rule.", ExitCodes.Usage);

    public static Option<string> Schemas()
    {
        Option<string> option = new("--schemas")
        {
            Description = "How tools are written: official as openai-harmony does, complete with everything their schemas say.",
            DefaultValueFactory = _ => "official",
        };
        option.AcceptOnlyFromAmong("official", "complete");
        return option;
    }

    /// <summary>The style that <see cref="Schemas"/> accepted.</summary>
    public static SchemaStyle SchemasOf(string name) => name switch
    {
        "official" => SchemaStyle.Official,
        "complete" => SchemaStyle.Complete,
        _ => throw new BatchException($"'schemas' must be \"official\" or \"complete\", found \"{name}\""),
    };

    public static Option<string> Whitespace()
    {
        Option<string> option = new("--whitespace")
        {
            Description = "Where white space may stand in JSON under a schema: compact nowhere, spaced one space after colons and commas, flexible wherever JSON allows it.",
            DefaultValueFactory = _ => "compact",
        };
        option.AcceptOnlyFromAmong("compact", "spaced", "flexible");
        return option;
    }

    /// <summary>The rule that <see cref="Whitespace"/> accepted.</summary>
    public static JsonWhitespace WhitespaceOf(string name) => name switch
    {
        "compact" => JsonWhitespace.Compact,
        "spaced" => JsonWhitespace.Spaced,
        "flexible" => JsonWhitespace.Flexible,
        _ => throw new BatchException($"'whitespace' must be \"compact\", \"spaced\" or \"flexible\", found \"{name}\""),
    };

    /// <summary>Refuses values outside a range as wrong usage.</summary>
    public static Option<T?> Checked<T>(Option<T?> option, Func<T, bool> holds, string expected)
        where T : struct
    {
        option.Validators.Add(result =>
        {
            if (TryRead<T>(result, out T value) && !holds(value))
                result.AddError($"{option.Name} must be {expected}, found {value}.");
        });
        return option;
    }

    /// <summary>False where there is no value, or none of the type, which is reported elsewhere.</summary>
    static bool TryRead<T>(OptionResult result, out T value)
        where T : struct
    {
        value = default;
        try
        {
            T? read = result.GetValueOrDefault<T?>();
            value = read.GetValueOrDefault();
            return read.HasValue;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
