namespace Chorale.Inference.Tests;

/// <summary>Requests that begin like earlier ones, over real sliding windows: what is not computed again, and that it changes nothing.</summary>
public sealed class PrefixReuseTests
{
    const int End = 500, Start = 501;    // ids that stand for the end and the start of a message

    static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    static int[] Message(Random random, int length) => [Start, .. Enumerable.Range(0, length).Select(_ => random.Next(480)), End];

    static GenerationRequest Greedy(int[] prompt, int maxTokens) =>
        new() { Prompt = prompt, MaxTokens = maxTokens, BoundaryIds = [End], Sampling = SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [End] = -100, [Start] = -100 } } };

    static async Task<List<GeneratedToken>> All(GptOssGenerator generator, GenerationRequest request) =>
        await generator.GenerateAsync(request, TestEnd).ToListAsync(TestEnd);

    [Fact]
    public async Task A_conversation_that_drops_old_reasoning_goes_on_from_the_last_boundary_with_the_same_ids()
    {
        // Reasoning of 1,900 ids wraps the rings of the sliding layers, so that only a mark leads back before it.
        const int Reasoning = 1900, Answer = 12;
        using GptOssModel model = GptOssModel.Open(TestKit.TestData.PathOf("model/pub-a.gguf"), new() { Threads = 2, ContextLength = 4096 });
        using GptOssGenerator generator = new(model);
        Random random = new(3);
        List<int> history = [.. Message(random, 40)];
        for (int turn = 0; turn < 3; turn++)
        {
            history.AddRange(Message(random, 20));
            int[] prompt = [.. history, Start];
            List<GeneratedToken> answer = await All(generator, Greedy(prompt, Reasoning + Answer));
            if (turn > 0)
                Assert.Equal(history.Count - 22 - (Answer + 2), answer[0].CachedPromptTokens);

            using GptOssGenerator fresh = new(model);
            Assert.Equal((await All(fresh, Greedy(prompt, 40))).Select(token => token.Id), answer.Take(40).Select(token => token.Id));
            history.AddRange([Start, .. answer.TakeLast(Answer).Select(token => token.Id), End]);
        }
        Assert.Equal(2, generator.Statistics.CacheHits);
        Assert.Equal(1, generator.Statistics.IdleSequences);
    }

    [Fact]
    public async Task Conversations_that_begin_alike_share_what_they_begin_with()
    {
        using GptOssModel model = GoldenModel.Open("pub-c.gguf");
        using GptOssGenerator generator = new(model, new() { Parallel = 3 });
        Random random = new(5);
        int[] system = Message(random, 300);
        int[][] prompts = [.. Enumerable.Range(0, 6).Select(_ => (int[])[.. system, .. Message(random, 30), Start])];
        await All(generator, Greedy(prompts[0], 1));
        List<GeneratedToken>[] crowd = await Task.WhenAll(prompts.Select(prompt => Task.Run(() => All(generator, Greedy(prompt, 20)), TestEnd)));
        for (int i = 0; i < prompts.Length; i++)
        {
            using GptOssGenerator fresh = new(model);
            Assert.Equal((await All(fresh, Greedy(prompts[i], 20))).Select(token => token.Id), crowd[i].Select(token => token.Id));
            Assert.InRange(crowd[i][0].CachedPromptTokens, system.Length, prompts[i].Length - 1);
        }
        Assert.Equal(6, generator.Statistics.IdleSequences);
    }
}
