using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>One thing to look at: a conversation as JSON, text, or ids. Exactly one of the three is there.</summary>
/// <param name="Line">The line of a JSONL file, from 1; null for a file that holds one thing.</param>
/// <param name="Json">A conversation as JSON.</param>
/// <param name="Text">Harmony as text.</param>
/// <param name="Ids">Token ids.</param>
sealed record CheckInput(int? Line, string? Json, string? Text, int[]? Ids)
{
    static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789 \t\r\n,;[]");
    static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 1024 };

    /// <summary>The option that names the form.</summary>
    public static Option<string> FormOption(params string[] forms)
    {
        Option<string> option = new("--format") { Description = "What the file holds; auto looks at how it begins.", DefaultValueFactory = _ => "auto" };
        option.AcceptOnlyFromAmong(["auto", .. forms]);
        return option;
    }

    /// <summary>The option that names the role of a first message whose header began in the prompt.</summary>
    public static Option<string> RoleOption()
    {
        Option<string> option = new("--role")
        {
            Description = "For text and ids: whose message they begin in the middle of; none where they begin with <|start|>. auto is none there and assistant elsewhere.",
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(Roles.NameOf), "none", "auto"]);
        return option;
    }

    /// <summary>Reads a file, or standard input for <c>-</c> and for none.</summary>
    public static async Task<string> ReadAsync(CliHost host, string? file, CancellationToken cancellationToken)
    {
        if (file is null or "-")
            return await host.ReadAllTextAsync(cancellationToken);
        if (Directory.Exists(file))
            throw new CliException($"'{file}' is a folder, expected a file.");
        return await File.ReadAllTextAsync(file, cancellationToken);
    }

    /// <summary>Takes a file's content apart.</summary>
    /// <param name="content">The content.</param>
    /// <param name="format">What it holds; <c>auto</c> to look.</param>
    public static IEnumerable<CheckInput> Read(string content, string format) => (format == "auto" ? Sniff(content) : Enum.Parse<InputForm>(format, ignoreCase: true)) switch
    {
        InputForm.Conversation => [ReadJson(null, content)],
        InputForm.Jsonl => ReadLines(content),
        InputForm.Ids => [new(null, null, null, IdList.Parse(content))],
        _ => [new(null, null, content.TrimEnd('\n'), null)],
    };

    /// <summary>The role that the first message has before anything is read.</summary>
    public Role? FirstRole(string role, HarmonyEncoding encoding) => role switch
    {
        "none" => null,
        "auto" => BeginsWithStart(encoding) ? null : Role.Assistant,
        _ => Roles.Parse(role),
    };

    /// <summary>The ids: those given, those that the text spells, or those of the rendered conversation.</summary>
    /// <exception cref="HarmonyException">The JSON is no conversation, or one that cannot be rendered.</exception>
    public int[] ToIds(HarmonyEncoding encoding, RenderOptions options) =>
        Ids ?? (Text is not null ? encoding.Tokenizer.EncodeWithSpecials(Text) : encoding.RenderForCompletion(ConversationJson.Read(Json!), options: options));

    public ConversationReport Check(HarmonyEncoding encoding, string role, CheckOptions options) =>
        Json is not null ? ConversationChecker.CheckJson(Json, options)
        : Text is not null ? ConversationChecker.CheckText(encoding, Text, FirstRole(role, encoding), options)
        : ConversationChecker.CheckIds(encoding, Ids, FirstRole(role, encoding), options);

    bool BeginsWithStart(HarmonyEncoding encoding)
    {
        if (Text is null)
            return Ids is [{ } first, ..] && encoding.Tokenizer.TryGetSpecial("<|start|>", out int start) && first == start;
        string text = Text.TrimStart();
        return text.StartsWith("<|start|>", StringComparison.Ordinal) || text.StartsWith("<start>", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<|im_start|>", StringComparison.Ordinal)
            || text.StartsWith('＜') || text.StartsWith("<｜", StringComparison.Ordinal);
    }

    /// <summary>A form by how the content begins.</summary>
    static InputForm Sniff(string content)
    {
        ReadOnlySpan<char> text = content.AsSpan().Trim();
        if (text.IsEmpty)
            throw new CliException("the input is empty: expected a conversation as JSON, Harmony as text, or token ids.");
        if (!text.ContainsAnyExcept(IdCharacters))
            return InputForm.Ids;
        if (text[0] == '[')
            return text[1..].TrimStart() is ['{', ..] ? InputForm.Conversation : InputForm.Text;
        if (text[0] != '{')
            return InputForm.Text;
        int newline = text.IndexOf('\n');
        if (newline >= 0 && text[(newline + 1)..].TrimStart() is ['{', ..] && IsJson(text[..newline]))
            return InputForm.Jsonl;
        bool isCompletion = text.Contains("<|", StringComparison.Ordinal) && !IsJson(text);   // a model's JSON, and then its end
        return isCompletion ? InputForm.Text : InputForm.Conversation;
    }

    static bool IsJson(ReadOnlySpan<char> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToString(), ReadOptions);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Each line that is not blank.</summary>
    static IEnumerable<CheckInput> ReadLines(string content)
    {
        int number = 0;
        foreach (string line in content.Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return ReadJson(number, line);
        }
    }

    /// <summary>A conversation; a list of messages, or one alone; or an object with <c>conversation</c>, <c>tokens</c> or <c>text</c>, as batch lines have it.</summary>
    static CheckInput ReadJson(int? number, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, ReadOptions);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
                return new(number, $$"""{"messages":{{json}}}""", null, null);
            if (root.ValueKind != JsonValueKind.Object || root.TryGetProperty("messages"u8, out _))
                return new(number, json, null, null);
            if (root.TryGetProperty("role"u8, out _))
                return new(number, $$"""{"messages":[{{json}}]}""", null, null);
            if (root.Optional("tokens") is not null)
                return new(number, null, null, root.RequiredIds("tokens"));
            if (root.OptionalText("text") is { } text)
                return new(number, null, text, null);
            return new(number, root.Optional("conversation") is { } conversation ? conversation.GetRawText() : json, null, null);
        }
        catch (JsonException)
        {
            return new(number, json, null, null);   // told as a finding
        }
    }
}
