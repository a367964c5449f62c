using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>Sessions: going back, aborted batches, memory, refusals.</summary>
public sealed class SequenceTests
{
    static readonly int[] Ids = [.. Enumerable.Range(0, 120).Select(i => (i * 37) % 512)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(100)]
    public void After_going_back_the_same_ids_give_the_same_logits(int position)
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using GptOssSession straight = model.CreateSession(), back = model.CreateSession();
        straight.Forward(Ids.AsSpan(0, position + 5));
        float[] expected = straight.Forward(Ids.AsSpan(position + 5, 1)).ToArray();

        back.Forward(Ids);
        Assert.True(back.TryTruncate(position));
        back.Forward(Ids.AsSpan(position, 5));
        Near(expected, back.Forward(Ids.AsSpan(position + 5, 1)));
    }

    [Fact]
    public void Going_back_past_what_a_sliding_layer_holds_is_refused_and_changes_nothing()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");    // a window of 8
        using GptOssSession session = new(model, contextLength: 256, batch: 4, rollback: 20, page: 32);
        session.Forward(Ids);
        Assert.False(session.TryTruncate(60));
        Assert.Equal(Ids.Length, session.Position);
        Assert.True(session.TryTruncate(100));
        Assert.False(session.TryTruncate(60));
        Assert.True(session.TryTruncate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.TryTruncate(1));
    }

    [Fact]
    public void Every_way_back_that_is_allowed_gives_the_right_logits()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using GptOssSession fresh = model.CreateSession();
        List<float[]> expected = [];
        fresh.ForwardEach(Ids, (_, logits) => expected.Add(logits.ToArray()));

        using GptOssSession session = new(model, contextLength: 256, batch: 5, rollback: 0, page: 32);
        Random random = new(11);
        int allowed = 0;
        for (int i = 0; i < 200; i++)
        {
            if (session.Position > 0 && random.Next(3) == 0)
                allowed += session.TryTruncate(Math.Max(1, session.Position - random.Next(60))) ? 1 : 0;
            int count = Math.Min(random.Next(1, 12), Ids.Length - session.Position);
            if (count == 0)
            {
                session.TryTruncate(0);
                continue;
            }
            float[] logits = session.Forward(Ids.AsSpan(session.Position, count)).ToArray();
            Near(expected[session.Position - 1], logits);
        }
        Assert.True(allowed > 10);
    }

    [Fact]
    public void A_cancelled_batch_leaves_the_sequence_as_it_was()
    {
        using GptOssModel model = GoldenModel.Open("pub-c.gguf");
        using GptOssSession session = new(model, contextLength: 256, batch: 16, rollback: 0, page: 32), fresh = model.CreateSession();
        session.Forward(Ids.AsSpan(0, 70));
        using CancellationTokenSource cancelled = new();
        session.Trace = new CancelAtLayer(cancelled, last: 2);
        Assert.Throws<OperationCanceledException>(() => session.Forward(Ids.AsSpan(70, 16), cancelled.Token));
        Assert.Equal(70, session.Position);
        session.Trace = null;
        fresh.Forward(Ids.AsSpan(0, 71));
        Near(fresh.Forward(Ids.AsSpan(71, 1)).ToArray(), Then(session, Ids.AsSpan(70, 2)));
    }

    [Fact]
    public void The_cache_of_sliding_layers_is_bounded_and_that_of_full_layers_grows()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");    // 2 layers, 2 heads of 32, a window of 8
        using GptOssSession session = new(model, contextLength: 2048, batch: 32, rollback: 24, page: 32);
        const int BytesAPosition = 2 * sizeof(float) * 2 * 32;
        Assert.Equal(0, session.CacheByteCount);
        session.Forward([1]);
        Assert.Equal(BytesAPosition * (32 + 32), session.CacheByteCount);
        session.Forward([.. Enumerable.Repeat(3, 300)]);
        Assert.Equal(BytesAPosition * (64 + 320), session.CacheByteCount);
        session.Forward([.. Enumerable.Repeat(3, 1700)]);
        Assert.Equal(BytesAPosition * (64 + 2016), session.CacheByteCount);
        Assert.True(session.TryTruncate(1990));
        Assert.Equal(BytesAPosition * (64 + 2016), session.CacheByteCount);
        Assert.True(session.TryTruncate(0));
        Assert.Equal(0, session.CacheByteCount);
    }

    [Fact]
    public void Ids_that_do_not_fit_or_do_not_exist_are_refused_and_nothing_is_appended()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using GptOssSession session = new(model, contextLength: 10);
        TokenOutOfRangeException error = Assert.Throws<TokenOutOfRangeException>(() => session.Forward([1, 2, 512]));
        Assert.Equal("Id 512 at index 2 is outside the vocabulary of 512 ids (0 to 511).", error.Message);
        Assert.Equal((512, 2, 512), (error.Id, error.Index, error.VocabularySize));
        Assert.StartsWith("Id 4294967295 at index 0", Assert.Throws<TokenOutOfRangeException>(() => session.Forward([-1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Forward([]));
        Assert.Throws<ArgumentException>(() => session.Forward(new int[11]));
        Assert.Equal(0, session.Position);
        session.Forward(new int[10]);
        Assert.Throws<ArgumentException>(() => session.Forward([1]));
    }

    [Fact]
    public void A_disposed_session_or_model_refuses()
    {
        GptOssModel model = GoldenModel.Open("pub-a.gguf");
        GptOssSession session = model.CreateSession(), other = model.CreateSession();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Forward([1]));
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => other.Forward([1]));
        Assert.Throws<ObjectDisposedException>(model.CreateSession);
        other.Dispose();
    }

    [Fact]
    public void A_token_allocates_nothing()
    {
        using GptOssModel model = GptOssModel.Open(TestData.ModelPath("gpt-oss-nano.gguf"), new() { Threads = 1 });
        using GptOssSession session = model.CreateSession();
        int[] one = [100];
        for (int i = 0; i < 4; i++)
            session.Forward(one, TestContext.Current.CancellationToken);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            session.Forward(one);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_context_is_what_the_file_says_but_no_more_than_8192_unless_asked()
    {
        using GptOssModel asked = GptOssModel.Open(TestData.PathOf("model/pub-a.gguf"), new() { ContextLength = 100 });
        using GptOssSession session = asked.CreateSession();
        Assert.Equal(100, session.ContextLength);
        using GptOssModel nano = GptOssModel.Open(TestData.ModelPath("gpt-oss-nano.gguf"));
        using GptOssSession whole = nano.CreateSession();
        Assert.Equal(4096, whole.ContextLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => GptOssModel.Open(TestData.ModelPath("gpt-oss-nano.gguf"), new() { ContextLength = 4097 }));
    }

    static float[] Then(GptOssSession session, ReadOnlySpan<int> ids) => session.Forward(ids).ToArray();

    static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-3, $"logit {i}: {actual[i]}, expected {expected[i]}.");
    }

    sealed class CancelAtLayer(CancellationTokenSource source, int last) : IForwardTrace
    {
        public void Embedded(int position, ReadOnlySpan<float> residual)
        {
            // Only the layers matter here.
        }

        public void Attended(int layer, int position, ReadOnlySpan<float> query, Kernels.LayerKeyValues cache, ReadOnlySpan<float> sinks, int window, ReadOnlySpan<float> residual)
        {
            if (layer == last)
                source.Cancel();
        }

        public void Mixed(int layer, int position, ReadOnlySpan<float> routerLogits, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights, ReadOnlySpan<float> residual)
        {
            // Only attention matters here.
        }
    }
}
