using Chorale.TestKit;

namespace Chorale.Inference.Tests;

/// <summary>The model that comes with the repository, against answers computed in float64.</summary>
public sealed class NanoTests
{
    public sealed record Recorded(string Id, int[] Tokens, int MaxTokens, RecordedAnswer Expect);

    public sealed record RecordedAnswer(int[] Tokens, int? Stop);

    // <|return|>, <|call|>
    static readonly int[] StopIds = [8196, 8206];

    [Fact]
    public async Task The_forty_prompts_give_the_recorded_answers_one_after_the_other()
    {
        using GptOssGenerator generator = GptOssGenerator.Open(TestData.ModelPath("gpt-oss-nano.gguf"));
        List<string> wrong = [];
        int count = 0;
        foreach (Recorded recorded in Jsonl.Read<Recorded>("nano/nano-goldens.jsonl"))
        {
            count++;
            List<GeneratedToken> answer = await generator.GenerateAsync(
                new() { Prompt = recorded.Tokens, MaxTokens = recorded.MaxTokens, StopIds = StopIds, Sampling = SamplingOptions.Greedy },
                TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
            int? stop = answer[^1].Finish == FinishReason.Stop ? answer[^1].Id : null;
            if (!answer.Select(t => t.Id).SequenceEqual(recorded.Expect.Tokens) || stop != recorded.Expect.Stop)
                wrong.Add(recorded.Id);
        }
        Assert.Empty(wrong);
        Assert.Equal(40, count);
    }
}
