using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

/// <summary>A schema of <c>testdata/schemas/suite.jsonl</c>.</summary>
sealed class SuiteSchema
{
    /// <summary>Under the flexible policy; small, so that its limit is met.</summary>
    public const int MaxWhitespace = 4;

    static readonly Lazy<Dictionary<string, SuiteSchema>> Suite = new(() => Jsonl.Elements("schemas/suite.jsonl").Select(line => new SuiteSchema(line)).ToDictionary(c => c.Id, StringComparer.Ordinal));

    readonly JsonSchemaSource[] _sources;
    readonly ConcurrentDictionary<(GrammarVocabulary, JsonWhitespace), CompiledGrammar> _compiled = new();

    SuiteSchema(JsonElement line)
    {
        Id = line.GetProperty("id").GetString()!;
        Schema = line.GetProperty("schema");
        Valid = [.. line.GetProperty("valid").EnumerateArray()];
        Invalid = [.. line.GetProperty("invalid").EnumerateArray()];
        _sources = [.. Enum.GetValues<JsonWhitespace>().Select(white => (JsonSchemaSource)GrammarSource.JsonSchema(Schema, new() { Whitespace = white, MaxWhitespace = MaxWhitespace }))];
    }

    /// <summary>All of them, in the order of the file.</summary>
    public static IReadOnlyCollection<SuiteSchema> All => Suite.Value.Values;

    /// <summary>Their ids, a test a row.</summary>
    public static IEnumerable<TheoryDataRow<string>> Ids => All.Select(c => new TheoryDataRow<string>(c.Id));

    public string Id { get; }

    public JsonElement Schema { get; }

    public IReadOnlyList<JsonElement> Valid { get; }

    public IReadOnlyList<JsonElement> Invalid { get; }

    /// <summary>Whether it speaks of a format somewhere.</summary>
    public bool HasFormat => Schema.GetRawText().Contains("\"format\"", StringComparison.Ordinal);

    public static SuiteSchema Find(string id) => Suite.Value[id];

    /// <summary>The grammar, compiled once.</summary>
    public CompiledGrammar Compile(GrammarVocabulary vocabulary, JsonWhitespace white = JsonWhitespace.Compact) =>
        _compiled.GetOrAdd((vocabulary, white), static (key, sources) => CompiledGrammar.Compile(sources[(int)key.Item2], key.Item1), _sources);

    /// <summary>A value as the grammar wants it written.</summary>
    public byte[] Write(JsonElement value)
    {
        ArrayBufferWriter<byte> text = new();
        _sources[0].Write(value, text);
        return text.WrittenSpan.ToArray();
    }

    public override string ToString() => Id;
}
