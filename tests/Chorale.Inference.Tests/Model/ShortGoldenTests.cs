namespace Chorale.Inference.Tests;

/// <summary>The short recorded sequences in both precisions: few enough to run once more for each vector level of the CPU.</summary>
public sealed class ShortGoldenTests
{
    static readonly Dictionary<string, GoldenModel> Goldens = GoldenModel.All().ToDictionary(g => g.File, g => g.Golden, StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string, Precision>> Files =>
        from file in Goldens.Keys from precision in Enum.GetValues<Precision>() select new TheoryDataRow<string, Precision>(file, precision);

    [Theory, MemberData(nameof(Files))]
    public void The_last_position_has_the_recorded_logits(string file, Precision precision)
    {
        using GptOssModel model = GptOssModel.Open(TestKit.TestData.PathOf($"model/{file}"), new() { Precision = precision, Threads = 1 });
        foreach (GoldenSequence sequence in Goldens[file].Sequences.Where(s => s.Tokens.Length <= 40))
        {
            foreach (int batch in new[] { 64, 3, 1 })
            {
                using GptOssSession session = new(model, sequence.Tokens.Length, batch, rollback: 0);
                ReadOnlySpan<float> logits = session.Forward(sequence.Tokens);
                for (int id = 0; id < logits.Length; id++)
                    Assert.Equal(sequence.LastLogits[id], logits[id], precision == Precision.Exact ? 1e-3 : 0.35);
            }
        }
    }
}
