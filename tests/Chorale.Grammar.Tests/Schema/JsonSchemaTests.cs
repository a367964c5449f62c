using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class JsonSchemaTests
{
    public static IEnumerable<TheoryDataRow<SchemaCase>> Cases =>
        Jsonl.Read<SchemaCase>("schemas/semantics.jsonl").Select(schema => new TheoryDataRow<SchemaCase>(schema));

    [Theory, MemberData(nameof(Cases))]
    public void A_grammar_accepts_what_is_valid_and_nothing_else(SchemaCase schema)
    {
        JsonSchemaSource source = (JsonSchemaSource)GrammarSource.JsonSchema(schema.Schema);
        CompiledGrammar grammar = CompiledGrammar.Compile(source);
        Assert.All(schema.Valid, value => Assert.True(SchemaCase.Accepts(grammar, SchemaCase.Write(source, value)), value.GetRawText()));
        Assert.All(schema.Invalid, value => Assert.False(SchemaCase.Accepts(grammar, SchemaCase.Write(source, value)), value.GetRawText()));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_are_told_apart_without_a_grammar_too(SchemaCase schema)
    {
        SchemaDocument document = new(schema.Schema, isLenient: false);
        SchemaEvaluator evaluator = new();
        SchemaExpression root = evaluator.Expressions.Schema(document.Root);
        InstanceWriter writer = new(evaluator, new());
        Assert.All(schema.Valid, value => Assert.True(writer.Matches(InstanceNode.Of(value), root), value.GetRawText()));
        Assert.All(schema.Invalid, value => Assert.False(writer.Matches(InstanceNode.Of(value), root), value.GetRawText()));
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_shortest_document_is_valid(SchemaCase schema)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(GrammarSource.JsonSchema(schema.Schema));
        GrammarMatcher matcher = grammar.CreateMatcher();
        List<int> ids = [];
        matcher.AppendCompletion(ids);
        using JsonDocument value = JsonDocument.Parse(grammar.Vocabulary.Tokenizer.Decode([.. ids]));
        SchemaEvaluator evaluator = new();
        Assert.True(new InstanceWriter(evaluator, new()).Matches(InstanceNode.Of(value.RootElement), evaluator.Expressions.Schema(new SchemaDocument(schema.Schema, isLenient: false).Root)));
    }

    [Theory]
    [InlineData("""{"properties":{"b":{},"a":{}}}""", """{"z":1,"a":2,"b":3}""", """{"b":3,"a":2,"z":1}""")]
    [InlineData("""{"allOf":[{"properties":{"c":{}}}],"properties":{"b":{}},"anyOf":[{"properties":{"a":{}}}]}""", """{"a":1,"b":2,"c":3}""", """{"c":3,"b":2,"a":1}""")]
    [InlineData("""{"if":{"properties":{"k":{"const":1}}},"properties":{"a":{},"k":{}}}""", """{"k":1,"a":2}""", """{"a":2,"k":1}""")]
    [InlineData("""{"properties":{"b":{},"a":{}},"required":["c"]}""", """{"c":0,"a":2,"b":3}""", """{"b":3,"a":2,"c":0}""")]
    [InlineData("""{"anyOf":[{"properties":{"k":{"const":1},"a":{}},"required":["k"]},{"properties":{"a":{},"k":{"const":2}},"required":["k"]}]}""", """{"a":0,"k":1}""", """{"k":1,"a":0}""")]
    [InlineData("""{"anyOf":[{"properties":{"k":{"const":1},"a":{}},"required":["k"]},{"properties":{"a":{},"k":{"const":2}},"required":["k"]}]}""", """{"k":2,"a":0}""", """{"a":0,"k":2}""")]
    [InlineData("""{"items":{"properties":{"b":{},"a":{}}}}""", """[ {"a": 1, "b": [ ]} ]""", """[{"b":[],"a":1}]""")]
    [InlineData("""{"not":{"additionalProperties":{"type":"integer"}}}""", """{"a":"x","b":1}""", """{"b":1,"a":"x"}""")]
    [InlineData("{}", """{"a":1,"b":2,"a":3}""", """{"a":3,"b":2}""")]
    [InlineData("{}", """["\u0041\/\u00e9\ud83d\ude00\ud800\u001F\"\\\b\f\n\r\t\u007f"]""", "[\"A/é😀\uFFFD\\u001f\\\"\\\\\\b\\f\\n\\r\\t\u007F\"]")]
    [InlineData("{}", "[1.0,-0,-0.0e5,1.50,1e3,12E-1,0.00001,-1.5e2]", "[1,0,0,1.5,1000,1.2,0.00001,-150]")]
    [InlineData("{}", "[1e400000,1e-5000]", "[1e400000,1e-5000]")]
    public void Values_are_written_in_one_way(string schema, string value, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        Assert.Equal(expected, SchemaCase.Write((JsonSchemaSource)GrammarSource.JsonSchema(schema), document.RootElement));
    }

    [Theory]
    [InlineData("{}", "1e5", true)]
    [InlineData("{}", "-1.50E-07", true)]
    [InlineData("{}", "1e100", false)]
    [InlineData("""{"type":"number"}""", "-0", true)]
    [InlineData("""{"type":"integer"}""", "-0", false)]
    [InlineData("""{"type":"integer"}""", "1.0", false)]
    [InlineData("""{"type":"integer"}""", "1e2", false)]
    [InlineData("""{"type":"number","minimum":0}""", "1e2", true)]
    [InlineData("""{"type":"number","minimum":0}""", "-0", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", "0.10e-2", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", "0.0e2", false)]
    [InlineData("""{"type":"number","maximum":0}""", "0.0e2", true)]
    [InlineData("""{"type":"number","maximum":0}""", "-3e2", true)]
    [InlineData("""{"type":"number","exclusiveMaximum":0}""", "-0.0e2", false)]
    [InlineData("""{"type":"number","maximum":5}""", "1.00", true)]
    [InlineData("""{"type":"number","maximum":5}""", "4.500", true)]
    [InlineData("""{"type":"number","maximum":5}""", "1e0", false)]
    [InlineData("""{"enum":[1,1.5]}""", "1.0", false)]
    [InlineData("""{"const":"é\n"}""", "\"é\\n\"", true)]
    [InlineData("""{"const":"é\n"}""", "\"\\u00e9\\n\"", false)]
    [InlineData("""{"type":"string"}""", "\"\\u00e9\\n\"", true)]
    [InlineData("""{"properties":{"a":{},"b":{}}}""", """{"b":1,"a":1}""", false)]
    [InlineData("""{"properties":{"a":{},"b":{}}}""", """{"x":1,"a":1}""", false)]
    [InlineData("""{"properties":{"a":{},"b":{}}}""", """{"a":1,"a":1}""", false)]
    [InlineData("""{"properties":{"a":{}}}""", """{"\u0061":1}""", false)]
    public void A_grammar_takes_one_spelling_where_it_has_the_choice(string schema, string text, bool isAccepted) =>
        Assert.Equal(isAccepted, SchemaCase.Accepts(SchemaCase.Compile(schema), text));

    [Theory]
    [InlineData(JsonWhitespace.Compact, """{"a":[1,2],"b":{}}""", true)]
    [InlineData(JsonWhitespace.Compact, """{"a": [1,2],"b":{}}""", false)]
    [InlineData(JsonWhitespace.Compact, """ {"a":[1,2],"b":{}}""", false)]
    [InlineData(JsonWhitespace.Spaced, """{"a":[1,2],"b":{}}""", true)]
    [InlineData(JsonWhitespace.Spaced, """{"a": [1, 2], "b": {}}""", true)]
    [InlineData(JsonWhitespace.Spaced, """{"a": [1, 2],"b":{"c": 1}}""", true)]
    [InlineData(JsonWhitespace.Spaced, """{"a":  [1, 2]}""", false)]
    [InlineData(JsonWhitespace.Spaced, """{ "a": [1, 2]}""", false)]
    [InlineData(JsonWhitespace.Flexible, "\n {\t\"a\"\r\n:  [ 1 ,\n2 ] , \"b\" : { } } ", true)]
    [InlineData(JsonWhitespace.Flexible, """{"a":[1,2],"b":{}}""", true)]
    [InlineData(JsonWhitespace.Flexible, """{"a":    [1]}""", true)]
    [InlineData(JsonWhitespace.Flexible, """{"a":     [1]}""", false)]
    [InlineData(JsonWhitespace.Flexible, """{"a":[ ],     "b":{}}""", false)]
    [InlineData(JsonWhitespace.Flexible, """{"a":[1 2]}""", false)]
    public void White_space_stands_where_the_options_say(JsonWhitespace whitespace, string text, bool isAccepted)
    {
        const string schema = """{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}}},"additionalProperties":{"type":"object"}}""";
        Assert.Equal(isAccepted, SchemaCase.Accepts(SchemaCase.Compile(schema, new() { Whitespace = whitespace, MaxWhitespace = 4 }), text));
    }

    [Fact]
    public void A_name_that_is_not_declared_may_come_twice_where_no_count_suffers()
    {
        Assert.True(SchemaCase.Accepts(SchemaCase.Compile("""{"type":"object"}"""), """{"a":1,"a":2}"""));
        Assert.False(SchemaCase.Accepts(SchemaCase.Compile("""{"type":"object","not":{"additionalProperties":{"type":"integer"}}}"""), """{"a":"x","a":2}"""));
        Assert.False(SchemaCase.Accepts(SchemaCase.Compile("""{"type":"object","propertyNames":{"enum":["a","b"]},"minProperties":2}"""), """{"a":"x","a":2}"""));
    }

    [Fact]
    public void A_constant_is_forced()
    {
        CompiledGrammar grammar = SchemaCase.Compile("""{"type":"object","properties":{"kind":{"const":"circle"}},"required":["kind"],"additionalProperties":false}""");
        GrammarMatcher matcher = grammar.CreateMatcher();
        List<int> ids = [];
        matcher.AppendCompletion(ids);
        Assert.Equal("""{"kind":"circle"}""", grammar.Vocabulary.Tokenizer.Decode([.. ids]));
        foreach (int id in ids)
        {
            ulong[] mask = new ulong[grammar.Vocabulary.MaskWords];
            matcher.FillMask(mask);
            Assert.True(matcher.TryAccept(id));
        }
        Assert.True(matcher.IsComplete);
    }

    [Fact]
    public void A_source_may_be_used_again_and_from_many_threads()
    {
        JsonSchemaSource source = (JsonSchemaSource)GrammarSource.JsonSchema("""{"type":"array","items":{"oneOf":[{"type":"string"},{"$ref":"#"}]}}""");
        using JsonDocument value = JsonDocument.Parse("""[ "a", [ ] ]""");
        Parallel.For(0, 16, _ =>
        {
            Assert.True(SchemaCase.Accepts(CompiledGrammar.Compile(source), """["a",[[],"b"]]"""));
            Assert.Equal("""["a",[]]""", SchemaCase.Write(source, value.RootElement));
        });
    }

    [Fact]
    public void The_document_of_a_schema_may_be_disposed()
    {
        GrammarSource source;
        using (JsonDocument document = JsonDocument.Parse("""{"const":1}"""))
            source = GrammarSource.JsonSchema(document.RootElement);
        Assert.True(SchemaCase.Accepts(CompiledGrammar.Compile(source), "1"));
    }
}
