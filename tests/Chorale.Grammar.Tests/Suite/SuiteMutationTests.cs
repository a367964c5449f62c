using System.Text.Json;
using System.Text.Json.Nodes;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class SuiteMutationTests
{
    const int Seed = 11;
    const int Mutants = 24;

    [Fact]
    public async Task A_changed_instance_is_judged_as_ajv_judges_it()
    {
        AjvValidator.SkipWhereMissing();
        Random random = new(Seed);
        List<SuiteSchema> cases = [.. SuiteSchema.All];
        List<AjvQuestion> questions = [.. cases.Select(schema => new AjvQuestion(schema.Id, schema.Schema, Mutate(schema, random)))];
        IReadOnlyList<bool[]> verdicts = await AjvValidator.JudgeAsync(questions, TestContext.Current.CancellationToken);
        List<string> problems = [];
        int valid = 0;
        for (int i = 0; i < cases.Count; i++)
        {
            CompiledGrammar grammar = cases[i].Compile(TokenPool.O200k.Vocabulary);
            foreach ((string document, bool isValid) in questions[i].Documents.Zip(verdicts[i]))
            {
                valid += isValid ? 1 : 0;
                bool isStricter = isValid && cases[i].HasFormat;    // ajv reads some formats more leniently than their RFC
                if (Accepts(cases[i], grammar, document) != isValid && !isStricter)
                    problems.Add($"{cases[i]}: {(isValid ? "valid and refused" : "invalid and accepted")}: {document}");
            }
        }
        Assert.True(problems.Count == 0, $"{problems.Count} are judged otherwise:\n{string.Join('\n', problems.Take(40))}");
        Assert.InRange(valid, questions.Count * Mutants / 10, questions.Count * Mutants * 9 / 10);    // else they would tell little
    }

    static List<string> Mutate(SuiteSchema schema, Random random)
    {
        List<JsonElement> instances = [.. schema.Valid, .. schema.Valid, .. schema.Invalid];
        List<JsonElement> parts = [];
        instances.ForEach(Collect);
        JsonMutator mutator = new(random, parts);
        return [.. Enumerable.Range(0, Mutants).Select(_ => Text(mutator.Mutate(instances[random.Next(instances.Count)])))];

        void Collect(JsonElement value)
        {
            parts.Add(value);
            if (value.ValueKind == JsonValueKind.Object)
                foreach (JsonProperty member in value.EnumerateObject())
                    Collect(member.Value);
            else if (value.ValueKind == JsonValueKind.Array)
                foreach (JsonElement item in value.EnumerateArray())
                    Collect(item);
        }
    }

    static string Text(JsonNode? node) => node?.ToJsonString(new() { MaxDepth = 1000 }) ?? "null";

    static bool Accepts(SuiteSchema schema, CompiledGrammar grammar, string document)
    {
        using JsonDocument parsed = JsonDocument.Parse(document);
        GrammarMatcher matcher = grammar.CreateMatcher();
        return TokenPool.O200k.Vocabulary.Tokenizer.EncodeUtf8(schema.Write(parsed.RootElement)).All(matcher.TryAccept) && matcher.CanEnd;
    }
}
