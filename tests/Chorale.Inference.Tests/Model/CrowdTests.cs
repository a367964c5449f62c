using Chorale.Kernels;

namespace Chorale.Inference.Tests;

/// <summary>Several sequences in one batch: each gets what it gets alone.</summary>
public sealed class CrowdTests
{
    static readonly int[] Ids = [.. Enumerable.Range(0, 200).Select(i => (i * 37) % 512)];

    [Theory]
    [InlineData("pub-a.gguf")]
    [InlineData("pub-c.gguf")]
    [InlineData("pub-d.q8.gguf")]
    public void A_crowd_gives_each_sequence_the_logits_that_it_has_alone(string file)
    {
        using GptOssModel model = GoldenModel.Open(file);
        const int Sequences = 5, Batch = 32;
        Random random = new(3);
        List<List<float[]>> alone = [.. Enumerable.Range(0, Sequences).Select(s => Alone(model, IdsOf(s)))];

        using ForwardState state = new(model.Config, Batch, model.Pool);
        KvCache[] caches = [.. Enumerable.Range(0, Sequences).Select(_ => new KvCache(model.Config, 256, Batch, rollback: 0))];
        int seen = 0;
        while (Array.Exists(caches, cache => cache.Position < 120))
        {
            // Some decode one id, some read a piece of their prompt, some rest, in another order each time.
            List<SequenceSpan> spans = [];
            List<int> ids = [], rows = [], whose = [];
            foreach (int s in Enumerable.Range(0, Sequences).Where(s => caches[s].Position < 120).OrderBy(_ => random.Next()))
            {
                int count = Math.Min(Math.Min(random.Next(3) == 0 ? random.Next(2, 20) : 1, 120 - caches[s].Position), Batch - ids.Count);
                if (count == 0 || (spans.Count > 0 && random.Next(4) == 0))
                    continue;
                spans.Add(new(caches[s], ids.Count, count));
                ids.AddRange(IdsOf(s).Slice(caches[s].Position, count));
                rows.Add(ids.Count - 1);
                whose.Add(s);
            }
            model.Pass.Run([.. ids], [.. spans], state, TestContext.Current.CancellationToken);
            ReadOnlySpan<float> logits = model.Pass.Logits([.. rows], state);
            for (int i = 0; i < rows.Count; i++)
                Near(alone[whose[i]][caches[whose[i]].Position - 1], logits.Slice(i * model.Config.VocabSize, model.Config.VocabSize));
            seen += rows.Count;
        }
        Assert.True(seen > 2 * Sequences);
        Array.ForEach(caches, cache => cache.Dispose());
    }

    [Fact]
    public void The_logits_of_a_few_ids_are_those_of_all()
    {
        using GptOssModel model = GoldenModel.Open("pub-c.gguf");
        using ForwardState state = new(model.Config, 8, model.Pool);
        using KvCache cache = new(model.Config, 64, 8, 0);
        model.Pass.Run(Ids.AsSpan(0, 8), [new(cache, 0, 8)], state, default);
        int[] few = [1023, 0, 5, 6, 7, 500, 5];
        float[] all = model.Pass.Logits([6], state).ToArray(), selected = new float[few.Length];
        model.Pass.LogitsSelected(6, few, selected, state);
        Near([.. few.Select(id => all[id])], selected);
    }

    [Fact]
    public void Spans_that_are_not_the_rows_of_the_batch_are_refused()
    {
        using GptOssModel model = GoldenModel.Open("pub-a.gguf");
        using ForwardState state = new(model.Config, 8, model.Pool);
        using KvCache one = new(model.Config, 64, 8, 0), other = new(model.Config, 64, 8, 0);
        void Refused(int tokens, params SequenceSpan[] spans) =>
            Assert.ThrowsAny<ArgumentException>(() => model.Pass.Run(Ids.AsSpan(0, tokens), spans, state, default));
        Refused(3, new SequenceSpan(one, 0, 2));
        Refused(3, new SequenceSpan(one, 0, 2), new(other, 1, 1));
        Refused(3, new SequenceSpan(one, 0, 2), new(one, 2, 1));
        Refused(2, new SequenceSpan(one, 0, 2), new(other, 2, 0));
        Refused(9, new SequenceSpan(one, 0, 9));
        Refused(0);
        Assert.ThrowsAny<ArgumentException>(() => model.Pass.Logits(new int[9], state));
        Assert.Equal((0, 0), (one.Position, other.Position));
    }

    static List<int> IdsOf(int sequence) => [.. Ids.Skip(7 * sequence).Take(120)];

    static List<float[]> Alone(GptOssModel model, List<int> ids)
    {
        using GptOssSession session = model.CreateSession();
        List<float[]> logits = [];
        session.ForwardEach([.. ids], (_, row) => logits.Add(row.ToArray()));
        return logits;
    }

    static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-4, $"logit {i}: {actual[i]}, expected {expected[i]}.");
    }
}
