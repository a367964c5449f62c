using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

/// <summary>What holds for every schema, recorded or made at random.</summary>
public partial class SchemaStyleTests
{
    static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null", "any", "file", "Object"];

    static readonly string[] Names = ["a", "b c", "q\"", "", "한국", "$x", "1", "any", "null", "__proto__", "a\nb", "{", "\u2028", "type"];

    static readonly string[] Texts = ["one", "two\nlines", "// slashes", "any", "quote\" }", "\r\n", "", "`(_: {", "\u2029x", "default: 1"];

    static readonly string[] References = ["#", "#/$defs/a", "#/$defs/b", "#/$defs/c%20d", "#/properties/a", "#/anyOf/0", "#anchor", "other.json", "#/nowhere", "https://x.test/y", "#/$defs/a/items"];

    [Fact]
    public void A_recorded_type_without_any_is_the_same_in_both_styles()
    {
        int same = 0;
        Recorded.All(Recorded.Cases("render.jsonl").Where(recorded => recorded.Op == "schema" && recorded.Error is null), recorded =>
        {
            JsonSchema schema = JsonSchema.Parse(recorded.Json("schema"));
            string official = recorded.Response.GetProperty("type").GetString()!;
            if (SaysAny(official))
                return;
            Assert.Equal(official, schema.ToTypeScript(SchemaStyle.Complete));
            same++;
        });
        Assert.True(same > 100, $"{same} recorded types have no any.");
    }

    [Fact]
    public void A_recorded_schema_is_complete_or_refused_with_its_path() =>
        Recorded.All(Recorded.Cases("render.jsonl").Where(recorded => recorded.Op == "schema" && recorded.Error is null), recorded =>
            Complete(JsonSchema.Parse(recorded.Json("schema"))));

