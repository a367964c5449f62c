namespace Chorale.Harmony.Tests;

/// <summary>The complete style, keyword by keyword: a schema, and what stands for its type.</summary>
public class CompleteTypeScriptTests
{
    public static TheoryData<string, string, string> Types => new()
    {
        { "nothing said", "{}", "any" },
        { "true", "true", "any" },
        { "false", "false", "never" },
        { "annotations alone", """{"description":"Whatever."}""", "// Whatever.\nany" },
        { "type null", """{"type":"null"}""", "null" },
        { "type any, of draft 3", """{"type":"any"}""", "any" },
        { "type list with properties", """{"items":{},"type":["array","object","null"],"properties":{"any":{}}}""", "array | object | null" },
        { "type list, each with its keywords", """{"properties":{"a":{"type":["object","null"],"properties":{"b":{"type":"string"}}},"c":{"type":["array","integer"],"items":{"type":"string"}}}}""", "{\na?: {\n    b?: string,\n    } | null,\nc?: string[] | number,\n}" },
        { "const", """{"const":"x"}""", "\"x\"" },
        { "const null", """{"const":null}""", "null" },
        { "const of every type", """{"anyOf":[{"const":1.50},{"const":true},{"const":[1,"a"]},{"const":{"k":{"l m":[]}}}]}""", """1.5 | true | [1, "a"] | { k: { "l m": [] } }""" },
        { "enum", """{"enum":["a",1,-2.5,null,true]}""", "\"a\" | 1 | -2.5 | null | true" },
        { "enum of lists and objects", """{"enum":[[],{},[{"a":1}]]}""", "[] | {} | [{ a: 1 }]" },
        { "enum escaped", """{"enum":["q\"b\\s\nn\u2028"]}""", "\"q\\\"b\\\\s\\nn\\u2028\"" },
        { "enum said twice", """{"enum":["a","a",1,1.0]}""", "\"a\" | 1 | 1.0" },
        { "enum of the type only", """{"anyOf":[{"type":"string","enum":["a",1]},{"type":["integer","null"],"enum":[1,1.5,2.0,null]},{"type":"boolean","enum":[1]}]}""", "\"a\" | 1 | 2.0 | null" },
        { "anyOf", """{"anyOf":[{"type":"string"},{"type":"number"},{"type":"integer"}]}""", "string | number" },
        { "anyOf with null keeps what is said", """{"anyOf":[{"type":"string","format":"uuid","description":"Which."},{"type":"null"}]}""", "// Which.\n// format: uuid\nstring | null" },
        { "anyOf with notes", """{"anyOf":[{"type":"string","description":"By name."},{"type":"number","minimum":1,"default":2}]}""", "\n | string // By name.\n | number // minimum: 1, default: 2\n" },
        { "oneOf", """{"oneOf":[{"type":"string"},{"const":5}]}""", "\n | string\n | 5" },
        { "oneOf, long description", """{"oneOf":[{"const":1,"description":"one\ntwo"},{"type":"array","description":"three","minItems":1}]}""", "\n // one\n // two\n | 1\n | Array<any> // three; minItems: 1\n" },
        { "allOf merges objects", """{"allOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"properties":{"b":{}},"required":["a","b"]}]}""", "{\na: string,\nb: any,\n}" },
        { "allOf narrows values", """{"allOf":[{"type":"string"},{"enum":["a",1,"b"]},{"enum":["b","a"]}]}""", "\"a\" | \"b\"" },
        { "allOf without a common value", """{"allOf":[{"type":"string"},{"type":"number"}]}""", "never" },
        { "allOf of a union", """{"properties":{"a":{}},"anyOf":[{"properties":{"b":{"const":1}}},{"properties":{"c":{"const":2}}}]}""", "{\na?: any,\n} & (\n | {\n   b?: 1,\n   }\n | {\n   c?: 2,\n   }\n)" },
        { "allOf of one, with a description beside", """{"allOf":[{"type":"string","description":"inner","maxLength":3}],"description":"outer"}""", "// outer\n// maxLength: 3\nstring" },
        { "not", """{"not":{"type":"null"}}""", "// not: null\nany" },
        { "if then else", """{"properties":{"a":{}},"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]},"else":{"properties":{"b":false}}}""", "// if { a?: 1 } then { b: any } else { b?: never }\n{\na?: any,\n}" },
        { "required alternatives", """{"properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b","c"]}]}""", "// requires at least one of a; b and c\n{\na?: any,\nb?: any,\n}" },
        { "required, one alternative", """{"properties":{"a":{},"b":{}},"oneOf":[{"required":["a"]},{"required":["b"]}]}""", "// requires exactly one of a; b\n{\na?: any,\nb?: any,\n}" },
        { "dependentRequired", """{"properties":{"a":{}},"dependentRequired":{"a":["b","c d"]}}""", "// a requires b and \"c d\"\n{\na?: any,\n}" },
        { "dependentSchemas", """{"properties":{"a":{}},"dependentSchemas":{"a":{"properties":{"b":{"type":"string","minLength":1}}}}}""", "// a requires { b?: string (minLength: 1) }\n{\na?: any,\n}" },
        { "dependencies of both kinds", """{"properties":{"a":{}},"dependencies":{"a":["b"],"b":{"required":["c"]}}}""", "// a requires b\n// b requires { c: any }\n{\na?: any,\n}" },
        { "properties without type", """{"properties":{"a":{"type":"string"}}}""", "{\na?: string,\n}" },
        { "names in quotes", """{"properties":{"a b":{},"":{},"1":{},"q\"":{},"n\nl":{},"한국어":{},"$x":{}},"required":["a b"]}""", "{\n\"a b\": any,\n\"\"?: any,\n\"1\"?: any,\n\"q\\\"\"?: any,\n\"n\\nl\"?: any,\n한국어?: any,\n$x?: any,\n}" },
        { "required but not declared", """{"properties":{"a":{}},"required":["b","a","b"]}""", "{\na: any,\nb: any,\n}" },
        { "required, of the additional type", """{"required":["b"],"additionalProperties":{"type":"number"}}""", "{\nb: number,\n[key: string]: number,\n}" },
        { "required, of an additional type that is long", """{"required":["b"],"additionalProperties":{"properties":{"c":{}}}}""", "{\nb: any,\n[key: string]: {\n    c?: any,\n    },\n}" },
        { "additionalProperties true", """{"properties":{"a":{}},"additionalProperties":true}""", "{\na?: any,\n[key: string]: any,\n}" },
        { "additionalProperties false", """{"properties":{"a":{}},"additionalProperties":false}""", "{\na?: any,\n}" },
        { "additionalProperties schema", """{"additionalProperties":{"type":"number","minimum":0,"description":"Count."}}""", "{\n// Count.\n[key: string]: number, // minimum: 0\n}" },
        { "unevaluatedProperties", """{"unevaluatedProperties":{"const":1}}""", "{\n[key: string]: 1,\n}" },
        { "patternProperties", """{"patternProperties":{"^x-":{"type":"string","maxLength":9}}}""", "{\n[key: string]: string, // keys matching ^x-, maxLength: 9\n}" },
        { "propertyNames", """{"propertyNames":{"pattern":"^[a-z]+$"},"additionalProperties":{"type":"number"}}""", "{\n[key: string]: number, // keys: string (pattern: ^[a-z]+$)\n}" },
        { "propertyNames alone", """{"propertyNames":{"enum":["a","b"]}}""", "{\n[key: string]: any, // keys: \"a\" | \"b\"\n}" },
        { "items without type", """{"items":{"enum":[1,2]}}""", "(1 | 2)[]" },
        { "items of a union on lines", """{"items":{"oneOf":[{"const":1,"description":"d"},{}]}}""", "Array<\n | 1 // d\n | any\n>" },
        { "items: what is said of them", """{"items":{"format":"date","description":"A day."},"uniqueItems":true,"maxItems":3}""", "// items: A day.\n// uniqueItems\n// maxItems: 3\n// items (format: date)\nstring[]" },
        { "items false", """{"items":false}""", "never[]" },
        { "prefixItems", """{"prefixItems":[{"type":"string"},{"enum":[1,2]}]}""", "[string, 1 | 2]" },
        { "prefixItems with rest", """{"prefixItems":[{"type":"string"}],"items":{"anyOf":[{"type":"number"},{"type":"null"}]}}""", "[string, ...(number | null)[]]" },
        { "prefixItems of which some are needed", """{"prefixItems":[{"type":"string"},{"enum":[1,2]},{}],"minItems":1,"maxItems":3}""", "[string, (1 | 2)?, any?]" },
        { "items as a list, of draft 7", """{"items":[{"type":"string","description":"First."},{"type":"number","minimum":0}],"additionalItems":{"type":"boolean"}}""", "// [0]: First.\n// [1] (minimum: 0)\n[string, number, ...boolean[]]" },
        { "contains", """{"contains":{"type":"number","minimum":5},"minContains":2}""", "// contains: number (minimum: 5)\n// minContains: 2\nArray<any>" },
        { "string limits", """{"minLength":1,"maxLength":5,"pattern":"^a\\d$","contentEncoding":"base64","contentMediaType":"image/png"}""", "// minLength: 1\n// maxLength: 5\n// pattern: ^a\\d$\n// contentEncoding: base64\n// contentMediaType: image/png\nstring" },
        { "number limits", """{"minimum":1,"maximum":5.0,"exclusiveMinimum":0,"exclusiveMaximum":6,"multipleOf":0.5}""", "// minimum: 1\n// maximum: 5.0\n// exclusiveMinimum: 0\n// exclusiveMaximum: 6\n// multipleOf: 0.5\nnumber" },
        { "number limits of draft 4", """{"minimum":1,"exclusiveMinimum":true,"maximum":5,"exclusiveMaximum":false}""", "// minimum: 1\n// exclusiveMinimum\n// maximum: 5\nnumber" },
        { "object limits", """{"minProperties":1,"maxProperties":3}""", "// minProperties: 1\n// maxProperties: 3\n{\n}" },
        { "formats", """{"anyOf":[{"format":"date-time"},{"format":"int64"}]}""", "\n | string // format: date-time\n | number // format: int64\n" },
        { "nullable", """{"properties":{"a":{"enum":["x"],"nullable":true},"b":{"nullable":true,"anyOf":[{"type":"string"},{"type":"null"}]}}}""", "{\na?: \"x\" | null,\nb?: string | null,\n}" },
        { "flags", """{"properties":{"a":{"type":"string","deprecated":true,"readOnly":true,"writeOnly":false}}}""", "{\na?: string, // deprecated, readOnly\n}" },
        { "a member's notes", """{"properties":{"a":{"title":"T","description":"two\r\nlines","examples":["x",1,{"k":null}],"type":"string","format":"email","default":"q\""}}}""", "{\n// T\n//\n// two\n// lines\n// Examples:\n// - \"x\"\n// - 1\n// - {\"k\":null}\na?: string, // format: email, default: \"q\\\"\"\n}" },
        { "an enum's default", """{"properties":{"a":{"enum":["x","y"],"default":"x"},"b":{"example":5}}}""", "{\na?: \"x\" | \"y\", // default: x\n// Examples:\n// - 5\nb?: any,\n}" },
        { "a member's alternatives", """{"properties":{"a":{"description":"D","default":1,"oneOf":[{"type":"string"},{"type":"integer","description":"n"}]}},"required":["a"]}""", "{\n// D\n// default: 1\na:\n | string\n | number // n\n,\n}" },
        { "nested objects", """{"properties":{"a":{"description":"once","properties":{"b":{"properties":{"c":{}}}}}}}""", "{\n// once\na?: {\n    b?: {\n        c?: any,\n        },\n    },\n}" },
        { "description of the whole", """{"description":"two\nlines","properties":{"a":{}}}""", "// two\n// lines\n{\na?: any,\n}" },
        { "empty words", """{"description":"","properties":{"a":{"title":" ","description":"\n"}}}""", "{\na?: any,\n}" },
        { "alternatives below a description", """{"description":"D","oneOf":[{"const":1},true]}""", "// D\n | 1\n | any" },
        { "title of the whole", """{"title":"Args","properties":{"a":{"title":"A"}}}""", "// Args\n{\n// A\n//\na?: any,\n}" },
        { "places and more", """{"prefixItems":[{}],"minItems":2,"maxItems":5}""", "// minItems: 2\n// maxItems: 5\n[any]" },
        { "null for an absent keyword", """{"type":null,"items":null,"enum":null,"properties":{"a":{"format":null,"default":null}}}""", "{\na?: any, // default: null\n}" },
        { "$ref, in place", """{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"properties":{"b":{"type":"string"}}}}}""", "{\na?: {\n    b?: string,\n    },\n}" },
        { "$ref to definitions, with a description beside", """{"properties":{"a":{"$ref":"#/definitions/x","description":"here"}},"definitions":{"x":{"type":"string","description":"there","format":"uuid"}}}""", "{\n// here\na?: string, // format: uuid\n}" },
        { "$ref to something small", """{"properties":{"a":{"$ref":"#/$defs/x"},"b":{"$ref":"#/$defs/x"}},"$defs":{"x":{"enum":["p","q"]}}}""", "{\na?: \"p\" | \"q\",\nb?: \"p\" | \"q\",\n}" },
        { "$ref by a pointer with escapes", """{"anyOf":[{"$ref":"#/$defs/a~1b~0c%20d"}],"$defs":{"a/b~c d":{"const":1}}}""", "1" },
        { "$ref by an anchor", """{"anyOf":[{"$ref":"#here"}],"$defs":{"x":{"$anchor":"here","const":1}}}""", "1" },
        { "$ref by an anchor of draft 7", """{"anyOf":[{"$ref":"#here"}],"definitions":{"x":{"$id":"#here","const":1}}}""", "1" },
        { "$ref by an address", """{"$id":"https://a.test/root.json","anyOf":[{"$ref":"item.json"},{"$ref":"https://a.test/item.json#/$defs/y"}],"$defs":{"x":{"$id":"item.json","const":1,"$defs":{"y":{"const":2}}}}}""", "1 | 2" },
        { "$ref inside an embedded document", """{"anyOf":[{"$ref":"item.json"}],"$defs":{"x":{"$id":"item.json","items":{"$ref":"#/$defs/y"},"$defs":{"y":{"const":2}}},"y":{"const":3}}}""", "2[]" },
        { "$ref to a boolean", """{"properties":{"a":{"$ref":"#/$defs/yes"},"b":{"$ref":"#/$defs/no"}},"$defs":{"yes":true,"no":false}}""", "{\na?: any,\nb?: never,\n}" },
        { "$ref to a place in the schema", """{"properties":{"from":{"properties":{"x":{"type":"number"}}},"to":{"$ref":"#/properties/from"}}}""", "{\nfrom?: From,\nto?: From,\n};\n\ntype From = {\nx?: number,\n}" },
        { "$dynamicRef", """{"$dynamicRef":"#node","$defs":{"n":{"$dynamicAnchor":"node","const":1}}}""", "1" },
        { "definitions used twice are named", """{"properties":{"a":{"$ref":"#/$defs/P"},"b":{"allOf":[{"$ref":"#/$defs/P"},{"properties":{"z":{}}}]}},"$defs":{"P":{"description":"A point.","properties":{"x":{"type":"number","minimum":0}}}}}""", "{\na?: P,\nb?: P & {\n    z?: any,\n    },\n};\n\n// A point.\ntype P = {\nx?: number, // minimum: 0\n}" },
        { "recursive", """{"properties":{"tree":{"$ref":"#/$defs/node"}},"$defs":{"node":{"properties":{"value":{"type":"string"},"children":{"items":{"$ref":"#/$defs/node"}}},"required":["value"]}}}""", "{\ntree?: node,\n};\n\ntype node = {\nvalue: string,\nchildren?: node[],\n}" },
        { "recursive from the root", """{"title":"linked list","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}""", "linked_list;\n\ntype linked_list = {\nnext?: linked_list | null,\n}" },
        { "recursive by $recursiveRef", """{"properties":{"next":{"$recursiveRef":"#"}}}""", "Parameters;\n\ntype Parameters = {\nnext?: Parameters,\n}" },
        { "recursive, each the other", """{"$ref":"#/$defs/a","$defs":{"a":{"items":{"$ref":"#/$defs/b"}},"b":{"additionalProperties":{"$ref":"#/$defs/a"}}}}""", "a;\n\ntype a = b[];\n\ntype b = {\n[key: string]: a,\n}" },
        { "names made valid", """{"properties":{"a":{"$ref":"#/$defs/string"},"b":{"$ref":"#/$defs/a-b%20c"},"c":{"$ref":"#/$defs/3"}},"$defs":{"string":{"items":{"$ref":"#/$defs/string"}},"a-b c":{"items":{"$ref":"#/$defs/a-b%20c"}},"3":{"items":{"$ref":"#/$defs/3"}}}}""", "{\na?: stringType,\nb?: a_b_c,\nc?: Type,\n};\n\ntype stringType = stringType[];\n\ntype a_b_c = a_b_c[];\n\ntype Type = Type[]" },
        { "two names alike", """{"properties":{"a":{"$ref":"#/$defs/x"},"b":{"$ref":"#/$defs/sub/$defs/x"}},"$defs":{"x":{"items":{"$ref":"#/$defs/x"}},"sub":{"$defs":{"x":{"additionalProperties":{"$ref":"#/$defs/sub/$defs/x"}}}}}}""", "{\na?: x,\nb?: x2,\n};\n\ntype x = x[];\n\ntype x2 = {\n[key: string]: x2,\n}" },
    };

