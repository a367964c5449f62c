using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;

namespace Chorale.Cli;

/// <summary>
/// The field <c>constraint</c> of lines: <c>{"schema":…}</c>, <c>{"regex":…}</c>, <c>{"lark":…}</c> or <c>{"gbnf":…}</c>, with <c>"whitespace"</c> beside a schema. Lines that ask for
/// the same share what is compiled. Threads may share it.
/// </summary>
/// <param name="model">Whose vocabulary and context hold.</param>
sealed class LineConstraints(ChatModel model)
{
    /// <summary>More different constraints than these are compiled again when they come back.</summary>
    const int MostKept = 64;

    static readonly string[] Kinds = ["schema", "regex", "lark", "gbnf"];

    readonly Lock _lock = new();
    readonly Dictionary<string, CompiledGrammar> _compiled = new(StringComparer.Ordinal);

    /// <summary>The constraint of a line's answer; null where it has none.</summary>
    /// <param name="line">The line.</param>
    /// <param name="prompt">What is continued.</param>
    /// <param name="maxTokens">How many ids the answer may have; null is what the context leaves.</param>
    /// <exception cref="BatchException">The field is not as it must be.</exception>
    /// <exception cref="GrammarException">It cannot be enforced.</exception>
    /// <exception cref="BudgetTooSmallException">Nothing that it allows is so short.</exception>
    public GrammarConstraint? Create(JsonElement line, ReadOnlySpan<int> prompt, int? maxTokens)
    {
        if (line.Optional("constraint") is not { } constraint)
            return null;
        CompiledGrammar grammar = Compile(constraint);
        int room = model.Generator.ContextLength - prompt.Length;
        return prompt.IsEmpty || room <= 0 ? null    // refused by the generator, in its own words
            : new(grammar, Math.Min(room, maxTokens ?? room), GrammarConstraint.StopIdFor(model.Encoding, prompt));
    }

    CompiledGrammar Compile(JsonElement constraint)
    {
        string key = constraint.GetRawText();
        lock (_lock)
        {
            if (_compiled.TryGetValue(key, out CompiledGrammar? known))
                return known;
        }
        CompiledGrammar compiled = CompiledGrammar.Compile(Read(constraint), model.Vocabulary);
        lock (_lock)
        {
            if (_compiled.Count == MostKept)
                _compiled.Clear();
            _compiled[key] = compiled;
        }
        return compiled;
    }

    static GrammarSource Read(JsonElement constraint)
    {
        if (constraint.ValueKind != JsonValueKind.Object)
            throw LineReader.Wrong("constraint", """{"schema":…}, {"regex":…}, {"lark":…} or {"gbnf":…}""", constraint);
        string[] names = [.. constraint.EnumerateObject().Select(property => property.Name)];
        string[] kinds = [.. names.Intersect(Kinds, StringComparer.Ordinal)];
        if (kinds.Length != 1)
            throw new BatchException($"'constraint' must have one of \"schema\", \"regex\", \"lark\" and \"gbnf\", found {(kinds.Length == 0 ? "none" : string.Join(" and ", kinds))}");
        if (Array.Find(names, name => name != kinds[0] && !(name == "whitespace" && kinds[0] == "schema")) is { } unknown)
            throw new BatchException($"'constraint' has no field '{CliErrors.OneLine(unknown)}' beside '{kinds[0]}'");
        return kinds[0] switch
        {
            "schema" => GrammarSource.JsonSchema(constraint.GetProperty("schema"), new() { Whitespace = SharedOptions.WhitespaceOf(constraint.OptionalText("whitespace") ?? "compact") }),
            "regex" => GrammarSource.Regex(constraint.RequiredText("regex")),
            "lark" => GrammarSource.Lark(constraint.RequiredText("lark")),
            _ => GrammarSource.Gbnf(constraint.RequiredText("gbnf")),
        };
    }
}