    [Fact]
    public void Any_schema_without_any_in_its_official_type_is_the_same_in_both_styles() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(AnySchema.ToArbitrary(), text =>
        {
            JsonSchema schema = JsonSchema.Parse(text);
            string official = schema.ToTypeScript();
            return SaysAny(official) || official == schema.ToTypeScript(SchemaStyle.Complete);
        }));

    [Fact]
    public void Whether_the_official_type_has_an_any_is_what_its_text_says() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(AnySchema.ToArbitrary(), text =>
        {
            if (text.Replace("\"anyOf\"", "", StringComparison.Ordinal).Contains("any", StringComparison.Ordinal))
                return;   // a name, a value or a comment may say it
            JsonSchema schema = JsonSchema.Parse(text);
            Assert.Equal(SaysAny(schema.ToTypeScript()), schema.Root.Kind != JsonValueKind.Null && CompleteTypeScript.SaysAny(schema.Root));
        }));

    [Fact]
    public void Any_schema_is_complete_in_a_bounded_text_or_refused_with_its_path() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(AnySchema.ToArbitrary(), text =>
        {
            JsonSchema schema = JsonSchema.Parse(text);
            if (Complete(schema) is not { } complete)
                return;
            Assert.True(complete.Length <= 200 + (20 * text.Length), $"{complete.Length} characters of {text.Length}");
            if (complete != schema.ToTypeScript())
                AssertBalanced(complete);
        }));

    /// <summary>The complete type; null where it is refused, which must be in the right form.</summary>
    static string? Complete(JsonSchema schema)
    {
        try
        {
            return schema.ToTypeScript(SchemaStyle.Complete);
        }
        catch (SchemaException e)
        {
            Assert.StartsWith("$", e.Path, StringComparison.Ordinal);
            Assert.StartsWith($"The schema cannot be read at {e.Path}: ", e.Message, StringComparison.Ordinal);
            return null;
        }
    }

    /// <summary>Whether the word is anywhere in the parameters.</summary>
    static bool SaysAny(string official) => official[..official.LastIndexOf(" => any", StringComparison.Ordinal)].Contains("any", StringComparison.Ordinal);

    /// <summary>Brackets close in order once comments and strings are out: nothing in a schema breaks out of its place.</summary>
    static void AssertBalanced(string type)
    {
        Stack<char> open = new();
        foreach (char c in CommentsAndStrings().Replace(type, "").Replace("=>", "", StringComparison.Ordinal))
        {
            if (c is '(' or '[' or '{' or '<')
                open.Push(c switch { '(' => ')', '[' => ']', '{' => '}', _ => '>' });
            else if (c is ')' or ']' or '}' or '>')
                Assert.True(open.TryPop(out char expected) && expected == c, type);
            else
                Assert.True(char.IsLetterOrDigit(c) || " \n|&?:,;._$=-+".Contains(c, StringComparison.Ordinal), $"'{c}' in {type}");
        }
        Assert.True(open.Count == 0, type);
    }

    [GeneratedRegex(@"(?m)//.*$|""(?:[^""\\\r\n]|\\.)*""", RegexOptions.None, 10_000)]
    private static partial Regex CommentsAndStrings();

    static Gen<string> AnySchema => Gen.Sized(size => Schema(Math.Min(size, 12)));

    static Gen<string> Schema(int size) => Gen.Frequency(
        (12, Gen.Choose(0, 5).SelectMany(count => Member(size).ListOf(count)).Select(members => $"{{{string.Join(',', members)}}}")),
        (1, Gen.Elements("true", "false", "null", "5", "\"x\"", "[]", "{}")));

    static Gen<string> Member(int size) => Gen.Frequency(
        (8, Keyword("type", Gen.Frequency((6, Gen.Elements(Types).Select(Quote)), (2, Gen.Elements(Types).Select(Quote).ListOf().Select(List)), (1, Junk)))),
        (4, Keyword("enum", Value.ListOf().Select(List))),
        (2, Keyword("const", Value)),
        (2, Keyword("$ref", Gen.Elements(References).Select(Quote))),
        (1, Gen.Elements("\"$anchor\":\"anchor\"", "\"$id\":\"other.json\"", "\"nullable\":true", "\"$recursiveRef\":\"#\"")),
        (4, from name in Gen.Elements("title", "description", "format", "pattern", "$comment") from text in Gen.Elements(Texts) select $"{Quote(name)}:{Quote(text)}"),
        (3, from name in Gen.Elements("minLength", "maxItems", "minItems", "minimum", "multipleOf", "exclusiveMaximum", "maxProperties") from n in Gen.Elements("0", "1", "3.0", "2", "-1", "1.5", "true") select $"{Quote(name)}:{n}"),
        (2, from name in Gen.Elements("default", "examples", "uniqueItems", "deprecated") from value in Value select $"{Quote(name)}:{value}"),
        (3, Keyword("required", Gen.Elements(Names).Select(Quote).ListOf().Select(List))),
        (1, from name in Gen.Elements("properties", "required", "items", "anyOf", "allOf", "not", "if", "prefixItems", "enum", "dependencies") from junk in Junk select $"{Quote(name)}:{junk}"),
        (size <= 0 ? 0 : 8, Keyword("properties", Map(size))),
        (size <= 0 ? 0 : 2, Gen.Elements("$defs", "patternProperties", "dependentSchemas").SelectMany(name => Keyword(name, Map(size)))),
        (size <= 0 ? 0 : 6, from name in Gen.Elements("anyOf", "oneOf", "allOf", "prefixItems", "items") from schemas in Schema(size / 2).ListOf() select $"{Quote(name)}:{List(schemas.Take(4))}"),
        (size <= 0 ? 0 : 6, from name in Gen.Elements("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "additionalItems", "unevaluatedItems") from schema in Schema(size / 2) select $"{Quote(name)}:{schema}"));

    static Gen<string> Keyword(string name, Gen<string> value) => value.Select(text => $"{Quote(name)}:{text}");

    static Gen<string> Map(int size) =>
        from entries in (from name in Gen.Frequency((3, Gen.Elements(Names)), (2, Gen.Elements("a", "b", "c d"))) from schema in Schema(size / 2) select $"{Quote(name)}:{schema}").ListOf()
        select $"{{{string.Join(',', entries.Take(4))}}}";

    static Gen<string> Value => Gen.OneOf(
        Gen.Elements(Texts).Select(Quote),
        Gen.Elements("null", "true", "0", "-1.50", "1e4", "[1,\"x\"]", "{\"k\":{\"l m\":[]}}", "[]", "{}"));

    static Gen<string> Junk => Gen.Elements("null", "true", "7", "\"x\"", "[]", "{}", "[5]", "{\"x\":1}");

    static string Quote(string text) => JsonSerializer.Serialize(text);

    static string List(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    [Theory]
    [InlineData(20)]
    [InlineData(3000)]
    public void Doubling_through_references_stays_linear(int levels) =>   // written in place it would be 2^levels
        AssertQuick($"{{{Ref(0)},{Definitions(levels, i => $"{{{Quote("properties")}:{{{Quote("x")}:{{{Ref(i + 1)}}},{Quote("y")}:{{{Ref(i + 1)}}}}}}}")}}}");

    [Theory]
    [InlineData("allOf")]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    [InlineData("prefixItems")]
    public void Doubling_through_combinations_stays_linear(string keyword) =>
        AssertQuick($"{{{Ref(0)},{Definitions(2000, i => $"{{{Quote(keyword)}:[{{{Ref(i + 1)}}},{{{Ref(i + 1)}}},{Part(i, "{}")}]}}")}}}");

    [Fact]
    public void A_chain_of_references_needs_no_deep_stack() =>
        AssertQuick($"{{{Ref(0)},{Definitions(20_000, i => $"{{{Quote("items")}:{{{Ref(i + 1)}}}}}")}}}");

    [Fact]
    public void Nothing_doubles_from_level_to_level()
    {
        foreach (string keyword in (string[])["additionalProperties", "items", "not", "if", "contains", "propertyNames", "anyOf", "allOf", "oneOf", "prefixItems"])
        {
            bool isList = keyword is "anyOf" or "allOf" or "oneOf" or "prefixItems";
            string schema = "true";
            for (int level = 0; level < 50; level++)
                schema = $"{{{Quote("required")}:[{Quote("a")},{Quote("b")}],{Quote("minItems")}:1,{Quote("description")}:{Quote("d")},{Quote("then")}:{{}},{Quote(keyword)}:{(isList ? $"[{schema}]" : schema)}}}";
            AssertQuick(schema);
        }
    }

    [Fact]
    public void A_long_description_is_not_repeated_for_each_reference()
    {
        IEnumerable<string> properties = Enumerable.Range(0, 2000).Select(i => $"{Quote($"p{i}")}:{{{Ref(0)}}}");
        string text = Quote(new string('x', 100_000));
        AssertQuick($"{{{Quote("properties")}:{{{string.Join(',', properties)}}},{Definitions(1, _ => $"{{{Quote("type")}:{Quote("string")},{Quote("description")}:{text}}}")}}}");
    }

    [Theory]
    [InlineData("allOf")]
    [InlineData("anyOf")]
    [InlineData("prefixItems")]
    public void Many_parts_of_one_schema_stay_linear(string keyword)
    {
        IEnumerable<string> parts = Enumerable.Range(0, 5000).Select(i => Part(i, $"{{{Ref(i)}}}"));
        AssertQuick($"{{{Quote(keyword)}:{List(parts)},{Definitions(5000, i => Part(i, $"{{{Ref(i)}}}"))}}}");
    }

    static string Ref(int definition) => $"{Quote("$ref")}:{Quote($"#/$defs/d{definition}")}";

    static string Part(int i, string schema) =>
        $"{{{Quote("description")}:{Quote($"part {i}")},{Quote("minProperties")}:{i},{Quote("properties")}:{{{Quote("same")}:{schema},{Quote($"p{i}")}:{{}}}}}}";

    /// <summary>Definitions d0 and on, and after the last a string.</summary>
    static string Definitions(int count, Func<int, string> schema)
    {
        IEnumerable<string> definitions = Enumerable.Range(0, count).Select(i => $"{Quote($"d{i}")}:{schema(i)}");
        return $"{Quote("$defs")}:{{{string.Join(',', definitions)},{Quote($"d{count}")}:{{{Quote("type")}:{Quote("string")}}}}}";
    }

    static void AssertQuick(string text)
    {
        JsonSchema schema = JsonSchema.Parse(text);
        Stopwatch watch = Stopwatch.StartNew();
        string? complete = Complete(schema);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");   // far above what it takes, far below what blowing up would
        Assert.NotNull(complete);
        Assert.True(complete.Length <= 20 * text.Length, $"{complete.Length} characters of {text.Length}");
    }
}
