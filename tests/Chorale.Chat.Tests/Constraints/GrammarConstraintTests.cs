using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Chat.Tests;

public class GrammarConstraintTests
{
    static readonly Tokenizer Tokenizer = Tokenizer.O200kHarmony;

    static readonly int Return = Tokenizer.SpecialTokens["<|return|>"];

    static async Task<int[]> GenerateAsync(GrammarSource source, int budget, int seed, int? stopId, int vocabulary = 201_088)
    {
        RandomGenerator generator = new(Tokenizer, seed) { VocabularySize = vocabulary };
        GenerationRequest request = new()
        {
            Prompt = new[] { 1 },
            MaxTokens = budget,
            StopIds = [Return, Tokenizer.SpecialTokens["<|call|>"]],
            Constraint = new GrammarConstraint(CompiledGrammar.Compile(source), budget, stopId),
        };
        return await generator.GenerateAsync(request, TestContext.Current.CancellationToken).Select(token => token.Id).ToArrayAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(201_088)]    // the rows that gpt-oss has
    [InlineData(201_089)]
    [InlineData(201_216)]    // rows that stand for no token
    public async Task A_text_ends_whole_within_its_budget_and_by_the_stop_id_where_there_is_room(int vocabulary)
    {
        GrammarSource source = GrammarSource.Regex("yes|no|(maybe )*perhaps");
        for (int seed = 0; seed < 40; seed++)
        {
            int budget = 1 + (seed % 8);
            int[] ids = await GenerateAsync(source, budget, seed, Return, vocabulary);
            Assert.InRange(ids.Length, 1, budget);
            bool isStopped = ids[^1] == Return;
            Assert.True(isStopped || ids.Length == budget);
            Assert.Matches("^(yes|no|(maybe )*perhaps)$", Tokenizer.Decode(isStopped ? ids[..^1] : ids));
        }
    }

    [Fact]
    public async Task A_text_that_may_end_or_go_on_does_either()
    {
        HashSet<string> texts = [];
        for (int seed = 0; seed < 60; seed++)
        {
            int[] ids = await GenerateAsync(GrammarSource.Regex("a{1,3}"), 4, seed, Return);
            Assert.True(ids.Length == 4 || ids[^1] == Return);
            texts.Add(Tokenizer.Decode([.. ids.Where(id => id != Return)]));
        }
        Assert.Equal(["a", "aa", "aaa"], texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_stop_id_it_ends_where_nothing_may_follow() =>
        Assert.Equal("yes", Tokenizer.Decode(await GenerateAsync(GrammarSource.Regex("yes"), 5, 1, stopId: null)));

    [Fact]
    public void A_budget_for_no_text_at_all_is_refused_with_both_numbers()
    {
        CompiledGrammar grammar = CompiledGrammar.Compile(GrammarSource.Regex("one two three|four five six seven"));
        int needed = grammar.CreateMatcher().CompletionLength;
        BudgetTooSmallException e = Assert.Throws<BudgetTooSmallException>(() => new GrammarConstraint(grammar, needed - 1, Return));
        Assert.Equal((needed, needed - 1), (e.Needed, e.Given));
        Assert.Equal($"The shortest text that the constraint allows takes {needed} ids, but no more than {needed - 1} may follow.", e.Message);
        Assert.NotNull(new GrammarConstraint(grammar, needed, Return));
    }

    [Fact]
    public void What_was_not_allowed_cannot_be_accepted()
    {
        GrammarConstraint constraint = new(CompiledGrammar.Compile(GrammarSource.Regex("yes")), 5, Return);
        Assert.Throws<InvalidOperationException>(() => constraint.Accept(Return));
        Assert.Throws<InvalidOperationException>(() => constraint.Accept(Tokenizer.Encode("no")[0]));
    }

    [Fact]
    public void The_same_step_is_answered_again_alike()
    {
        GrammarConstraint constraint = new(CompiledGrammar.Compile(GrammarSource.Regex("[ab]c")), 5, Return);
        ulong[] first = new ulong[3143], second = new ulong[3143];
        Assert.Equal(ConstraintStep.Masked, constraint.NextStep(first, []));
        Assert.Equal(ConstraintStep.Masked, constraint.NextStep(second, []));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("<|start|>user<|message|>Hi<|end|><|start|>assistant", "<|return|>")]
    [InlineData("<|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>final<|message|>", "<|return|>")]
    [InlineData("<|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>", "<|call|>")]
    [InlineData("<|start|>assistant to=functions.f<|channel|>commentary<|message|>{}<|call|><|start|>functions.f to=assistant<|message|>1<|end|><|start|>assistant", "<|return|>")]
    [InlineData("{", "<|return|>")]
    public void The_stop_id_is_that_of_the_open_message(string prompt, string stop) =>
        Assert.Equal(Tokenizer.SpecialTokens[stop], GrammarConstraint.StopIdFor(HarmonyEncoding.Default, Tokenizer.EncodeWithSpecials(prompt)));
}
