namespace Chorale.Inference.Tests;

/// <summary>The forward pass against float64 results of OpenAI's reference, for every GGUF file of <c>testdata/model</c>.</summary>
public sealed class ForwardGoldenTests
{
    const double Tolerance = 1e-3;    // of a logit; float32 gives 1e-6 to 6e-5

    static readonly Dictionary<string, GoldenModel> Goldens = GoldenModel.All().ToDictionary(g => g.File, g => g.Golden, StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Files => Goldens.Keys.Select(file => new TheoryDataRow<string>(file));

    [Fact]
    public void There_is_a_golden_for_each_model_file_in_the_folder()
    {
        string[] files = [.. Directory.GetFiles(TestKit.TestData.PathOf("model"), "*.gguf").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.All(files, file => Assert.Contains(file, Goldens));
        Assert.NotEmpty(files);
    }

    [Theory, MemberData(nameof(Files))]
    public void A_whole_sequence_in_one_batch_gives_the_recorded_logits(string file) => Compare(file, sequence => [sequence.Length]);

    [Theory, MemberData(nameof(Files))]
    public void Token_by_token_gives_the_recorded_logits(string file) => Compare(file, sequence => Enumerable.Repeat(1, sequence.Length));

    [Theory, MemberData(nameof(Files))]
    public void Batches_of_mixed_sizes_give_the_recorded_logits(string file) => Compare(file, sequence => MixedSizes(sequence.Length));

    [Theory, MemberData(nameof(Files))]
    public void Batches_smaller_than_a_call_give_the_recorded_logits(string file) => Compare(file, sequence => [sequence.Length], batch: 3, rollback: 0);

    [Theory, MemberData(nameof(Files))]
    public void The_most_likely_continuation_is_the_recorded_one(string file)
    {
        using GptOssModel model = GoldenModel.Open(file);
        foreach (GoldenSequence sequence in Goldens[file].Sequences.Where(s => s.Greedy is not null))
        {
            using GptOssSession session = model.CreateSession();
            int id = Sampler.MostLikely(session.Forward(sequence.Tokens));
            for (int i = 0; i < sequence.Greedy!.Tokens.Length && sequence.Greedy.Margins[i] >= Tolerance; i++)
            {
                Assert.True(sequence.Greedy.Tokens[i] == id, $"{file}, {sequence.Tokens.Length} tokens, step {i}: {id}, expected {sequence.Greedy.Tokens[i]}.");
                id = Sampler.MostLikely(session.Forward([id]));
            }
        }
    }

    [Fact]
    public void Rounding_the_limits_of_YaRN_as_llama_cpp_does_is_another_result()
    {
        GoldenSequence sequence = Goldens["pub-a.gguf"].Sequences.Single(s => s.Tokens.Length == 40);
        using GptOssModel model = GptOssModel.Open(TestKit.TestData.PathOf("model/pub-a.gguf"), new() { YarnTruncate = true, Threads = 1 });
        using GptOssSession session = model.CreateSession();
        ReadOnlySpan<float> logits = session.Forward(sequence.Tokens);
        double apart = 0;
        for (int id = 0; id < logits.Length; id++)
            apart = Math.Max(apart, Math.Abs(logits[id] - sequence.LastLogits[id]));
        Assert.InRange(apart, 0.02, 10);
    }

    [Theory]
    [InlineData("pub-c.gguf")]
    [InlineData("pub-d.q8.gguf")]
    public void The_number_of_threads_changes_no_bit(string file)
    {
        int[] ids = Goldens[file].Sequences.Single(s => s.Tokens.Length == 40).Tokens;
        using GptOssModel one = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), new() { Threads = 1 });
        using GptOssModel three = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), new() { Threads = 3 });
        using GptOssSession alone = one.CreateSession(), shared = three.CreateSession();
        Assert.True(alone.Forward(ids).SequenceEqual(shared.Forward(ids)));
        Assert.True(alone.Forward([1]).SequenceEqual(shared.Forward([1])));
    }

    static IEnumerable<int> MixedSizes(int length)
    {
        int size = 1;
        while (length > 0)
        {
            yield return Math.Min(size, length);
            length -= Math.Min(size, length);
            size = (2 * size) + 1;
        }
    }

    static void Compare(string file, Func<int[], IEnumerable<int>> sizes, int batch = GptOssSession.DefaultBatch, int rollback = GptOssSession.DefaultRollback)
    {
        using GptOssModel model = GoldenModel.Open(file);
        foreach (GoldenSequence sequence in Goldens[file].Sequences)
        {
            using GptOssSession session = new(model, contextLength: sequence.Tokens.Length, batch, rollback, page: 32);
            int start = 0;
            foreach (int size in sizes(sequence.Tokens))
            {
                int first = start;
                session.ForwardEach(sequence.Tokens.AsSpan(start, size), (index, logits) => ComparePosition($"{file}, {sequence.Tokens.Length} tokens", sequence, first + index, logits));
                start += size;
            }
            Assert.Equal(sequence.Tokens.Length, session.Position);
        }
    }

    static void ComparePosition(string place, GoldenSequence sequence, int position, ReadOnlySpan<float> logits)
    {
        GoldenPositions golden = sequence.PerPosition;
        place = $"{place}, position {position}";
        int argmax = Sampler.MostLikely(logits);
        double squares = 0, projection = 0, cosines = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double cosine = Math.Cos(0.1 * (i + 1));
            squares += (double)logits[i] * logits[i];
            projection += cosine * logits[i];
            cosines += Math.Abs(cosine);
        }
        if (golden.Margin[position] >= Tolerance)
            Assert.True(golden.Argmax[position] == argmax, $"{place}: argmax {argmax}, expected {golden.Argmax[position]}.");
        Near($"{place}: max_logit", golden.MaxLogit[position], logits[argmax], Tolerance);
        Near($"{place}: logsumexp", golden.Logsumexp[position], LogProbabilities.LogSumExp(logits), Tolerance);
        // Errors of at most the tolerance in each logit add up to no more than this.
        Near($"{place}: l2", golden.L2[position], Math.Sqrt(squares), Tolerance * Math.Sqrt(logits.Length));
        Near($"{place}: projection", golden.Projection[position], projection, Tolerance * Math.Min(cosines, 4 * Math.Sqrt(cosines)));
        if (position != sequence.Tokens.Length - 1)
            return;

        for (int id = 0; id < logits.Length; id++)
            Near($"{place}: logit {id}", sequence.LastLogits[id], logits[id], Tolerance);
        TokenLogProbability[] top = LogProbabilities.Top(logits, logSumExp: 0, count: 32);
        for (int i = 0; i < top.Length; i++)
            Near($"{place}: top {i}", sequence.LastTop32.Logits[i], top[i].LogProbability, Tolerance);
    }

    static void Near(string what, double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: {actual}, expected {expected}, {Math.Abs(expected - actual):g2} apart.");
}
