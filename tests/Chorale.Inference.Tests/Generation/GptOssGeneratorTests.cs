using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>The generator: what it streams, when it ends, what it keeps, and who waits for whom.</summary>
public sealed class GptOssGeneratorTests : IDisposable
{
    static readonly int[] Prompt = [5, 17, 300, 42, 8, 99, 12];

    readonly GptOssGenerator _generator = Open();

    static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    static GptOssGenerator Open(int? contextLength = null) =>
        GptOssGenerator.Open(TestData.PathOf("model/pub-a.gguf"), new() { ContextLength = contextLength, Threads = 2 });

    static GenerationRequest Greedy(int[] prompt, int? maxTokens = 12) => new() { Prompt = prompt, MaxTokens = maxTokens, Sampling = SamplingOptions.Greedy };

    static async Task<List<GeneratedToken>> All(GptOssGenerator generator, GenerationRequest request) =>
        await generator.GenerateAsync(request, TestEnd).ToListAsync(TestEnd);

    static async Task<int[]> Ids(GptOssGenerator generator, GenerationRequest request) => [.. (await All(generator, request)).Select(t => t.Id)];

    public void Dispose() => _generator.Dispose();

    [Fact]
    public async Task It_ends_at_the_limit_and_says_so_on_the_last_id_only()
    {
        List<GeneratedToken> answer = await All(_generator, Greedy(Prompt));
        Assert.Equal(12, answer.Count);
        Assert.All(answer.SkipLast(1), t => Assert.Null(t.Finish));
        Assert.Equal(FinishReason.MaxTokens, answer[^1].Finish);
        Assert.All(answer, t => Assert.Null(t.LogProbability));
        Assert.All(answer, t => Assert.Empty(t.TopLogProbabilities));
        Assert.Empty(await All(_generator, Greedy(Prompt, maxTokens: 0)));
    }

    [Fact]
    public async Task It_ends_at_a_stop_id_which_is_part_of_the_answer()
    {
        int[] free = await Ids(_generator, Greedy(Prompt));
        int stop = free[4];
        int first = Array.IndexOf(free, stop);
        List<GeneratedToken> answer = await All(_generator, Greedy(Prompt) with { StopIds = [9999, stop] });
        Assert.Equal(free[..(first + 1)], answer.Select(t => t.Id));
        Assert.Equal(FinishReason.Stop, answer[^1].Finish);
    }

    [Fact]
    public async Task It_ends_where_the_context_is_full()
    {
        using GptOssGenerator small = Open(contextLength: 10);
        List<GeneratedToken> answer = await All(small, Greedy(Prompt, maxTokens: null));
        Assert.Equal(3, answer.Count);
        Assert.Equal(FinishReason.ContextLength, answer[^1].Finish);
        Assert.Single(await All(small, Greedy([.. Prompt, 1, 2], maxTokens: null)));
        PromptTooLongException error = await Assert.ThrowsAsync<PromptTooLongException>(() => All(small, Greedy([.. Prompt, 1, 2, 3])));
        Assert.Equal((10, 10), (error.PromptLength, error.ContextLength));
    }

    [Fact]
    public async Task A_wrong_prompt_is_refused_and_the_next_one_is_answered()
    {
        int[] expected = await Ids(_generator, Greedy(Prompt));
        TokenOutOfRangeException error = await Assert.ThrowsAsync<TokenOutOfRangeException>(() => All(_generator, Greedy([1, 2, 201_088])));
        Assert.Equal("Id 201088 at index 2 is outside the vocabulary of 512 ids (0 to 511).", error.Message);
        await Assert.ThrowsAsync<ArgumentException>(() => All(_generator, Greedy([])));
        Assert.Throws<ArgumentNullException>(() => _generator.GenerateAsync(null!, TestEnd));
        Assert.Equal(expected, await Ids(_generator, Greedy(Prompt)));
    }

