using System.Text;
using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Grammar.Tests;

public class SuiteGenerationTests
{
    const int Seed = 20_260_000;

    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    [Theory]
    [InlineData(JsonWhitespace.Compact, 3)]
    [InlineData(JsonWhitespace.Spaced, 1)]
    [InlineData(JsonWhitespace.Flexible, 1)]
    public Task What_chance_writes_under_the_masks_is_valid_under_every_schema(JsonWhitespace white, int documents) =>
        AssertWritesValid(TokenPool.O200k, white, documents, (walk, matcher, random) => walk.Write(matcher, random.Next(1, 50)));

    [Fact]
    public Task What_chance_writes_under_the_masks_of_a_small_vocabulary_is_valid_under_every_schema() =>
        AssertWritesValid(TokenPool.Small, JsonWhitespace.Compact, 4, (walk, matcher, random) => walk.Write(matcher, random.Next(1, 80)));

    [Fact]
    public Task A_budget_that_suffices_cuts_no_document_short() =>
        AssertWritesValid(TokenPool.O200k, JsonWhitespace.Compact, 1, (walk, matcher, random) =>
            walk.WriteWithin(matcher, matcher.CompletionLength + (random.Next(3) == 0 ? 0 : random.Next(30))));

    [Fact]
    public Task A_budget_in_a_small_vocabulary_cuts_no_document_short() =>
        AssertWritesValid(TokenPool.Small, JsonWhitespace.Flexible, 3, (walk, matcher, random) =>
            walk.WriteWithin(matcher, matcher.CompletionLength + (random.Next(3) == 0 ? 0 : random.Next(40))));

    static async Task AssertWritesValid(TokenPool pool, JsonWhitespace white, int documents, Func<MaskWalk, GrammarMatcher, Random, string?> write)
    {
        Random random = new(Seed + (int)white);
        MaskWalk walk = new(pool, random);
        List<string> problems = [];
        List<AjvQuestion> questions = [];
        foreach (SuiteSchema schema in SuiteSchema.All)
        {
            CompiledGrammar grammar = schema.Compile(pool.Vocabulary, white);
            List<string> texts = [];
            for (int i = 0; i < documents; i++)
            {
                string? problem = write(walk, grammar.CreateMatcher(), random);
                string text = Encoding.UTF8.GetString(walk.Text.WrittenSpan);
                problem ??= Problem(walk.Text.WrittenSpan, white);
                if (problem is null)
                    texts.Add(text);
                else
                    problems.Add($"{schema}: {problem}: {text}");
            }
            questions.Add(new(schema.Id, schema.Schema, texts));
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));

        AjvValidator.SkipWhereMissing();
        IReadOnlyList<bool[]> verdicts = await AjvValidator.JudgeAsync(questions, TestContext.Current.CancellationToken);
        List<string> invalid = [.. questions.Zip(verdicts).SelectMany(pair => pair.First.Documents.Zip(pair.Second).Where(judged => !judged.Second).Select(judged => $"{pair.First.Id}: {judged.First}"))];
        Assert.True(invalid.Count == 0, $"{invalid.Count} are invalid by ajv:\n{string.Join('\n', invalid.Take(30))}");
    }

    static string? Problem(ReadOnlySpan<byte> text, JsonWhitespace white)
    {
        try
        {
            Utf8JsonReader reader = new(Strict.GetBytes(Strict.GetString(text)), new() { MaxDepth = 1000 });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();    // throws where an escape is half a character
            }
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return exception.Message;
        }
        return SpaceAudit.Check(text, white);
    }
}
