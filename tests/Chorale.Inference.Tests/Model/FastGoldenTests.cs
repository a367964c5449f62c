namespace Chorale.Inference.Tests;

/// <summary>The forward pass with activations in 8 bits, against float64 results, for every file of <c>testdata/model</c>.</summary>
public sealed class FastGoldenTests
{
    // Rounding moves a logit by about 0.1 and may choose another expert, which moves those of a position by units: the recorded
    // last positions were picked among those that survive it, all others count by their median.
    const double LastTolerance = 0.35, MedianTolerance = 0.3;

    static readonly Dictionary<string, GoldenModel> Goldens = GoldenModel.All().ToDictionary(g => g.File, g => g.Golden, StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string, WeightLoading>> Files =>
        from file in Goldens.Keys from loading in new[] { WeightLoading.Repack, WeightLoading.Map } select new TheoryDataRow<string, WeightLoading>(file, loading);

    [Theory, MemberData(nameof(Files))]
    public void A_whole_sequence_in_one_batch_is_near_the_recorded_logits(string file, WeightLoading loading) => Compare(file, loading, batch: 512);

    [Theory, MemberData(nameof(Files))]
    public void Small_batches_are_near_the_recorded_logits(string file, WeightLoading loading) => Compare(file, loading, batch: 7);

    [Theory, MemberData(nameof(Files))]
    public void Token_by_token_is_near_the_recorded_logits(string file, WeightLoading loading) => Compare(file, loading, batch: 1);

    static void Compare(string file, WeightLoading loading, int batch)
    {
        using GptOssModel model = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), new() { Precision = Precision.Fast, Loading = loading, Threads = 2 });
        foreach (GoldenSequence sequence in Goldens[file].Sequences)
        {
            using GptOssSession session = new(model, sequence.Tokens.Length, batch, rollback: 0);
            GoldenPositions golden = sequence.PerPosition;
            List<double> errors = [];
            double last = 0;
            session.ForwardEach(sequence.Tokens, (index, logits) =>
            {
                // The largest logit and the sum of all exponents stand for the position.
                errors.Add(Math.Max(
                    Math.Abs(logits[golden.Argmax[index]] - golden.MaxLogit[index]),
                    Math.Abs(LogProbabilities.LogSumExp(logits) - golden.Logsumexp[index])));
                if (index == sequence.Tokens.Length - 1)
                {
                    for (int id = 0; id < logits.Length; id++)
                        last = Math.Max(last, Math.Abs(logits[id] - sequence.LastLogits[id]));
                }
            });
            errors.Sort();
            Assert.True(last <= LastTolerance, $"{file}, {sequence.Tokens.Length} tokens: the last position is off by {last}.");
            Assert.True(errors[errors.Count / 2] <= MedianTolerance, $"{file}, {sequence.Tokens.Length} tokens: the median position is off by {errors[errors.Count / 2]}.");
        }
    }

    [Theory]
    [InlineData("pub-c.gguf")]
    [InlineData("pub-d.q8.gguf")]
    public void Neither_threads_nor_batches_change_a_bit_of_repacked_products(string file)
    {
        int[] ids = Goldens[file].Sequences.Single(s => s.Tokens.Length == 7).Tokens;
        GptOssOptions fast = new() { Precision = Precision.Fast, Threads = 1 };
        using GptOssModel one = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), fast), three = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), fast with { Threads = 3 });
        using GptOssSession alone = one.CreateSession(), shared = three.CreateSession();
        Assert.True(alone.Forward(ids).SequenceEqual(shared.Forward(ids)));
        Assert.True(alone.Forward([1]).SequenceEqual(shared.Forward([1])));
    }

    [Fact]
    public void Rounding_shows()
    {
        GoldenSequence sequence = Goldens["pub-c.gguf"].Sequences.Single(s => s.Tokens.Length == 40);
        using GptOssModel model = GptOssModel.Open(TestKit.TestData.PathOf("model/pub-c.gguf"), new() { Precision = Precision.Fast });
        using GptOssSession session = model.CreateSession();
        ReadOnlySpan<float> logits = session.Forward(sequence.Tokens);
        double apart = 0;
        for (int id = 0; id < logits.Length; id++)
            apart = Math.Max(apart, Math.Abs(logits[id] - sequence.LastLogits[id]));
        Assert.InRange(apart, 1e-3, LastTolerance);
    }

    [Fact]
    public void Tiles_go_with_rounding_only() =>
        Assert.Throws<ArgumentException>(() => GptOssModel.Open(TestKit.TestData.PathOf("model/pub-a.gguf"), new() { Loading = WeightLoading.Repack }));
}
