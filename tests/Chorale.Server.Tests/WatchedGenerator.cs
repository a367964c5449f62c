using System.Runtime.CompilerServices;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server.Tests;

/// <summary>Begins an answer, then says nothing more until it is cancelled.</summary>
sealed class WatchedGenerator : ITokenGenerator
{
    readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously), _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Began => _began.Task;

    public Task Ended => _ended.Task;

    public int ContextLength => 100_000;

    public int VocabularySize => 201_088;

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (int id in HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>Hi"))
                yield return new(id);
            _began.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}
