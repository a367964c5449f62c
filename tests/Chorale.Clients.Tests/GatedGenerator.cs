using System.Runtime.CompilerServices;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Clients.Tests;

/// <summary>Plays an answer up to an id, then waits until it is let on or cancelled, and tells of both.</summary>
sealed class GatedGenerator(string answer, int openAfter) : ITokenGenerator
{
    readonly int[] _ids = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(answer);
    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int ContextLength => 131_072;

    public int VocabularySize => HarmonyEncoding.Default.Tokenizer.VocabularySize;

    /// <summary>Done when as many ids were given as are before the gate.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Done when the generation was cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Lets the rest through.</summary>
    public void Open() => _open.TrySetResult();

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (int i = 0; i < _ids.Length; i++)
            {
                if (i == openAfter)
                {
                    _reached.TrySetResult();
                    await _open.Task.WaitAsync(cancellationToken);
                }
                cancellationToken.ThrowIfCancellationRequested();
                yield return new(_ids[i]) { Finish = i == _ids.Length - 1 ? FinishReason.Stop : null };
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
                _cancelled.TrySetResult();
        }
    }
}
