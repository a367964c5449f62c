using System.Diagnostics;
using Chorale.Inference;

namespace Chorale.Cli;

/// <summary>Measures answers made by the generator: several at once, with forced ids, with guesses.</summary>
/// <param name="model">Computes.</param>
/// <param name="ids">Prompts are taken from these.</param>
/// <param name="cancellationToken">Ends the measuring.</param>
sealed class AnswerMeasure(GptOssModel model, int[] ids, CancellationToken cancellationToken)
{
    // As good as forces an id without the generator knowing.
    const float Certain = 100;

    /// <summary>Makes the answers once, and gives the ids a second of all together, from when the last has begun to when the first has ended.</summary>
    public async Task<double> RunAsync(AnswerTest test)
    {
        using GptOssGenerator generator = new(model, new() { Parallel = test.Sequences, MaxDraft = test.Draft, CacheBytes = 0 });
        long[][] times = await Task.WhenAll(Enumerable.Range(0, test.Sequences).Select(n => AnswerAsync(generator, test, n)));
        return Rate(times);
    }

    async Task<long[]> AnswerAsync(GptOssGenerator generator, AnswerTest test, int index)
    {
        GenerationRequest request = new()
        {
            Prompt = Prompt(index),
            MaxTokens = test.Tokens,
            Sampling = test.Draft > 0 ? SamplingOptions.Greedy with { LogitBias = new Dictionary<int, float> { [ids[0]] = Certain } } : SamplingOptions.Greedy,
            Constraint = test.ForcedPercent > 0 ? new ForcedPattern(test.ForcedPercent, ids) : null,
        };
        List<long> times = [];
        await foreach (GeneratedToken _ in generator.GenerateAsync(request, cancellationToken))
            times.Add(Stopwatch.GetTimestamp());
        return [.. times];
    }

    /// <summary>Each answer has a prompt of its own, so that none is reused.</summary>
    int[] Prompt(int index)
    {
        int[] prompt = ids[..ModelMeasure.FirstPromptLength];
        prompt[0] = ids[index % ids.Length];
        prompt[1] = (prompt[1] + index) % model.Config.VocabSize;
        return prompt;
    }

    /// <summary>Ids a second while all answers are being made; where they never are all at once, from the first id to the last.</summary>
    /// <param name="times">When each id of each answer came, at least two of each.</param>
    internal static double Rate(IReadOnlyList<long[]> times)
    {
        long start = times.Max(answer => answer[0]), end = times.Min(answer => answer[^1]);
        if (end <= start)
            (start, end) = (times.Min(answer => answer[0]), times.Max(answer => answer[^1]));
        int count = times.Sum(answer => answer.Count(time => time > start && time <= end));
        return count / Stopwatch.GetElapsedTime(start, end).TotalSeconds;
    }
}
