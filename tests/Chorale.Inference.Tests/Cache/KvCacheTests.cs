namespace Chorale.Inference.Tests;

/// <summary>Going back, snapshots and forks, for every way to keep numbers: whatever came before, what follows is what a fresh sequence gives, bit for bit.</summary>
public sealed class KvCacheTests : IDisposable
{
    const int Batch = 5, Page = 32, Context = 512;

    readonly GptOssModel _model = GoldenModel.Open("pub-a.gguf");    // a window of 8: with batches of 5 its ring is one page of 32
    readonly ForwardState _state;

    public KvCacheTests() => _state = new(_model.Config, Batch, _model.Pool);

    public static IEnumerable<TheoryDataRow<KeyValueType>> Types => Enum.GetValues<KeyValueType>().Select(type => new TheoryDataRow<KeyValueType>(type));

    [Theory, MemberData(nameof(Types))]
    public void Any_number_of_ways_back_through_rings_and_snapshots_leave_the_sequence_right(KeyValueType type)
    {
        Random random = new(17);
        using KvCache cache = New(type);
        List<int[]> batches = [];                              // what the cache holds, as it was computed
        int back = 0, toSnapshot = 0, refused = 0;
        for (int step = 0; step < 400; step++)
        {
            int[] places = [.. Places(batches)];
            int action = random.Next(10);
            if (action == 0 && batches.Count > 0)
            {
                int place = places[Math.Max(0, places.Length - 1 - random.Next(10))];
                Assert.Equal(cache.LastReachable(place) == place, cache.TrySnapshot(place));
            }
            else if (action == 1 && batches.Count > 3)
            {
                // Some ways back are short, some lead anywhere, some to a snapshot.
                int[] kept = [.. cache.Snapshots];
                int at = random.Next(3) == 0 ? random.Next(batches.Count) : Math.Max(0, batches.Count - random.Next(8)), end = cache.Position;
                if (kept.Length > 0 && random.Next(2) == 0)
                    at = Array.IndexOf(places, kept[random.Next(kept.Length)]);
                int place = places[at];
                bool wasSnapshot = cache.Snapshots.Contains(place), reachable = cache.LastReachable(place) == place;
                Assert.Equal(reachable, cache.TryTruncate(place));
                Assert.Equal(reachable ? place : end, cache.Position);
                Assert.DoesNotContain(cache.Snapshots, snapshot => snapshot > cache.Position);
                if (reachable)
                    batches.RemoveRange(at, batches.Count - at);
                back += reachable ? 1 : 0;
                refused += reachable ? 0 : 1;
                toSnapshot += wasSnapshot && end - place > 32 ? 1 : 0;
            }
            else if (cache.Position + Batch <= 200)
            {
                int[] ids = [.. Enumerable.Range(0, random.Next(1, Batch + 1)).Select(_ => random.Next(512))];
                batches.Add(ids);
                float[] logits = Forward(cache, ids);
                if (step % 5 == 0)
                    Assert.Equal(FromScratch(type, batches), logits);
            }
            else
            {
                cache.TryTruncate(0);
                Assert.Equal(0, cache.ByteCount);
                batches.Clear();
            }
        }
        Assert.True(back > 10 && refused > 3 && toSnapshot > 2, $"{back} ways back, {toSnapshot} of them only by a snapshot, {refused} refused.");
    }