    [Fact]
    public async Task A_shared_beginning_is_not_computed_again_and_gives_the_same_ids()
    {
        int[] answer = await Ids(_generator, Greedy(Prompt));
        int[] second = [.. Prompt, .. answer[..6], 77, 78, 79];
        int[] third = [.. Prompt[..4], 200, 201];

        List<GeneratedToken> warmSecond = await All(_generator, Greedy(second));
        List<GeneratedToken> warmThird = await All(_generator, Greedy(third));
        List<GeneratedToken> again = await All(_generator, Greedy(third));
        Assert.All(warmSecond, t => Assert.Equal(Prompt.Length + 6, t.CachedPromptTokens));
        Assert.All(warmThird, t => Assert.Equal(4, t.CachedPromptTokens));
        Assert.All(again, t => Assert.Equal(third.Length - 1, t.CachedPromptTokens));

        using GptOssGenerator cold = Open();
        Assert.All(await All(cold, Greedy(second)), t => Assert.Equal(0, t.CachedPromptTokens));
        using GptOssGenerator colder = Open();
        Assert.Equal(await Ids(colder, Greedy(third)), warmThird.Select(t => t.Id));
        Assert.Equal(await Ids(cold, Greedy(second)), warmSecond.Select(t => t.Id));
        Assert.Equal(warmThird.Select(t => t.Id), again.Select(t => t.Id));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer_and_another_seed_another()
    {
        GenerationRequest request = Greedy(Prompt, maxTokens: 40) with { Sampling = new() { Seed = 3, TopP = 0.95f } };
        int[] answer = await Ids(_generator, request);
        Assert.Equal(answer, await Ids(_generator, request));
        Assert.NotEqual(answer, await Ids(_generator, request with { Sampling = request.Sampling with { Seed = 4 } }));
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_logits()
    {
        List<GeneratedToken> answer = await All(_generator, Greedy(Prompt, maxTokens: 3) with { TopLogProbabilities = 5 });
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using GptOssSession session = model.CreateSession();
        float[] logits = session.Forward(Prompt).ToArray();
        foreach (GeneratedToken token in answer)
        {
            double logSumExp = Math.Log(logits.Sum(l => Math.Exp(l)));
            Assert.Equal(logits[token.Id] - logSumExp, token.LogProbability!.Value, 1e-3);
            Assert.Equal(5, token.TopLogProbabilities.Count);
            Assert.Equal(token.Id, token.TopLogProbabilities[0].Id);
            Assert.Equal(token.LogProbability, token.TopLogProbabilities[0].LogProbability);
            logits = session.Forward([token.Id]).ToArray();
        }
        GeneratedToken chosen = (await All(_generator, Greedy(Prompt, maxTokens: 1) with { TopLogProbabilities = 0 }))[0];
        Assert.Equal(answer[0].LogProbability!.Value, chosen.LogProbability!.Value, 1e-3);
        Assert.Empty(chosen.TopLogProbabilities);
    }

    [Fact]
    public async Task Cancelling_ends_the_stream_and_the_next_one_is_right()
    {
        int[] expected = await Ids(_generator, Greedy(Prompt));
        using CancellationTokenSource cancellation = new();
        List<int> seen = [];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken token in _generator.GenerateAsync(Greedy([.. Prompt, 1], maxTokens: null), cancellation.Token))
            {
                seen.Add(token.Id);
                if (seen.Count == 3)
                    await cancellation.CancelAsync();
            }
        });
        Assert.Equal(3, seen.Count);
        Assert.Equal(expected, await Ids(_generator, Greedy(Prompt)));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _generator.GenerateAsync(Greedy(Prompt), cancellation.Token).ToListAsync(TestEnd));
    }

    [Fact]
    public async Task A_stream_given_up_lets_the_next_caller_in()
    {
        await using (IAsyncEnumerator<GeneratedToken> stream = _generator.GenerateAsync(Greedy(Prompt, maxTokens: null), TestEnd).GetAsyncEnumerator(TestEnd))
            Assert.True(await stream.MoveNextAsync());
        Assert.Equal(12, (await All(_generator, Greedy(Prompt))).Count);
    }

    [Theory]
    [InlineData("pub-a.gguf", Precision.Exact)]
    [InlineData("pub-a.q8.gguf", Precision.Fast)]
    public async Task Callers_are_answered_together_and_each_as_if_alone(string file, Precision precision)
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, 24).Select(i => new GenerationRequest
        {
            Prompt = (int[])[.. Prompt[..(1 + (i % 7))], .. Enumerable.Range(0, i * 5).Select(j => (j * 37 * (i + 1)) % 512)],
            MaxTokens = 5 + (i * 7 % 30),
            Sampling = i % 3 == 0 ? SamplingOptions.Greedy : new() { Seed = i, TopP = 0.9f, FrequencyPenalty = i % 2 },
        })];
        using GptOssModel model = GptOssModel.Open(TestData.PathOf($"model/{file}"), new() { Threads = 2, Precision = precision });
        List<int[]> alone = [];
        foreach (GenerationRequest request in requests)
        {
            using GptOssGenerator fresh = new(model);
            alone.Add(await Ids(fresh, request));
        }
        foreach (GeneratorOptions options in new GeneratorOptions[] { new(), new() { Parallel = 7, PrefillChunk = 5, MaxDraft = 4 }, new() { Parallel = 3, CacheBytes = 0 } })
        {
            using GptOssGenerator generator = new(model, options);
            int[][] crowd = await Task.WhenAll(requests.Select(request => Task.Run(() => Ids(generator, request), TestEnd)));
            for (int i = 0; i < crowd.Length; i++)
                Assert.Equal(alone[i], crowd[i]);
            Assert.True(generator.Statistics.Steps < alone.Sum(ids => ids.Length));
        }
    }

    [Fact]
    public async Task Guesses_change_no_greedy_answer_and_no_drawn_one()
    {
        using GptOssModel model = GoldenModel.Open("pub-b.gguf");
        using GptOssGenerator plain = new(model), guessing = new(model, new() { MaxDraft = 8 });
        for (int i = 0; i < 6; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, 60).Select(j => (j % (5 + i)) + i)];
            GenerationRequest request = Greedy(prompt, maxTokens: 60) with { Sampling = new() { Temperature = i % 2, TopK = 2, Seed = i } };
            Assert.Equal(await Ids(plain, request), await Ids(guessing, request));
        }
        Assert.True(guessing.Statistics.ProposedTokens > 0);
    }

    [Fact]
    public async Task The_logits_of_a_few_allowed_ids_choose_as_all_logits_do()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using GptOssGenerator all = new(model, new() { SelectedLogits = 0 }), few = new(model, new() { SelectedLogits = 64 });
        static FakeConstraint Some() => new((accepted, allowed, _) =>
        {
            allowed.Clear();
            for (int i = 0; i < 20 + accepted.Count; i++)
                allowed[i * 13 % 512 / 64] |= 1UL << (i * 13 % 64);
            return ConstraintStep.Masked;
        });
        GenerationRequest request = Greedy(Prompt, maxTokens: 60) with { Sampling = new() { Seed = 8, RepetitionPenalty = 1.3f } };
        Assert.Equal(await Ids(all, request with { Constraint = Some() }), await Ids(few, request with { Constraint = Some() }));
        Assert.Equal((0L, 45L), (all.Statistics.SelectedTokens, few.Statistics.SelectedTokens));
    }

    [Fact]
    public async Task Disposing_ends_an_answer_in_the_making()
    {
        GptOssGenerator generator = Open();
        await using (IAsyncEnumerator<GeneratedToken> stream = generator.GenerateAsync(Greedy(Prompt), TestEnd).GetAsyncEnumerator(TestEnd))
        {
            Assert.True(await stream.MoveNextAsync());
            generator.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.MoveNextAsync());
        }
        await Assert.ThrowsAsync<ObjectDisposedException>(() => All(generator, Greedy(Prompt)));
        Assert.Throws<ObjectDisposedException>(generator.Model.CreateSession);
        generator.Dispose();
    }

    [Fact]
    public async Task A_borrowed_model_stays_open()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using (GptOssGenerator generator = new(model))
            Assert.Equal(512, generator.VocabularySize);
        using GptOssSession session = model.CreateSession();
        Assert.Equal(512, session.Forward([1]).Length);
    }

    [Fact]
    public async Task A_mask_is_obeyed_at_each_step()
    {
        FakeConstraint constraint = new((accepted, allowed, _) =>
        {
            allowed.Clear();
            int id = 100 + accepted.Count;
            allowed[id / 64] |= 1UL << (id % 64);
            allowed[(id + 200) / 64] |= 1UL << ((id + 200) % 64);
            return ConstraintStep.Masked;
        });
        int[] ids = await Ids(_generator, Greedy(Prompt, maxTokens: 6) with { Constraint = constraint, Sampling = new() { Seed = 1 } });
        Assert.Equal(6, ids.Length);
        Assert.All(ids.Index(), step => Assert.Contains(step.Item, (int[])[100 + step.Index, 300 + step.Index]));
        Assert.Equal(ids, constraint.Accepted);
    }

    [Fact]
    public async Task Forced_ids_join_the_answer_and_leave_the_model_where_chosen_ones_would()
    {
        int[] free = await Ids(_generator, Greedy(Prompt, maxTokens: 9));
        FakeConstraint forcing = new((accepted, _, forced) =>
        {
            if (accepted.Count != 3)
                return ConstraintStep.Free;
            forced.Add(free[3]);
            forced.Add(free[4]);
            forced.Add(free[5]);
            return ConstraintStep.Forced;
        });
        Assert.Equal(free, await Ids(_generator, Greedy(Prompt, maxTokens: 9) with { Constraint = forcing }));
        Assert.Equal(free, forcing.Accepted);
        Assert.Equal(7, forcing.Asked);    // not within the forced run, and not after the last id

        FakeConstraint other = new((accepted, _, forced) => Force(accepted.Count == 0, forced, 1, 2, 3));
        int[] continued = await Ids(_generator, Greedy(Prompt, maxTokens: 8) with { Constraint = other });
        Assert.Equal([1, 2, 3], continued[..3]);
        Assert.Equal(await Ids(_generator, Greedy([.. Prompt, 1, 2, 3], maxTokens: 5)), continued[3..]);
    }

    [Fact]
    public async Task A_limit_or_a_stop_id_ends_a_forced_run()
    {
        static FakeConstraint Forcing() => new((_, _, forced) => Force(true, forced, 1, 2, 3));
        List<GeneratedToken> limited = await All(_generator, Greedy(Prompt, maxTokens: 2) with { Constraint = Forcing() });
        Assert.Equal([1, 2], limited.Select(t => t.Id));
        Assert.Equal(FinishReason.MaxTokens, limited[^1].Finish);
        FakeConstraint stopping = Forcing();
        List<GeneratedToken> stopped = await All(_generator, Greedy(Prompt) with { Constraint = stopping, StopIds = [2], TopLogProbabilities = 0 });
        Assert.Equal([1, 2], stopped.Select(t => t.Id));
        Assert.Equal(FinishReason.Stop, stopped[^1].Finish);
        Assert.Equal([1, 2], stopping.Accepted);
        Assert.All(stopped, t => Assert.True(t.LogProbability < 0));
    }

    [Fact]
    public async Task A_constraint_ends_the_answer_by_saying_so_or_by_allowing_nothing()
    {
        FakeConstraint ending = new((accepted, _, _) => accepted.Count == 2 ? ConstraintStep.End : ConstraintStep.Free);
        List<GeneratedToken> answer = await All(_generator, Greedy(Prompt) with { Constraint = ending });
        Assert.Equal(2, answer.Count);
        Assert.Equal(FinishReason.Constraint, answer[^1].Finish);

        FakeConstraint empty = new((accepted, allowed, _) =>
        {
            allowed.Fill(accepted.Count == 2 ? 0 : ulong.MaxValue);
            return ConstraintStep.Masked;
        });
        Assert.Equal(answer.Select(t => t.Id), (await All(_generator, Greedy(Prompt) with { Constraint = empty })).Select(t => t.Id));
        Assert.Empty(await All(_generator, Greedy(Prompt) with { Constraint = new FakeConstraint((_, _, _) => ConstraintStep.End) }));
    }

    [Fact]
    public async Task A_constraint_that_breaks_its_word_is_named()
    {
        InvalidOperationException none = await Assert.ThrowsAsync<InvalidOperationException>(() => All(_generator, Greedy(Prompt) with { Constraint = new FakeConstraint((_, _, _) => ConstraintStep.Forced) }));
        Assert.Equal("The constraint forces ids but names none.", none.Message);
        InvalidOperationException outside = await Assert.ThrowsAsync<InvalidOperationException>(() => All(_generator, Greedy(Prompt) with { Constraint = new FakeConstraint((_, _, forced) => Force(true, forced, 3, 512)) }));
        Assert.Equal("The constraint forces id 512; the vocabulary has 512 ids.", outside.Message);
        Assert.Equal(12, (await All(_generator, Greedy(Prompt))).Count);
    }

    static ConstraintStep Force(bool condition, IList<int> forced, params ReadOnlySpan<int> ids)
    {
        if (!condition)
            return ConstraintStep.Free;
        foreach (int id in ids)
            forced.Add(id);
        return ConstraintStep.Forced;
    }

    delegate ConstraintStep Answer(List<int> accepted, Span<ulong> allowed, IList<int> forced);

    sealed class FakeConstraint(Answer answer) : ITokenConstraint
    {
        public List<int> Accepted { get; } = [];

        public int Asked { get; private set; }

        public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced)
        {
            Asked++;
            Assert.Empty(forced);
            return answer(Accepted, allowed, forced);
        }

        public void Accept(int id) => Accepted.Add(id);
    }
}