    [Theory, MemberData(nameof(Types))]
    public void A_schema_says_all_it_can(string what, string schema, string expected)
    {
        string whole = JsonSchema.Parse(schema).ToTypeScript(SchemaStyle.Complete);
        int declarations = expected.IndexOf(";\n\n", StringComparison.Ordinal);
        string type = declarations < 0 ? expected : expected[..declarations];
        Assert.Equal($"{what}: (_: {type}) => any{(declarations < 0 ? "" : expected[declarations..])}", $"{what}: {whole}");
    }

    [Theory]
    [InlineData("5", "$", "found the number 5, expected a schema: an object, true or false")]
    [InlineData("[]", "$", "found an empty list, expected a schema: an object, true or false")]
    [InlineData("""{"type":"strng"}""", "$.type", "found \"strng\", expected object, array, string, number, integer, boolean or null")]
    [InlineData("""{"type":[]}""", "$.type", "found an empty list, expected at least one type")]
    [InlineData("""{"anyOf":[{"type":["string",7]}]}""", "$.anyOf[0].type[1]", "found the number 7, expected object, array,")]
    [InlineData("""{"properties":[]}""", "$.properties", "found an empty list, expected an object of schemas")]
    [InlineData("""{"type":"object","properties":{"a b":{"properties":{"c":5}}}}""", "$.properties[\"a b\"].properties.c", "found the number 5, expected a schema")]
    [InlineData("""{"properties":{"a":{}},"required":"a"}""", "$.required", "found \"a\", expected a list of names")]
    [InlineData("""{"required":["a",1]}""", "$.required[1]", "found the number 1, expected a name")]
    [InlineData("""{"enum":[]}""", "$.enum", "found an empty list, expected a list of values")]
    [InlineData("""{"enum":"a"}""", "$.enum", "found \"a\", expected a list of values")]
    [InlineData("""{"anyOf":[]}""", "$.anyOf", "found an empty list, expected a list of schemas")]
    [InlineData("""{"oneOf":{}}""", "$.oneOf", "found an object, expected a list of schemas")]
    [InlineData("""{"allOf":[true,null]}""", "$.allOf[1]", "found null, expected a schema")]
    [InlineData("""{"items":"string"}""", "$.items", "found \"string\", expected a schema")]
    [InlineData("""{"prefixItems":{}}""", "$.prefixItems", "found an object, expected a list of schemas")]
    [InlineData("""{"additionalProperties":"x"}""", "$.additionalProperties", "found \"x\", expected a schema")]
    [InlineData("""{"patternProperties":7}""", "$.patternProperties", "found the number 7, expected an object of schemas")]
    [InlineData("""{"minItems":-1}""", "$.minItems", "found the number -1, expected a whole number from 0")]
    [InlineData("""{"items":{"maxLength":1.5}}""", "$.items.maxLength", "found the number 1.5, expected a whole number from 0")]
    [InlineData("""{"minimum":"0"}""", "$.minimum", "found \"0\", expected a number")]
    [InlineData("""{"multipleOf":0}""", "$.multipleOf", "found the number 0, expected a number above 0")]
    [InlineData("""{"pattern":1}""", "$.pattern", "found the number 1, expected a string")]
    [InlineData("""{"uniqueItems":1}""", "$.uniqueItems", "found the number 1, expected true or false")]
    [InlineData("""{"dependentRequired":{"a":"b"}}""", "$.dependentRequired.a", "found \"b\", expected a list of names")]
    [InlineData("""{"not":7}""", "$.not", "found the number 7, expected a schema")]
    [InlineData("""{"$ref":7}""", "$.$ref", "found the number 7, expected a reference")]
    [InlineData("""{"$ref":"#/$defs/nowhere"}""", "$.$ref", "\"#/$defs/nowhere\" leads nowhere, expected the place of a schema")]
    [InlineData("""{"$ref":"#nowhere"}""", "$.$ref", "\"#nowhere\" leads nowhere")]
    [InlineData("""{"properties":{"a":{"$ref":"https://x.test/y.json"}}}""", "$.properties.a.$ref", "\"https://x.test/y.json\" is not part of this schema, expected a reference into it")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":"string"}}""", "$.$ref", "\"#/$defs/a\" leads to \"string\", expected a schema")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"items":{"type":"no"}}}}""", "$.$defs.a.items.type", "found \"no\"")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}}""", "$.$defs.a", "found a reference that only leads back to itself, expected a schema at its end")]
    [InlineData("""{"$ref":"#"}""", "$", "found a reference that only leads back to itself")]
    public void What_cannot_be_read_is_refused_with_its_place(string schema, string path, string problem)
    {
        JsonSchema parsed = JsonSchema.Parse(schema);
        Assert.EndsWith(" => any", parsed.ToTypeScript(), StringComparison.Ordinal);
        SchemaException error = Assert.Throws<SchemaException>(() => parsed.ToTypeScript(SchemaStyle.Complete));
        Assert.Equal(path, error.Path);
        Assert.StartsWith($"The schema cannot be read at {path}: {problem}", error.Message, StringComparison.Ordinal);
    }
}
