using System.Text;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;

namespace Chorale.Server;

/// <summary>Reads what local servers call an answer's format: vLLM's <c>guided_*</c> and <c>structured_outputs</c>, llama-server's <c>json_schema</c> and <c>grammar</c>.</summary>
static class GuidedReader
{
    const int MaxChoices = 1024;
    const string Special = @"\.^$|?*+()[]{}";

    /// <summary>The format; null where none of the fields is there.</summary>
    /// <exception cref="ApiException">A field is of the wrong type.</exception>
    public static AnswerFormat? Read(RequestObject request)
    {
        RequestObject? structured = request.OptionalObject("structured_outputs");
        return Schema(request, "guided_json") ?? Schema(request, "json_schema") ?? Schema(structured, "json")
            ?? AnyObject(structured)
            ?? Pattern(request, "guided_regex") ?? Pattern(structured, "regex")
            ?? Choice(request, "guided_choice") ?? Choice(structured, "choice")
            ?? Grammar(request, "guided_grammar") ?? Grammar(request, "grammar") ?? Grammar(structured, "grammar");
    }

    /// <summary>A schema, or one written as text.</summary>
    static AnswerFormat? Schema(RequestObject? from, string name)
    {
        if (from?.Get(name) is not { } value)
            return null;
        try
        {
            JsonSchema schema = value.Kind == JsonValueKind.String ? JsonSchema.Parse(value.Text()) : JsonSchema.From(value.Element);
            return AnswerFormat.Json(schema, "answer", new JsonSchemaOptions { Lenient = true });
        }
        catch (Exception e) when (e is HarmonyJsonException or JsonException)
        {
            throw ApiException.Invalid(e.Message, value.Path, "invalid_json_schema");
        }
    }

    static AnswerFormat? AnyObject(RequestObject? from) =>
        from is { } structured && structured.OptionalBoolean("json_object") == true ? new(GrammarSource.JsonSchema("""{"type":"object"}""")) : null;

    static AnswerFormat? Pattern(RequestObject? from, string name) => from?.Get(name) is { } pattern ? Parse(pattern, GrammarSource.Regex) : null;

    static AnswerFormat? Choice(RequestObject? from, string name)
    {
        if (from?.Get(name) is not { } choices)
            return null;
        StringBuilder pattern = new();
        foreach (RequestValue value in choices.Array(MaxChoices))
            pattern.Append(pattern.Length > 0 ? "|" : "").Append("(?:").Append(Literal(value.Text())).Append(')');
        return pattern.Length > 0 ? new(GrammarSource.Regex(pattern.ToString()))
            : throw ApiException.Invalid($"Invalid '{choices.Path}': expected at least one text.", choices.Path, "invalid_value");
    }

    /// <summary>GBNF has rules with <c>::=</c>, Lark has none.</summary>
    static AnswerFormat? Grammar(RequestObject? from, string name) => from?.Get(name) is not { } grammar || grammar.Text().Length == 0 ? null
        : Parse(grammar, text => text.Contains("::=", StringComparison.Ordinal) ? GrammarSource.Gbnf(text) : GrammarSource.Lark(text));

    static AnswerFormat Parse(RequestValue value, Func<string, GrammarSource> parse)
    {
        try
        {
            return new(parse(value.Text()));
        }
        catch (GrammarException e)
        {
            throw ApiException.Invalid($"Invalid '{value.Path}': {e.Message}", value.Path, "invalid_grammar");
        }
    }

    static string Literal(string text) => string.Concat(text.Select(c => Special.Contains(c) ? $"\\{c}" : $"{c}"));
}
