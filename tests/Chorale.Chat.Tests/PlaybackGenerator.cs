using System.Runtime.CompilerServices;
using Chorale.Inference;

namespace Chorale.Chat.Tests;

/// <summary>A generator that plays recorded answers, one a call, and remembers what it was asked.</summary>
sealed class PlaybackGenerator(params int[][] answers) : ITokenGenerator
{
    int _next;

    public int ContextLength { get; init; } = 8192;

    public int VocabularySize => 201_088;

    /// <summary>Why the last id of an answer that ends in no stop id is the last.</summary>
    public FinishReason CutBy { get; init; } = FinishReason.MaxTokens;

    public List<GenerationRequest> Requests { get; } = [];

    /// <summary>Awaited before each id; null never waits.</summary>
    public Func<int, CancellationToken, Task>? BeforeId { get; init; }

    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        Requests.Add(request);
        if (request.Prompt.Length >= ContextLength)
            throw new PromptTooLongException(request.Prompt.Length, ContextLength);
        return PlayAsync(request, cancellationToken);
    }

    async IAsyncEnumerable<GeneratedToken> PlayAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int[] answer = answers[_next++];
        for (int i = 0; i < answer.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (BeforeId is not null)
                await BeforeId(i, cancellationToken);
            bool last = i == answer.Length - 1;
            yield return new(answer[i])
            {
                CachedPromptTokens = 5,
                Finish = !last ? null : request.StopIds.Contains(answer[i]) ? FinishReason.Stop : CutBy,
            };
        }
    }
}
