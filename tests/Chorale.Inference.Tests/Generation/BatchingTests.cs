using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Inference.Tests;

/// <summary>Many answers at once over an engine that is a few lines: who is in which step, what is kept, who fails, and that no answer sees another.</summary>
public sealed class BatchingTests
{
    static readonly int[] Prompt = [5, 17, 30, 12, 8, 9, 2];

    static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    static GenerationRequest Greedy(int[] prompt, int? maxTokens = 12) => new() { Prompt = prompt, MaxTokens = maxTokens, Sampling = SamplingOptions.Greedy };

    static async Task<List<GeneratedToken>> All(BatchedGenerator generator, GenerationRequest request, CancellationToken cancellationToken = default) =>
        await generator.StreamAsync(request, cancellationToken).ToListAsync(TestEnd);

    static async Task<int[]> Ids(BatchedGenerator generator, GenerationRequest request) => [.. (await All(generator, request)).Select(t => t.Id)];

    /// <summary>One answer as its definition reads: no batches, no cache, no guesses.</summary>
    static int[] Plain(GenerationRequest request, ITokenConstraint? constraint, int vocab, int contextLength)
    {
        List<int> ids = [.. request.Prompt.Span];
        Sampler sampler = new(request.Sampling, request.Prompt.Span);
        List<int> forced = [];
        ulong[] mask = new ulong[TokenMask.Words(vocab)];
        int count = 0;
        while (count != request.MaxTokens && ids.Count < contextLength)
        {
            ConstraintStep step = ConstraintStep.Free;
            if (forced.Count == 0)
                step = constraint?.NextStep(mask, forced) ?? ConstraintStep.Free;
            if (step == ConstraintStep.End)
                break;
            int id = forced.Count > 0 ? forced[0] : sampler.Sample(FakeEngine.LogitsAfter([.. ids], vocab), step == ConstraintStep.Masked ? mask : []);
            if (forced.Count > 0)
                forced.RemoveAt(0);
            ids.Add(id);
            sampler.Accept(id);
            constraint?.Accept(id);
            count++;
            if (request.StopIds.Contains(id))
                break;
        }
        return [.. ids.Skip(request.Prompt.Length)];
    }

