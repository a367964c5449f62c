using System.Globalization;
using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Templates.Tests;

/// <summary>A recorded case of <c>testdata/templates/public.jsonl</c>.</summary>
public sealed record GoldenCase(string Id, string Template, TemplateInput Input, string? Text, string? Error, string? ErrorKind, IReadOnlyList<(string Text, bool IsTrained)>? Segments)
{
    static readonly Lazy<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> Tokens = new(ReadTokens);
    static readonly Lazy<IReadOnlyList<GoldenCase>> Cases = new(() => [.. Jsonl.Elements("templates/public.jsonl").Select(Read)]);

    public static IReadOnlyList<GoldenCase> All => Cases.Value;

    /// <summary>The special tokens of a template's tokenizer.</summary>
    public static IReadOnlyDictionary<string, string> SpecialTokensOf(string template) => Tokens.Value[template];

    /// <summary>The template's file; null where its licence keeps it out of the repository.</summary>
    public static string? SourceOf(string template)
    {
        string path = TestData.PathOf($"templates/jinja/{template}.jinja");
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    public override string ToString() => Id;

    static GoldenCase Read(JsonElement json)
    {
        string template = json.GetProperty("template").GetString()!;
        Dictionary<string, TemplateValue> variables = json.GetProperty("kwargs").EnumerateObject().ToDictionary(p => p.Name, p => TemplateValue.FromJson(p.Value));
        bool Flag(string name) => variables.Remove(name, out TemplateValue? value) && value.IsTrue;
        TemplateInput input = new()
        {
            Messages = TemplateValue.FromJson(json.GetProperty("messages")),
            Tools = json.TryGetProperty("tools", out JsonElement tools) ? TemplateValue.FromJson(tools) : null,
            AddGenerationPrompt = Flag("add_generation_prompt"),
            ContinueFinalMessage = Flag("continue_final_message"),
            Variables = variables,
            SpecialTokens = SpecialTokensOf(template),
            Date = DateOnly.ParseExact(json.GetProperty("date").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        string? Text(string name) => json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        return new GoldenCase(Text("id")!, template, input, Text("text"), Text("error"), Text("error_kind"),
            json.TryGetProperty("segments", out JsonElement segments) ? [.. segments.EnumerateArray().Select(s => (s[0].GetString()!, s[1].GetBoolean()))] : null);
    }

    static Dictionary<string, IReadOnlyDictionary<string, string>> ReadTokens()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("templates/templates.json")));
        return document.RootElement.EnumerateObject().ToDictionary(
            template => template.Name,
            IReadOnlyDictionary<string, string> (template) => template.Value.GetProperty("special_tokens").EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetString()!));
    }
}
