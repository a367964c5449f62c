using System.Text;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training.Tests;

public class ResponsesOnlyTests
{
    const string Row = """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"user","content":"r <|start|>user<|message|>"},{"role":"assistant","content":"b","thinking":"u"}]}""";

    static string Learnt(ResponseMaskOptions mask, out DatasetStatistics statistics)
    {
        using MemoryStream output = new();
        DatasetOptions options = new() { ResponsesOnly = mask, Dates = DateSpan.Fixed(new(2026, 1, 2)), Output = DatasetOutput.Text };
        statistics = new DatasetBuilder(options).Build([new("x.jsonl", () => new MemoryStream(Encoding.UTF8.GetBytes(Row)))], [output], cancellationToken: TestContext.Current.CancellationToken);
        if (output.Length == 0)
            return "";
        using JsonDocument line = JsonDocument.Parse(output.ToArray());
        return string.Join('|', line.RootElement.GetProperty("segments").EnumerateArray().Where(piece => piece[1].GetBoolean()).Select(piece => piece[0].GetString()));
    }

    [Fact]
    public void A_conversation_is_one_sample_of_the_notebooks_template()
    {
        Assert.Matches(@"\Aa<\|end\|>\|b<\|(return|end)\|>\z", Learnt(new(), out DatasetStatistics statistics));
        Assert.Equal((1, 0), (statistics.Samples, statistics.FoundIn(SampleFinding.TerminatorNotLearnt)));
        Assert.Matches(@"\Ab<\|(return|end)\|>\z", Learnt(new() { LastResponseOnly = true }, out _));
    }

    [Fact]
    public void The_marker_of_analysis_learns_what_follows_it()
    {
        Assert.StartsWith("u<|end|><|start|>assistant<|channel|>final<|message|>b<|", Learnt(new() { ResponsePart = "<|start|>assistant<|channel|>analysis<|message|>" }, out _), StringComparison.Ordinal);
        Assert.Equal("", Learnt(new() { ResponsePart = "<|start|>nobody" }, out DatasetStatistics statistics));
        Assert.Equal(1, statistics.DroppedFor(DropReason.NothingLearnt));
    }

    [Fact]
    public void Messages_cannot_hold_such_a_mask() =>
        Assert.Throws<ArgumentException>(() => new DatasetBuilder(new() { ResponsesOnly = new(), Output = DatasetOutput.Messages }, HarmonyEncoding.Default));
}