    [Fact]
    public void An_answer_is_the_same_alone_and_in_any_crowd() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            FakeEngine engine = new() { Rollback = random.Next(2) == 0 ? null : random.Next(30, 60), CanFork = random.Next(3) > 0 };
            GeneratorOptions options = new()
            {
                Parallel = random.Next(1, 6),
                PrefillChunk = random.Next(1, 20),
                CacheBytes = random.Next(3) * random.Next(4000),
                MaxDraft = random.Next(2) * random.Next(1, 7),
                SelectedLogits = random.Next(2) * random.Next(1, 30),
            };
            using BatchedGenerator generator = new(engine, options, batch: random.Next(4, 40));
            int[][] beginnings = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(40)).ToArray())];
            List<Task> tasks = [];
            for (int i = 0; i < 25; i++)
            {
                int constraintSeed = random.Next(), constrained = random.Next(3), cancelAt = random.Next(6) == 0 ? random.Next(10) : -1;
                GenerationRequest request = AnyRequest(random, beginnings[random.Next(3)]);
                int[] expected = Plain(request, constrained == 0 ? new RandomConstraint(constraintSeed, 40) : null, 40, engine.ContextLength);
                request = request with { Constraint = constrained == 0 ? new RandomConstraint(constraintSeed, 40) : null };
                tasks.Add(Task.Run(() => CompareAsync(generator, request, expected, cancelAt), TestEnd));
                if (random.Next(4) == 0)
                    tasks[random.Next(tasks.Count)].Wait(TestEnd);
            }
            Task.WaitAll([.. tasks], TestEnd);
            Ids(generator, Greedy([1], 1)).Wait(TestEnd);    // by its end whoever was given up has left
            GeneratorStatistics statistics = generator.Statistics;
            Assert.Equal((0, 0), (statistics.Running, statistics.Waiting));
            Assert.True(statistics.IdleBytes <= options.CacheBytes);
            Assert.Equal(statistics.IdleSequences, engine.Alive);
            Assert.InRange(statistics.AcceptedTokens, 0, statistics.ProposedTokens);
            generator.Dispose();
            Assert.Equal((0, true), (engine.Alive, engine.IsDisposed));
        }));

    static GenerationRequest AnyRequest(Random random, int[] beginning) => new()
    {
        Prompt = (int[])[.. beginning[..random.Next(1, beginning.Length + 1)], .. Enumerable.Range(0, random.Next(10)).Select(_ => random.Next(40))],
        MaxTokens = random.Next(8) == 0 ? null : random.Next(40),
        StopIds = random.Next(2) == 0 ? [] : [random.Next(40)],
        BoundaryIds = [3, 4],
        TopLogProbabilities = random.Next(4) == 0 ? random.Next(3) : null,
        Sampling = new()
        {
            Temperature = random.Next(3) * 0.5f,
            TopP = random.Next(2) == 0 ? 1 : 0.9f,
            FrequencyPenalty = random.Next(3) == 0 ? 0.5f : 0,
            RepetitionPenalty = random.Next(3) == 0 ? 1.2f : 1,
            Seed = random.Next(),
        },
    };

    /// <summary>Reads an answer, giving it up or cancelling it after so many ids where that is not negative.</summary>
    static async Task CompareAsync(BatchedGenerator generator, GenerationRequest request, int[] expected, int cancelAt)
    {
        using CancellationTokenSource cancellation = new();
        List<GeneratedToken> answer = [];
        try
        {
            await foreach (GeneratedToken token in generator.StreamAsync(request, cancellation.Token))
            {
                answer.Add(token);
                if (answer.Count == cancelAt && cancelAt % 2 == 0)
                    break;
                if (answer.Count == cancelAt)
                    await cancellation.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // as planned
        }
        if (cancelAt > 0 && cancelAt < expected.Length)
            expected = expected[..cancelAt];
        Assert.Equal(expected, answer.Select(token => token.Id));
        Assert.All(answer, token => Assert.Equal(request.TopLogProbabilities is not null, token.LogProbability is not null));
        Assert.All(answer, token => Assert.InRange(token.CachedPromptTokens, 0, request.Prompt.Length - 1));
        Assert.All(answer.SkipLast(1), token => Assert.Null(token.Finish));
    }

    [Fact]
    public async Task An_answer_goes_on_in_every_step_while_a_long_prompt_is_read()
    {
        FakeEngine engine = new(contextLength: 2000);
        using BatchedGenerator generator = new(engine, new() { PrefillChunk = 10 }, batch: 100);
        await using IAsyncEnumerator<GeneratedToken> shortOne = generator.StreamAsync(Greedy(Prompt, 150), TestEnd).GetAsyncEnumerator(TestEnd);
        Gate gate = new(engine, skip: 3);
        await shortOne.MoveNextAsync();
        await gate.Reached;
        Task<List<GeneratedToken>> longOne = All(generator, Greedy([.. Enumerable.Range(0, 500).Select(i => i % 40)], 1));
        await WaitingAsync(generator, 1);
        gate.Open();
        while (await shortOne.MoveNextAsync())
        {
            // read to the end
        }
        await longOne;
        int[][][] together = [.. engine.Batches.Where(batch => batch.Length == 2)];
        Assert.Equal(50, together.Length);
        Assert.All(together, batch => Assert.Equal([1, 10], batch.Select(part => part.Length)));
        Assert.Equal(150, engine.Batches.Count);
    }

    [Fact]
    public async Task Prompts_share_a_step_evenly_and_leave_over_what_they_do_not_need()
    {
        FakeEngine engine = new(contextLength: 2000);
        using BatchedGenerator generator = new(engine, new(), batch: 100);
        Gate gate = new(engine, skip: 0);
        Task first = All(generator, Greedy([1], 1));
        await gate.Reached;
        Task[] others = [.. Enumerable.Range(2, 3).Select(id => All(generator, Greedy([.. Enumerable.Repeat(id, id == 3 ? 20 : 300)], 1)))];
        await WaitingAsync(generator, 3);
        gate.Open();
        await Task.WhenAll([first, .. others]);
        Assert.Equal([20, 40, 40], engine.Batches[1].Select(part => part.Length));
        Assert.Equal([50, 50], engine.Batches[2].Select(part => part.Length));
    }

    [Fact]
    public async Task A_constraint_that_fails_ends_its_own_answer_only()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new());
        int[] expected = Plain(Greedy(Prompt, 60), null, 40, 200);
        Gate gate = new(engine, skip: 0);
        Task<int[]> good = Ids(generator, Greedy(Prompt, 60));
        await gate.Reached;
        Task<List<GeneratedToken>> atOnce = All(generator, Greedy([1, 2]) with { Constraint = new FailingConstraint(0) });
        List<int> seen = [];
        Task later = Task.Run(async () =>
        {
            await foreach (GeneratedToken token in generator.StreamAsync(Greedy([1, 2]) with { Constraint = new FailingConstraint(4) }, TestEnd))
                seen.Add(token.Id);
        }, TestEnd);
        await WaitingAsync(generator, 2);
        gate.Open();
        Assert.Equal("broken at 0", (await Assert.ThrowsAsync<InvalidOperationException>(() => atOnce)).Message);
        Assert.Equal("broken at 4", (await Assert.ThrowsAsync<InvalidOperationException>(() => later)).Message);
        Assert.Equal(Plain(Greedy([1, 2], 3), null, 40, 200), seen);
        Assert.Equal(expected, await good);
    }

    [Fact]
    public async Task An_engine_that_fails_ends_the_answers_of_that_step_and_works_on()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new());
        int runs = 0;
        engine.BeforeRun = _ =>
        {
            if (++runs == 3)
                throw new InvalidOperationException("out of order");
        };
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => All(generator, Greedy(Prompt)));
        Assert.Equal("out of order", error.Message);
        Assert.Equal(Plain(Greedy(Prompt), null, 40, 200), await Ids(generator, Greedy(Prompt)));
    }

    [Fact]
    public async Task More_requests_than_may_wait_are_refused()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new() { Parallel = 1, QueueLength = 2 });
        Gate gate = new(engine, skip: 0);
        Task<int[]> running = Ids(generator, Greedy(Prompt));
        await gate.Reached;
        using CancellationTokenSource cancellation = new();
        Task<int[]> waiting = Ids(generator, Greedy([4, 4]));
        Task<List<GeneratedToken>> impatient = All(generator, Greedy([5, 5]), cancellation.Token);
        QueueFullException error = await Assert.ThrowsAsync<QueueFullException>(() => All(generator, Greedy([6, 6])));
        Assert.Equal((1, 2), (error.Parallel, error.QueueLength));

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Task<int[]> instead = Ids(generator, Greedy([7, 7]));
        gate.Open();
        Assert.Equal(Plain(Greedy(Prompt), null, 40, 200), await running);
        Assert.Equal(Plain(Greedy([4, 4]), null, 40, 200), await waiting);
        Assert.Equal(Plain(Greedy([7, 7]), null, 40, 200), await instead);
    }

    [Fact]
    public async Task Cancelling_gives_up_a_pass_only_where_nobody_else_needs_it()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new());
        using CancellationTokenSource first = new(), second = new();
        CancellationToken pass = default;
        Gate gate = new(engine, skip: 1) { OnReached = token => pass = token };
        await using IAsyncEnumerator<GeneratedToken> one = generator.StreamAsync(Greedy(Prompt, null), first.Token).GetAsyncEnumerator(TestEnd);
        // Let both into one pass: the second is submitted while the first pass is held.
        Gate entry = new(engine, skip: 0) { Then = gate };
        Task<bool> started = one.MoveNextAsync().AsTask();
        await entry.Reached;
        Task<List<GeneratedToken>> two = All(generator, Greedy([1, 2, 3], null), second.Token);
        await WaitingAsync(generator, 1);
        entry.Open();
        Assert.True(await started);
        await gate.Reached;

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await one.MoveNextAsync());    // while the pass is still held
        Assert.False(pass.IsCancellationRequested);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        Assert.True(pass.IsCancellationRequested);
        gate.Open();
        Assert.Equal(Plain(Greedy(Prompt), null, 40, 200), await Ids(generator, Greedy(Prompt)));
    }

    [Fact]
    public async Task Disposing_ends_running_and_waiting_answers()
    {
        FakeEngine engine = new();
        BatchedGenerator generator = new(engine, new() { Parallel = 1 });
        Gate gate = new(engine, skip: 2);
        Task<int[]> running = Ids(generator, Greedy(Prompt)), waiting = Ids(generator, Greedy([1]));
        await gate.Reached;
        Task disposing = Task.Run(generator.Dispose, TestEnd);
        await gate.Cancelled;
        gate.Open();
        await disposing;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Ids(generator, Greedy([1])));
        Assert.Equal((0, true), (engine.Alive, engine.IsDisposed));
        generator.Dispose();
    }

    [Fact]
    public async Task A_constraint_may_dispose_of_the_generator_that_asks_it()
    {
        FakeEngine engine = new();
        BatchedGenerator generator = new(engine, new());
        FakeSteps disposing = new((_, _, _) =>
        {
            generator.Dispose();
            return ConstraintStep.Free;
        });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Ids(generator, Greedy(Prompt) with { Constraint = disposing }));
    }

    [Fact]
    public async Task An_answer_that_nobody_reads_holds_up_no_other()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new() { Parallel = 1 });
        await using IAsyncEnumerator<GeneratedToken> unread = generator.StreamAsync(Greedy(Prompt, null), TestEnd).GetAsyncEnumerator(TestEnd);
        Assert.True(await unread.MoveNextAsync());
        Assert.Equal(Plain(Greedy([1, 2]), null, 40, 200), await Ids(generator, Greedy([1, 2])));
        List<GeneratedToken> rest = [];
        while (await unread.MoveNextAsync())
            rest.Add(unread.Current);
        Assert.Equal(200 - Prompt.Length - 1, rest.Count);
        Assert.Equal(FinishReason.ContextLength, rest[^1].Finish);
    }

    [Fact]
    public async Task The_longest_beginning_that_is_kept_is_used()
    {
        using BatchedGenerator generator = new(new FakeEngine(), new());
        int[] system = [.. Enumerable.Range(0, 20)];
        await Ids(generator, Greedy([.. system, 30, 31, 32], 1));
        await Ids(generator, Greedy([.. system, 33, 34], 1));
        List<GeneratedToken> answer = await All(generator, Greedy([.. system, 30, 31, 35], 1));
        Assert.Equal(22, answer[0].CachedPromptTokens);
        Assert.Equal(20, (await All(generator, Greedy([.. system, 36], 1)))[0].CachedPromptTokens);
        GeneratorStatistics statistics = generator.Statistics;
        Assert.Equal((3L, 62L, 23L + 22 + 23 + 21), (statistics.CacheHits, statistics.CachedPromptTokens, statistics.PromptTokens));
    }

    [Fact]
    public async Task A_beginning_that_others_may_want_is_copied_and_a_sequence_that_goes_on_is_taken_over()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new());
        int[] system = [.. Enumerable.Range(0, 20)];
        await Ids(generator, Greedy([.. system, .. Enumerable.Repeat(39, 30)], 1));
        await Ids(generator, Greedy([.. system, 36], 1));
        Assert.Equal(2, generator.Statistics.IdleSequences);
        Assert.Equal(49, (await All(generator, Greedy([.. system, .. Enumerable.Repeat(39, 30)], 1)))[0].CachedPromptTokens);
        Assert.Equal(2, generator.Statistics.IdleSequences);
    }

    [Fact]
    public async Task The_beginning_of_an_answer_in_the_making_is_copied()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new());
        Gate gate = new(engine, skip: 1);
        Task<int[]> first = Ids(generator, Greedy(Prompt, 30));
        await gate.Reached;
        Task<List<GeneratedToken>> second = All(generator, Greedy(Prompt, 30));
        await WaitingAsync(generator, 1);
        gate.Open();
        Assert.Equal(Plain(Greedy(Prompt, 30), null, 40, 200), (await second).Select(token => token.Id));
        Assert.Equal(Prompt.Length - 1, (await second)[0].CachedPromptTokens);
        Assert.Equal(await first, (await second).Select(token => token.Id));
    }

    [Fact]
    public async Task A_beginning_that_several_prompts_share_is_read_once_when_they_come_together()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new() { Parallel = 5 }, batch: 50);
        Gate gate = new(engine, skip: 0);
        Task<int[]> first = Ids(generator, Greedy([39], 1));
        await gate.Reached;
        int[] shared = [.. Enumerable.Range(0, 120).Select(i => i * 7 % 40)];
        Task<int[]>[] others = [.. Enumerable.Range(0, 4).Select(i => Ids(generator, Greedy([.. shared, .. Enumerable.Repeat(i, 20)], i == 0 ? 1 : 5)))];
        await WaitingAsync(generator, 4);
        gate.Open();
        await first;
        for (int i = 0; i < 4; i++)
            Assert.Equal(Plain(Greedy([.. shared, .. Enumerable.Repeat(i, 20)], i == 0 ? 1 : 5), null, 40, 200), await others[i]);
        Assert.Equal(120L * 3, generator.Statistics.CachedPromptTokens);
        Assert.Equal(1 + 120 + (4 * 20) + (3 * 4), engine.Batches.Sum(batch => batch.Sum(part => part.Length)));
    }

    [Fact]
    public void A_step_allocates_next_to_nothing()
    {
        using GptOssModel model = GptOssModel.Open(TestKit.TestData.ModelPath("gpt-oss-nano.gguf"), new() { Threads = 1 });
        GeneratorOptions options = new() { Parallel = 2 };
        using GptOssEngine engine = new(model, 2048, BatchedGenerator.LargestBatch(options), ownsModel: false);
        using Scheduler scheduler = new(engine, options, BatchedGenerator.DefaultBatch);
        foreach (int seed in (int[])[1, 2])
            scheduler.Admit(new(new() { Prompt = (int[])[100, 200, 300], Sampling = new() { Seed = seed, TopP = 0.9f, RepetitionPenalty = 1.1f } }, engine, options));
        int running = 0;
        long Steps(int count)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                scheduler.Step(TestEnd);
                scheduler.Publish();
                running += scheduler.Statistics.Running;
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Steps(100);
        long bytes = Steps(200);
        Assert.Equal(600, running);
        Assert.True(bytes <= 200 * 250, $"{bytes} bytes in 200 steps");    // what grows with an answer: its ids, its queue, the pages of its cache
    }

    [Fact]
    public async Task The_longest_unused_sequences_make_room()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new() { CacheBytes = 450 });    // 45 ids
        await Ids(generator, Greedy([.. Enumerable.Repeat(1, 20)], 1));
        await Ids(generator, Greedy([.. Enumerable.Repeat(2, 20)], 1));
        await Ids(generator, Greedy([.. Enumerable.Repeat(1, 20)], 1));
        await Ids(generator, Greedy([.. Enumerable.Repeat(3, 20)], 1));    // the twos go
        Assert.Equal((2, 1L), (generator.Statistics.IdleSequences, generator.Statistics.CacheEvictions));
        Assert.Equal(19, (await All(generator, Greedy([.. Enumerable.Repeat(1, 20)], 1)))[0].CachedPromptTokens);
        Assert.Equal(0, (await All(generator, Greedy([.. Enumerable.Repeat(2, 20)], 1)))[0].CachedPromptTokens);
    }

    [Fact]
    public async Task A_boundary_is_a_way_back_that_stays()
    {
        const int End = 3;
        int[] prompt = [1, 1, End, .. Enumerable.Repeat(7, 20), End, 9];
        int[] next = [.. prompt[..^1], 8, 8, 8];
        async Task<int> CachedAsync(IReadOnlyList<int> boundaries)
        {
            using BatchedGenerator generator = new(new FakeEngine { Rollback = 5 }, new());
            await Ids(generator, Greedy(prompt, 30) with { BoundaryIds = boundaries });
            List<GeneratedToken> answer = await All(generator, Greedy(next, 30));
            Assert.Equal(Plain(Greedy(next, 30), null, 40, 200), answer.Select(token => token.Id));
            return answer[0].CachedPromptTokens;
        }
        Assert.Equal(prompt.Length - 1, await CachedAsync([End]));
        Assert.Equal(0, await CachedAsync([]));
    }

    [Fact]
    public async Task Guesses_save_passes_and_change_nothing()
    {
        // Each id follows from the one before, so that text repeats itself.
        GenerationRequest request = Greedy([1, 4, 13, 0, 1, 4], 100) with { Sampling = SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [39] = -100 } } };
        int[] expected = Plain(request, null, 40, 200);
        FakeEngine plain = new(), guessing = new();
        using BatchedGenerator without = new(plain, new() { MaxDraft = 0 }), with = new(guessing, new() { MaxDraft = 6 });
        Assert.Equal(expected, await Ids(without, request));
        Assert.Equal(expected, await Ids(with, request));
        Assert.Equal(100, plain.Batches.Count);
        Assert.Equal(100 - with.Statistics.AcceptedTokens, guessing.Batches.Count);
        Assert.True(guessing.Batches.Count < 60, $"{guessing.Batches.Count} passes");
        Assert.Equal(0, without.Statistics.ProposedTokens);
    }

    [Fact]
    public async Task Forced_ids_go_through_in_one_pass_and_a_few_allowed_ones_take_only_their_logits()
    {
        FakeEngine engine = new();
        using BatchedGenerator generator = new(engine, new() { SelectedLogits = 4 });
        // One free, then eight forced, then among three, then among five, then one alone.
        FakeSteps constraint = new((accepted, allowed, forced) =>
        {
            switch (accepted.Count)
            {
                case 1:
                    foreach (int id in Enumerable.Range(10, 8))
                        forced.Add(id);
                    return ConstraintStep.Forced;
                case 9 or 10 or 11:
                    allowed[0] = accepted.Count == 9 ? 0b1110000UL : accepted.Count == 10 ? 0b11111UL : 0b100UL;
                    return ConstraintStep.Masked;
                default:
                    return ConstraintStep.Free;
            }
        });
        int[] ids = await Ids(generator, Greedy(Prompt, 13) with { Constraint = constraint });
        Assert.Equal(Enumerable.Range(10, 8), ids[1..9]);
        Assert.InRange(ids[9], 4, 6);
        Assert.Equal(2, ids[11]);
        Assert.Equal([7, 9, 1, 2], engine.Batches.Select(batch => batch[0].Length));
        Assert.Equal((1, 3), (engine.Selected, engine.LogitRows));
        Assert.Equal((9L, 1L), (generator.Statistics.ForcedTokens, generator.Statistics.SelectedTokens));

        engine.Batches.Clear();
        FakeSteps eight = new((accepted, _, forced) =>
        {
            if (accepted.Count != 1)
                return ConstraintStep.Free;
            foreach (int id in Enumerable.Range(10, 8))
                forced.Add(id);
            return ConstraintStep.Forced;
        });
        List<GeneratedToken> known = await All(generator, Greedy([9, 9, 9], 13) with { TopLogProbabilities = 1, Constraint = eight });
        Assert.Equal(Enumerable.Range(10, 8), known.Select(token => token.Id).Skip(1).Take(8));
        Assert.Equal([3, 9, 1, 1], engine.Batches.Select(batch => batch[0].Length).Take(4));
        Assert.All(known, token => Assert.True(token.LogProbability <= 0));
    }

    [Fact]
    public void Options_are_checked_where_they_are_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Parallel", () => new GeneratorOptions { Parallel = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("QueueLength", () => new GeneratorOptions { QueueLength = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("PrefillChunk", () => new GeneratorOptions { PrefillChunk = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("CacheBytes", () => new GeneratorOptions { CacheBytes = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("MaxDraft", () => new GeneratorOptions { MaxDraft = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("SelectedLogits", () => new GeneratorOptions { SelectedLogits = -1 });
    }

    /// <summary>Waits, by looking, until so many requests wait: being queued gives no signal of its own.</summary>
    static async Task WaitingAsync(BatchedGenerator generator, int count)
    {
        while (generator.Statistics.Waiting < count)
            await Task.Yield();
        TestEnd.ThrowIfCancellationRequested();
    }

    /// <summary>Holds the engine before one of its passes.</summary>
    sealed class Gate
    {
        readonly FakeEngine _engine;
        readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _open = new();
        int _skip;

        public Gate(FakeEngine engine, int skip)
        {
            (_engine, _skip) = (engine, skip);
            engine.BeforeRun = Hold;
        }

        public Task Reached => _reached.Task;

        public Task Cancelled => _cancelled.Task;

        public Action<CancellationToken>? OnReached { get; init; }

        /// <summary>What holds the engine after this one.</summary>
        public Gate? Then { get; init; }

        public void Open() => _open.SetResult();

        void Hold(CancellationToken cancellationToken)
        {
            if (_skip-- > 0)
                return;
            _engine.BeforeRun = Then is null ? null : Then.Hold;
            OnReached?.Invoke(cancellationToken);
            using CancellationTokenRegistration registration = cancellationToken.Register(() => _cancelled.TrySetResult());
            _reached.TrySetResult();
            _open.Task.Wait(TestEnd);
        }
    }

    delegate ConstraintStep Answer(List<int> accepted, Span<ulong> allowed, IList<int> forced);

    sealed class FakeSteps(Answer answer) : ITokenConstraint
    {
        readonly List<int> _accepted = [];

        public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced) => answer(_accepted, allowed, forced);

        public void Accept(int id) => _accepted.Add(id);
    }

    sealed class FailingConstraint(int at) : ITokenConstraint
    {
        int _accepted;

        public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced) =>
            _accepted == at ? throw new InvalidOperationException($"broken at {at}") : ConstraintStep.Free;

        public void Accept(int id) => _accepted++;
    }

    /// <summary>Anything a constraint may say, by the ids accepted so far.</summary>
    sealed class RandomConstraint(int seed, int vocab) : ITokenConstraint
    {
        int _state = seed;

        public ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced)
        {
            Random random = new(_state);
            switch (random.Next(8))
            {
                case 0:
                    for (int i = random.Next(1, 12); i > 0; i--)
                        forced.Add(random.Next(vocab));
                    return ConstraintStep.Forced;
                case 1 or 2 or 3:
                    allowed.Clear();
                    for (int i = random.Next(1, 25); i > 0; i--)
                        allowed[0] |= 1UL << random.Next(vocab);
                    return ConstraintStep.Masked;
                case 4:
                    return random.Next(6) == 0 ? ConstraintStep.End : ConstraintStep.Free;
                default:
                    return ConstraintStep.Free;
            }
        }

        public void Accept(int id) => _state = unchecked((_state * 31) + id);
    }
}