    [Theory, MemberData(nameof(Types))]
    public void A_fork_and_its_source_go_on_apart_and_neither_sees_the_other(KeyValueType type)
    {
        Random random = new(23);
        int[][] batches = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 1 + (i % Batch)).Select(_ => random.Next(512)).ToArray())];
        foreach (int from in new[] { 1, 3, 17, 39, 40 })    // early places by a snapshot, the last two out of the ring
        {
            KvCache source = New(type);
            using KvCache fork = new(_model.Config, Context, Batch, rollback: 100, type, Page);    // another length of ring
            Forward(fork, [1, 2, 3]);
            for (int i = 0; i < batches.Length; i++)
            {
                Forward(source, batches[i]);
                if (i + 1 == from)
                    Assert.True(source.TrySnapshot(source.Position));
            }
            int place = batches.Take(from).Sum(b => b.Length);
            Assert.True(fork.TryFork(source, place));
            Assert.Equal(place, fork.Position);

            int[] one = [7, 8, 9], other = [100, 101];
            Assert.Equal(FromScratch(type, [.. batches.Take(from), other]), Forward(fork, other));
            Assert.Equal(FromScratch(type, [.. batches, one]), Forward(source, one));
            Assert.True(source.TryTruncate(place));
            Assert.Equal(FromScratch(type, [.. batches.Take(from), one]), Forward(source, one));
            source.Dispose();
            Assert.Equal(FromScratch(type, [.. batches.Take(from), other, one]), Forward(fork, one));
        }
    }

    [Fact]
    public void A_fork_where_the_source_has_lost_its_window_is_refused_and_changes_nothing()
    {
        using KvCache source = New(KeyValueType.F32), fork = New(KeyValueType.F32);
        for (int i = 0; i < 30; i++)
            Forward(source, [1, 2, 3, 4, 5]);
        Forward(fork, [1, 2]);
        Assert.False(fork.TryFork(source, 60));
        Assert.Equal(2, fork.Position);
        Assert.True(fork.TryFork(source, 0));
        Assert.Equal((0, 0L), (fork.Position, fork.ByteCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => fork.TryFork(source, 151));
        Assert.Throws<ArgumentException>(() => fork.TryFork(fork, 0));
        using KvCache half = New(KeyValueType.F16);
        Assert.Throws<ArgumentException>(() => fork.TryFork(half, 0));
    }

    [Fact]
    public void A_window_can_be_kept_for_every_place_in_the_batch_just_done()
    {
        using KvCache cache = New(KeyValueType.F16);
        for (int i = 0; i < 30; i++)
        {
            int start = cache.Position;
            Forward(cache, [1, 2, 3, 4, 5]);
            for (int place = start; place <= cache.Position; place++)
                Assert.True(cache.TrySnapshot(place));
        }
        Assert.Equal(Enumerable.Range(1, 150), cache.Snapshots);
        Assert.True(cache.TryTruncate(33));
        Assert.Equal(Enumerable.Range(1, 33), cache.Snapshots);
        Assert.True(cache.DropSnapshot(20));
        Assert.False(cache.DropSnapshot(20));
        Assert.Equal(19, cache.LastReachable(20));
    }

    [Theory]
    [InlineData(KeyValueType.F32, 4.0)]
    [InlineData(KeyValueType.F16, 2.0)]
    [InlineData(KeyValueType.Q8, 1.125)]    // with heads of 32; 1.0625 with 64
    public void All_bytes_are_accounted_for(KeyValueType type, double bytesOfNumber)
    {
        using KvCache cache = New(type), fork = New(type);
        long page = (long)(Page * 2 * 2 * 32 * bytesOfNumber);    // keys and values of two heads of 32
        for (int i = 0; i < 20; i++)
            Forward(cache, [1, 2, 3, 4, 5]);
        Assert.Equal((4 + 1) * page, cache.ByteCount);            // a full layer of 100 positions and a ring of one page
        Assert.Equal(cache.ByteCount, cache.ByteCountOf(100));
        Assert.True(cache.TrySnapshot(96));
        Assert.Equal(page, cache.SnapshotByteCount);              // the window of 8 lies in one block of 32
        Assert.True(cache.TrySnapshot(100));
        Assert.Equal((1 + 2) * page, cache.SnapshotByteCount);    // or in two
        Assert.True(cache.DropSnapshot(100));
        Assert.Equal((4 + 1 + 1) * page, cache.ByteCount);

        Assert.True(fork.TryFork(cache, 100));
        Assert.Equal((4 + 1 + 1 + 1) * page, cache.ByteCount + fork.ByteCount);     // one ring more, and the pages shared
        Forward(fork, [1]);
        Assert.Equal((4 + 1 + 1 + 1 + 1) * page, cache.ByteCount + fork.ByteCount); // the last page is now the fork's own
        cache.Clear();
        Assert.Equal(((4 + 1) * page, 0), (fork.ByteCount, cache.ByteCount));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using KvCache cache = new(_model.Config, contextLength: 10, Batch, rollback: 0, page: Page);
        Forward(cache, [1, 2, 3, 4, 5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Reserve(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.TryTruncate(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.TryTruncate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.TrySnapshot(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KvCache(_model.Config, 10, Batch, 0, (KeyValueType)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GptOssOptions { KeyValueType = (KeyValueType)9 });
    }

    [Theory]
    [InlineData(KeyValueType.F16, 0.003, 0.03)]
    [InlineData(KeyValueType.Q8, 0.05, 0.2)]
    public void Rounded_keys_and_values_move_logits_by_no_more_than_their_rounding(KeyValueType type, double median, double last)
    {
        foreach ((string file, GoldenModel golden) in GoldenModel.All().Where(g => !g.File.Contains(".f", StringComparison.Ordinal)))
        {
            using GptOssModel model = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), new() { Threads = 2, KeyValueType = type });
            foreach (GoldenSequence sequence in golden.Sequences)
            {
                using GptOssSession session = model.CreateSession();
                List<double> apart = [];
                double[] worst = [];
                session.ForwardEach(sequence.Tokens, (i, logits) =>
                {
                    apart.Add(Math.Abs(logits[sequence.PerPosition.Argmax[i]] - sequence.PerPosition.MaxLogit[i]));
                    worst = [.. logits.ToArray().Zip(sequence.LastLogits, (actual, expected) => Math.Abs(actual - expected))];
                });
                apart.Sort();
                Assert.True(apart[apart.Count / 2] <= median, $"{file}, {sequence.Tokens.Length} tokens: median {apart[apart.Count / 2]:g3}.");
                Assert.True(worst.Max() <= last, $"{file}, {sequence.Tokens.Length} tokens: last position {worst.Max():g3}.");
            }
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _model.Dispose();
    }

    KvCache New(KeyValueType type) => new(_model.Config, Context, Batch, rollback: 0, type, Page);

    float[] Forward(KvCache cache, int[] ids)
    {
        _model.Pass.Run(ids, [new(cache, 0, ids.Length)], _state, default);
        return _model.Pass.Logits([ids.Length - 1], _state).ToArray();
    }

    float[] FromScratch(KeyValueType type, List<int[]> batches)
    {
        using KvCache cache = new(_model.Config, Context, Batch, rollback: Context, type);
        float[] logits = [];
        foreach (int[] ids in batches)
            logits = Forward(cache, ids);
        return logits;
    }

    /// <summary>Where each batch begins, and where the last one ends.</summary>
    static IEnumerable<int> Places(List<int[]> batches)
    {
        int at = 0;
        foreach (int[] ids in batches)
        {
            yield return at;
            at += ids.Length;
        }
        yield return at;
    }
}
