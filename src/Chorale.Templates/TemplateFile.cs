using System.Text;
using System.Text.Json;

namespace Chorale.Templates;

/// <summary>A template as a file holds it.</summary>
/// <param name="Source">The Jinja text.</param>
/// <param name="SpecialTokens">The special tokens that the file names; none for a bare template.</param>
sealed record TemplateFile(string Source, IReadOnlyDictionary<string, string> SpecialTokens)
{
    const string JinjaName = "chat_template.jinja", ConfigName = "tokenizer_config.json";

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static TemplateFile Read(string path, string? templateName)
    {
        if (Directory.Exists(path))
            return ReadFolder(path, templateName);
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return templateName is null
                ? new TemplateFile(ReadText(path), SpecialTokenMap.None)
                : throw new FormatException($"'{path}' is one template without a name; only a {ConfigName} holds templates by name.");
        }
        using JsonDocument config = ReadJson(path);
        return new TemplateFile(SourceOf(path, config.RootElement, templateName), SpecialTokensOf(config.RootElement));
    }

    static TemplateFile ReadFolder(string folder, string? templateName)
    {
        string jinja = Path.Combine(folder, JinjaName), config = Path.Combine(folder, ConfigName);
        if (!File.Exists(jinja) || templateName is not null)
            return File.Exists(config) ? Read(config, templateName) : throw new FormatException($"'{folder}' holds neither a {JinjaName} nor a {ConfigName}.");
        if (!File.Exists(config))
            return Read(jinja, templateName);
        using JsonDocument document = ReadJson(config);
        return new TemplateFile(ReadText(jinja), SpecialTokensOf(document.RootElement));
    }

    static string ReadText(string path)
    {
        try
        {
            return StrictUtf8.GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"'{path}' is not UTF-8: {e.Message}", e);
        }
    }

    static JsonDocument ReadJson(string path)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(ReadText(path));
        }
        catch (JsonException e)
        {
            throw new FormatException($"'{path}' is not JSON: {e.Message}", e);
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        throw new FormatException($"'{path}' is no JSON object.");
    }

    /// <summary><c>chat_template</c> is a text, or a list of <c>{"name","template"}</c>.</summary>
    static string SourceOf(string path, JsonElement config, string? templateName)
    {
        if (!config.TryGetProperty("chat_template"u8, out JsonElement template))
            throw new FormatException($"'{path}' has no 'chat_template'.");
        if (template.ValueKind == JsonValueKind.String && templateName is null or "default")
            return template.GetString()!;
        if (template.ValueKind != JsonValueKind.Array)
            throw new FormatException($"'{path}' holds {(template.ValueKind == JsonValueKind.String ? "one template, without a name" : "no text as 'chat_template'")}.");
        Dictionary<string, string> named = new(StringComparer.Ordinal);
        foreach (JsonElement entry in template.EnumerateArray())
        {
            if (TextOf(entry, "name") is { } name && TextOf(entry, "template") is { } source)
                named[name] = source;
        }
        string? wanted = templateName ?? (named.Count == 1 ? named.Keys.First() : "default");
        return named.TryGetValue(wanted, out string? found)
            ? found
            : throw new FormatException($"'{path}' has no template '{wanted}'; it has {(named.Count == 0 ? "none" : string.Join(", ", named.Keys))}.");
    }

    /// <summary>A token is a text, or an object with its text as <c>content</c>.</summary>
    static Dictionary<string, string> SpecialTokensOf(JsonElement config)
    {
        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        foreach (JsonProperty property in config.EnumerateObject())
        {
            if (!property.Name.EndsWith("_token", StringComparison.Ordinal))
                continue;
            if (property.Value.ValueKind == JsonValueKind.String)
                tokens[property.Name] = property.Value.GetString()!;
            else if (TextOf(property.Value, "content") is { } content)
                tokens[property.Name] = content;
        }
        return tokens;
    }

    static string? TextOf(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
