using System.Text.Json;
using System.Text.RegularExpressions;
using Chorale.Grammar;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Chat.Tests;

public partial class EverySchemaTests(RandomModel random) : IClassFixture<RandomModel>
{
    [Fact]
    public async Task The_engine_with_random_weights_writes_a_valid_document_under_every_schema_within_a_small_budget()
    {
        JsonElement[] lines = [.. Jsonl.Elements("schemas/suite.jsonl")];
        string[] documents = new string[lines.Length];
        await Parallel.ForEachAsync(Enumerable.Range(0, lines.Length), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellationToken) =>
            documents[i] = await GenerateAsync(lines[i].GetProperty("schema"), seed: i, cancellationToken));

        Assert.All(documents, AssertWhole);
        if (AjvValidator.Missing is not null)
            return;    // what a schema means is then left to Grammar's own tests
        IReadOnlyList<bool[]> verdicts = await AjvValidator.JudgeAsync(
            [.. lines.Select((line, i) => new AjvQuestion(line.GetProperty("id").GetString()!, line.GetProperty("schema"), [documents[i]]))], TestContext.Current.CancellationToken);
        Assert.Empty(verdicts.Select((verdict, i) => (verdict, i)).Where(one => !one.verdict[0] && !BeyondDoubles.IsMatch(documents[one.i])).Select(one => $"{lines[one.i].GetProperty("id")}: {documents[one.i]}"));
    }

    /// <summary>ajv sees doubles, the grammar decimals of any length.</summary>
    [GeneratedRegex("[0-9][0-9.]{15,}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    static partial Regex BeyondDoubles { get; }

    static void AssertWhole(string text) => JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1024 }).Dispose();

    async Task<string> GenerateAsync(JsonElement schema, int seed, CancellationToken cancellationToken)
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(GrammarSource.JsonSchema(schema), random.Model.Vocabulary);
        int budget = grammar.CreateMatcher().CompletionLength + (seed % 25);
        IReadOnlyDictionary<string, int> specials = random.Model.Tokenizer.SpecialTokens;
        GenerationRequest request = new()
        {
            Prompt = new[] { specials["<|start|>"], specials["<|message|>"] },
            MaxTokens = budget,
            StopIds = random.Model.Encoding.StopTokensForAssistantActions,
            Sampling = new() { Seed = seed },
            Constraint = new GrammarConstraint(grammar, budget, specials["<|return|>"]),
        };
        List<int> ids = [];
        await foreach (GeneratedToken token in random.Model.Generator.GenerateAsync(request, cancellationToken))
        {
            if (token.Id != specials["<|return|>"])
                ids.Add(token.Id);
        }
        return random.Model.Tokenizer.Decode([.. ids]);
    }
}
