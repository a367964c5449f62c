using System.CommandLine;
using System.CommandLine.Parsing;

namespace Chorale.Cli;

/// <summary>Options that several commands take, worded once.</summary>
static class SharedOptions
{
    public static Option<FileInfo?> Vocabulary() =>
        new("--vocab") { Description = "A vocabulary to use instead of o200k_harmony: a .tiktoken file, a tokenizer.json or a GGUF model.", HelpName = "FILE" };

    public static Option<bool> Jsonl(string form) =>
        new("--jsonl") { Description = $"Answer JSON lines from standard input, in order: {form}" };

    public static Option<string?> Model() =>
        new("--model", "-m") { Description = "A gpt-oss model as a GGUF file; without it, the embedded gpt-oss-nano.", HelpName = "FILE" };

    public static Option<int?> Context() =>
        Checked(new Option<int?>("--context") { Description = "How many ids prompt and answer may hold together; without it, what the file says, at most 8,192.", HelpName = "N" }, n => n >= 1, "at least 1");

    public static Option<int?> Threads() =>
        Checked(new Option<int?>("--threads") { Description = "Threads to compute with; without it, one a core.", HelpName = "N" }, n => n is >= 1 and <= 1024, "from 1 to 1024");

    public static Option<string> Precision(string standard)
    {
        Option<string> option = new("--precision")
        {
            Description = "exact computes in float32; fast lets the engine round activations where it has a faster way (none yet, so both compute exactly).",
            DefaultValueFactory = _ => standard,
        };
        option.AcceptOnlyFromAmong("exact", "fast");
        return option;
    }

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
