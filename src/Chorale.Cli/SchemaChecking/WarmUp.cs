using System.Diagnostics;
using System.Text.Json;
using Chorale.Grammar;

namespace Chorale.Cli;

/// <summary>Checks a schema of its own until the program is compiled and the vocabulary prepared, so that the first line of a batch is measured like the others.</summary>
static class WarmUp
{
    const int Rounds = 40;

    static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(400);

    public static void Run(GrammarVocabulary vocabulary, JsonSchemaOptions options)
    {
        using JsonDocument schema = JsonDocument.Parse("""
            {
              "$defs":{"node":{"type":"object","properties":{"value":{"type":"number","minimum":-2.5,"maximum":40},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value"]}},
              "type":"object",
              "properties":{
                "title":{"type":"string","minLength":2,"maxLength":30},"slug":{"type":"string","pattern":"^[a-z]+(-[a-z0-9]+)*$"},"day":{"type":"string","format":"date"},
                "size":{"enum":["small","medium","large",3,null]},"count":{"type":"integer","minimum":1,"maximum":5000},"share":{"type":"number","multipleOf":0.25},
                "tags":{"type":"array","items":{"type":"string"},"maxItems":4},"list":{"$ref":"#/$defs/node"},"any":true,
                "kind":{"oneOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"]},{"type":"object","properties":{"a":{"const":2},"b":{"type":"boolean"}},"required":["a","b"]}]}
              },
              "patternProperties":{"^x-":{"type":"string"}},"required":["title"],"additionalProperties":{"type":"integer"}
            }
            """);
        using JsonDocument instance = JsonDocument.Parse("""
            {"title":"Some words, \"quoted\" — 漢字","slug":"a-b2-c","day":"2024-02-29","size":"medium","count":1234,"share":1.75,"tags":["one","two \\ three"],"list":{"value":12.5,"next":{"value":3}},
            "any":{"deep":[1,-2.5e3,{"x":[true,null,"s"]}]},"kind":{"a":2,"b":false},"x-note":"text","more":77}
            """);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Rounds && Stopwatch.GetElapsedTime(start) < Longest; i++)
            SchemaCheck.Compile(schema.RootElement, options, vocabulary).Judge(instance.RootElement);
    }
}
