using System.CommandLine;
using System.Globalization;
using Chorale.Inference;
using Chorale.Templates;

namespace Chorale.Cli;

/// <summary>Arguments that the template commands share, and how a template is found.</summary>
static class TemplateArguments
{
    const string TemplateKey = "tokenizer.chat_template", TokensKey = "tokenizer.ggml.tokens";

    public static Argument<string?> Template() => new("TEMPLATE")
    {
        Description = $"A built-in name ({string.Join(", ", ChatTemplate.Names)}), a .jinja file, a tokenizer_config.json, a folder with either, or a GGUF model of any family.",
    };

    public static Option<string?> TemplateName() => new("--template-name") { Description = "Which of several templates in a tokenizer_config.json.", HelpName = "NAME" };

    public static Option<DateOnly?> Date()
    {
        Option<DateOnly?> option = new("--date")
        {
            Description = "The day that the template writes; today without it.",
            HelpName = "yyyy-MM-dd",
            CustomParser = result =>
            {
                if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
                    return date;
                result.AddError($"--date must be yyyy-MM-dd, found {result.Tokens[0].Value}.");
                return null;
            },
        };
        return option;
    }

    public static DateOnly Today(CliHost host) => DateOnly.FromDateTime(host.Time.GetLocalNow().DateTime);

    /// <summary>Finds a template.</summary>
    /// <param name="source">A built-in name, unless a file of that name exists; or a path.</param>
    /// <param name="name">Which of several in a file; null for the default one.</param>
    /// <param name="alwaysInterpreted">Whether native renderers are passed over.</param>
    public static ChatTemplate Load(string source, string? name = null, bool alwaysInterpreted = false)
    {
        bool exists = File.Exists(source) || Directory.Exists(source);
        if (!exists && (ChatTemplate.Names.Contains(source, StringComparer.Ordinal) || source == "llama3.3"))
        {
            return !alwaysInterpreted
                ? ChatTemplate.Named(source)
                : throw new CliException($"'{source}' is built in as a native renderer; only a file can be interpreted.", ExitCodes.Usage);
        }
        if (!exists)
            throw new CliException($"'{source}' is no file, and no built-in template: {string.Join(", ", ChatTemplate.Names)}.");
        if (IsGguf(source))
            return LoadGguf(source, alwaysInterpreted);
        try
        {
            return ChatTemplate.LoadFile(source, name, alwaysInterpreted);
        }
        catch (TemplateSyntaxException e)
        {
            throw new CliException($"'{source}': {CliErrors.OneLine(e.Message)}");
        }
    }

    static bool IsGguf(string path)
    {
        if (!File.Exists(path))
            return false;
        Span<byte> head = stackalloc byte[4];
        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("GGUF"u8);
    }

    /// <summary>The head of a GGUF file is enough, whatever the model's family.</summary>
    static ChatTemplate LoadGguf(string path, bool alwaysInterpreted)
    {
        using Checkpoint checkpoint = Checkpoint.Open(path);
        CheckpointMetadata metadata = checkpoint.Metadata;
        if (!metadata.TryGet<string>(TemplateKey, out string? source))
            throw new CliException($"'{path}' has no key '{TemplateKey}'.");
        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        if (metadata.TryGet<IReadOnlyList<string>>(TokensKey, out IReadOnlyList<string>? vocabulary))
        {
            foreach (string kind in (ReadOnlySpan<string>)["bos", "eos", "unknown", "padding"])
            {
                if (metadata.TryGet($"tokenizer.ggml.{kind}_token_id", out int id) && id >= 0 && id < vocabulary.Count)
                    tokens[kind switch { "unknown" => "unk_token", "padding" => "pad_token", _ => kind + "_token" }] = vocabulary[id];
            }
        }
        return alwaysInterpreted ? ChatTemplate.Parse(source, tokens) : ChatTemplate.Load(source, tokens);
    }
}
