using System.Globalization;
using System.Text;

namespace Chorale.Grammar.Tests;

public class SchemaRefusalTests
{
    [Theory]
    [InlineData("[]", "$", "")]
    [InlineData("{", "$", "")]
    [InlineData("""{"type":"strnig"}""", "$", "type")]
    [InlineData("""{"type":[]}""", "$", "type")]
    [InlineData("""{"properties":{"a b":{"items":{"minimum":"3"}}}}""", "$.properties[\"a b\"].items", "minimum")]
    [InlineData("""{"properties":{"a":{"required":true}}}""", "$.properties.a", "required")]
    [InlineData("""{"properties":{"a":5}}""", "$", "properties")]
    [InlineData("""{"anyOf":[{},{"enum":[]}]}""", "$.anyOf[1]", "enum")]
    [InlineData("""{"anyOf":[true,{"maxItems":1.5}]}""", "$.anyOf[1]", "maxItems")]
    [InlineData("""{"type":"string","items":{"pattern":"("}}""", "$.items", "pattern")]
    [InlineData("""{"patternProperties":{"(a)\\1":{}}}""", "$", "patternProperties")]
    [InlineData("""{"multipleOf":0}""", "$", "multipleOf")]
    [InlineData("""{"multipleOf":123456.789}""", "$", "multipleOf")]
    [InlineData("""{"minimum":1e4000}""", "$", "minimum")]
    [InlineData("""{"const":[1e4000]}""", "$", "const")]
    [InlineData("""{"minLength":1e9}""", "$", "minLength")]
    [InlineData("""{"minItems":1e9}""", "$", "minItems")]
    [InlineData("""{"type":"array","contains":{"type":"null"},"minContains":100000}""", "$", "contains")]
    [InlineData("""{"$ref":"other.json"}""", "$", "$ref")]
    [InlineData("""{"$ref":"#/$defs/a"}""", "$", "$ref")]
    [InlineData("""{"$ref":"#/minimum","minimum":3}""", "$", "$ref")]
    [InlineData("""{"$ref":"#nowhere"}""", "$", "$ref")]
    [InlineData("""{"$ref":"#"}""", "$", "$ref")]
    [InlineData("""{"allOf":[{"properties":{"a":{}}},{"anyOf":[{"$ref":"#/allOf/1"}]}]}""", "$.allOf[1].anyOf[0]", "$ref")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"not":{"$ref":"#/$defs/c"}},"c":{"$ref":"#/$defs/b"}}}""", "$.$defs.c", "$ref")]
    [InlineData("""{"items":{"uniqueItems":true}}""", "$.items", "uniqueItems")]
    [InlineData("""{"not":{"uniqueItems":true}}""", "$", "not")]
    [InlineData("""{"oneOf":[{"type":"array","maxItems":3},{"type":"array","minItems":2,"uniqueItems":true}]}""", "$", "oneOf")]
    [InlineData("""{"properties":{"a":{"minProperties":2}}}""", "$.properties.a", "minProperties")]
    [InlineData("""{"maxProperties":100000}""", "$", "maxProperties")]
    [InlineData("""{"allOf":[{"not":{"additionalProperties":{"type":"null"}}},{"not":{"additionalProperties":{"type":"string"}}},{"type":"object"}]}""", "$.allOf[0]", "not")]
    [InlineData("""{"$id":"http://a.b/c","$dynamicAnchor":"x","items":{"$dynamicRef":"#x"},"$defs":{"d":{"$id":"d","$dynamicAnchor":"x"}}}""", "$.items", "$dynamicRef")]
    [InlineData("""{"propertyNames":{"$ref":"#"},"anyOf":[{"$ref":"#/propertyNames"}]}""", "$.propertyNames", "$ref")]
    [InlineData("false", "$", "")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"null"}]}""", "$", "")]
    [InlineData("""{"type":"string","pattern":"^a$","minLength":2}""", "$", "")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "$", "")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"minItems":1}""", "$", "")]
    public void What_cannot_be_enforced_is_refused_with_its_place(string schema, string path, string keyword)
    {
        JsonSchemaException exception = Assert.Throws<JsonSchemaException>(() => SchemaCase.Compile(schema));
        Assert.Equal((path, keyword), (exception.Path, exception.Keyword));
    }

    [Theory]
    [InlineData("""{"type":"array","uniqueItems":true}""", "uniqueItems", "[1,1]")]
    [InlineData("""{"type":"object","minProperties":3}""", "minProperties", """{"a":1,"b":2,"c":3}""")]
    [InlineData("""{"type":"object","minProperties":3}""", "minProperties", """{"a":1}""")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "pattern", "\"b\"")]
    [InlineData("""{"type":"integer","multipleOf":123456789}""", "multipleOf", "5")]
    [InlineData("""{"$ref":"http://x.y/z","type":"null"}""", "$ref", "null")]
    [InlineData("""{"not":{"type":"array","uniqueItems":true}}""", "not", "[1]")]
    public void Lenient_lists_what_it_leaves_out(string schema, string keyword, string accepted)
    {
        CompiledGrammar grammar = SchemaCase.Compile(schema, new() { Lenient = true });
        Assert.Equal(keyword, Assert.Single(grammar.Ignored).Keyword);
        Assert.True(SchemaCase.Accepts(grammar, accepted));
        Assert.False(SchemaCase.Accepts(grammar, "tru"));
    }

    [Fact]
    public void Lenient_leaves_out_nothing_else()
    {
        CompiledGrammar grammar = SchemaCase.Compile("""{"type":"array","items":{"type":"integer"},"uniqueItems":true,"maxItems":2}""", new() { Lenient = true });
        Assert.True(SchemaCase.Accepts(grammar, "[1,1]"));
        Assert.False(SchemaCase.Accepts(grammar, "[1,1,1]"));
        Assert.False(SchemaCase.Accepts(grammar, "[\"a\"]"));
    }

    [Theory]
    [InlineData("""{"properties":{"a":""", "{}", "}}")]
    [InlineData("""{"allOf":[""", "{\"type\":\"array\"}", "]}")]
    [InlineData("""{"items":{"anyOf":[""", "true", ",false]}}")]
    [InlineData("""{"not":""", "{\"type\":\"null\"}", "}")]
    [InlineData("""{"enum":[[""", "1", "]]}")]
    public void Deep_schemas_compile_or_are_refused(string before, string inner, string after)
    {
        foreach (int depth in (int[])[100, 500])
        {
            StringBuilder schema = new();
            for (int i = 0; i < depth; i++)
                schema.Append(before);
            schema.Append(inner);
            for (int i = 0; i < depth; i++)
                schema.Append(after);
            CompiledGrammar? grammar = null;
            Exception? refusal = Record.Exception(() => grammar = SchemaCase.Compile(schema.ToString()));
            Assert.True(grammar is not null || refusal is JsonSchemaException, refusal?.ToString());
        }
    }

    [Fact]
    public void Long_lists_of_properties_compile()
    {
        const int count = 10_000;
        StringBuilder schema = new("""{"type":"object","additionalProperties":false,"properties":{""");
        for (int i = 0; i < count; i++)
            schema.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}\"property number {i}, with a long name of its own, so that it all takes a megabyte\":{{\"type\":\"integer\"}}");
        CompiledGrammar grammar = SchemaCase.Compile(schema.Append("}}").ToString());
        Assert.True(SchemaCase.Accepts(grammar, """{"property number 17, with a long name of its own, so that it all takes a megabyte":5}"""));
        Assert.False(SchemaCase.Accepts(grammar, """{"property number 17, with a long name of its own, so that it all takes a megabyte":null}"""));
    }

    [Fact]
    public void Combinations_that_exclude_each_other_do_not_multiply()
    {
        const int count = 60;
        StringBuilder schema = new("""{"type":"object","properties":{"kind":{"type":"string"}},"required":["kind"],"allOf":[""");
        for (int i = 0; i < count; i++)
        {
            schema.Append(CultureInfo.InvariantCulture,
                $"{(i > 0 ? "," : "")}{{\"if\":{{\"properties\":{{\"kind\":{{\"const\":\"k{i}\"}}}}}},\"then\":{{\"properties\":{{\"p{i}\":{{\"type\":\"integer\"}}}},\"required\":[\"p{i}\"]}}}}");
        }
        CompiledGrammar grammar = SchemaCase.Compile(schema.Append("]}").ToString());
        Assert.True(SchemaCase.Accepts(grammar, """{"kind":"k7","p7":5}"""));
        Assert.True(SchemaCase.Accepts(grammar, """{"kind":"k","p7":"x"}"""));
        Assert.False(SchemaCase.Accepts(grammar, """{"kind":"k7"}"""));
    }

    [Fact]
    public void Long_lists_of_alternatives_compile()
    {
        const int count = 500;
        string kinds = string.Join(',', Enumerable.Range(0, count).Select(i =>
            $"{{\"properties\":{{\"kind\":{{\"const\":\"k{i}\"}},\"v\":{{\"type\":\"{(i % 2 == 0 ? "string" : "integer")}\"}}}},\"required\":[\"kind\",\"v\"]}}"));
        CompiledGrammar grammar = SchemaCase.Compile($"{{\"type\":\"object\",\"oneOf\":[{kinds}]}}");
        Assert.True(SchemaCase.Accepts(grammar, """{"kind":"k499","v":1}"""));
        Assert.False(SchemaCase.Accepts(grammar, """{"kind":"k498","v":1}"""));
    }

    [Fact]
    public void Long_lists_of_objects_compile()
    {
        string values = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"{{\"id\":{i}}}"));
        CompiledGrammar grammar = SchemaCase.Compile($"{{\"type\":\"object\",\"enum\":[{values}]}}");
        Assert.True(SchemaCase.Accepts(grammar, """{"id":1999}"""));
        Assert.False(SchemaCase.Accepts(grammar, """{"id":2000}"""));
    }

    [Fact]
    public void Combinations_that_multiply_are_refused_in_time()
    {
        const int count = 24;
        IEnumerable<string> choices = Enumerable.Range(0, count).Select(i => $"{{\"anyOf\":[{{\"required\":[\"a{i}\"]}},{{\"required\":[\"b{i}\"]}}]}}");
        JsonSchemaException exception = Assert.Throws<JsonSchemaException>(() => SchemaCase.Compile($"{{\"allOf\":[{string.Join(',', choices)}]}}"));
        Assert.Contains("too many", exception.Problem, StringComparison.Ordinal);
    }
}
