using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class SuiteRefusalTests
{
    static readonly Dictionary<string, JsonElement> Refused = Jsonl.Elements("schemas/refused.jsonl").ToDictionary(line => line.GetProperty("id").GetString()!, StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Ids => Refused.Keys.Select(id => new TheoryDataRow<string>(id));

    [Theory, MemberData(nameof(Ids))]
    public void What_cannot_be_enforced_is_refused_with_its_place_and_keyword(string id)
    {
        JsonElement line = Refused[id];
        JsonSchemaException refusal = Assert.Throws<JsonSchemaException>(() => CompiledGrammar.Compile(GrammarSource.JsonSchema(line.GetProperty("schema")), TokenPool.Small.Vocabulary));
        Assert.Equal((line.GetProperty("path").GetString(), line.GetProperty("keyword").GetString()), (refusal.Path, refusal.Keyword));
        Assert.NotEmpty(refusal.Problem);
    }
}
