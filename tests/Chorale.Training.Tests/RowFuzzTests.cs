using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Training.Tests;

public class RowFuzzTests
{
    /// <summary>How many damaged rows; CHORALE_FUZZ_ROWS says more.</summary>
    static int Count => int.TryParse(Environment.GetEnvironmentVariable("CHORALE_FUZZ_ROWS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 20_000;

    [Theory]
    [InlineData(DatasetOutput.Ids)]
    [InlineData(DatasetOutput.Text)]
    [InlineData(DatasetOutput.Messages)]
    public void Damaged_rows_end_in_samples_or_in_an_error_with_a_reason(DatasetOutput output)
    {
        string[] rows = [.. DatasetBuilderTests.Forms.Select(form => form.Data.Item2)];
        Random random = new(20261129);
        using MemoryStream text = new();
        int count = Count / 3;
        for (int i = 0; i < count; i++)
        {
            foreach (byte value in RowFuzz.Next(rows, random))
                text.WriteByte(value is (byte)'\n' or (byte)'\r' ? (byte)' ' : value);
            text.WriteByte((byte)'\n');
        }
        byte[] file = text.ToArray();
        int bad = 0;
        DatasetStatistics statistics = new DatasetBuilder(new() { Output = output, Threads = 2 }).Build(
            [new("fuzz.jsonl", () => new MemoryStream(file))], [Stream.Null],
            error =>
            {
                bad++;
                Assert.False(string.IsNullOrWhiteSpace(error.Reason));
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(bad, statistics.BadRows);
        Assert.True(statistics.Samples > count / 20, $"{statistics.Samples} samples");
        Assert.True(bad > count / 20, $"{bad} bad rows");
    }

    [Fact]
    public void Damaged_files_end_in_samples_or_in_an_error()
    {
        string[] rows = [.. DatasetBuilderTests.Forms.Select(form => form.Data.Item2)];
        Random random = new(7);
        for (int i = 0; i < 500; i++)
        {
            byte[] file = Encoding.UTF8.GetBytes($"[{string.Join(random.Next(2) == 0 ? "," : ",\n", Enumerable.Range(0, 4).Select(_ => Encoding.UTF8.GetString(RowFuzz.Next(rows, random))))}]");
            try
            {
                new DatasetBuilder(new() { Threads = 1 }).Build([new(random.Next(2) == 0 ? "f.json" : "f.jsonl", () => new MemoryStream(file))], [Stream.Null], cancellationToken: TestContext.Current.CancellationToken);
            }
            catch (DatasetException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void Damaged_conversations_are_compared_or_refused_with_a_reason()
    {
        string[] rows = [.. DatasetBuilderTests.Forms.Select(form => form.Data.Item2)];
        string[] names = ["gpt-oss", .. TemplateComparison.OtherNames, "gpt-oss-unsloth", "qwen3", "llama3.1"];
        Random random = new(3);
        int compared = 0;
        for (int i = 0; i < 1500; i++)
        {
            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(RowFuzz.Next(rows, random), new JsonDocumentOptions { MaxDepth = 256 });
            }
            catch (JsonException)
            {
                continue;
            }
            using (document)
            {
                try
                {
                    TemplateComparison comparison = TemplateComparison.Compare(document.RootElement, names, new() { Date = new(2026, 1, 1) });
                    Assert.All(comparison.Renderings, rendering => Assert.True(rendering.Text.Length > 0 || !string.IsNullOrWhiteSpace(rendering.Error)));
                    compared++;
                }
                catch (HistoryFormatException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            }
        }
        Assert.True(compared > 100, $"{compared} compared");
    }
}
