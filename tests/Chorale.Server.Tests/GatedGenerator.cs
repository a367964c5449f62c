using System.Runtime.CompilerServices;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server.Tests;

/// <summary>Plays a text, id by id, as far as the test lets it.</summary>
sealed class GatedGenerator(string answer) : ITokenGenerator
{
    readonly ScriptedGenerator _script = new(HarmonyEncoding.Default, answer);
    readonly SemaphoreSlim _gate = new(0);
    readonly SemaphoreSlim _passed = new(0);
    readonly TaskCompletionSource<bool> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _isOpen;

    public int ContextLength => _script.ContextLength;

    public int VocabularySize => _script.VocabularySize;

    /// <summary>Whether it was cancelled, as soon as it was, or false where it came to its end.</summary>
    public Task<bool> Stopped => _stopped.Task;

    /// <summary>Lets so many ids pass, and waits until they have.</summary>
    public async Task PassAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _gate.Release();
            await _passed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets everything pass from now on.</summary>
    public void PassAll()
    {
        _isOpen = true;
        _gate.Release(10_000);
    }

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        bool isWhole = false;
        try
        {
            await foreach (GeneratedToken token in _script.GenerateAsync(request, cancellationToken))
            {
                if (!_isOpen)
                    await _gate.WaitAsync(cancellationToken);
                yield return token;
                _passed.Release();    // whoever reads comes back for more when it has dealt with this one
            }
            isWhole = true;
        }
        finally
        {
            _stopped.TrySetResult(!isWhole && cancellationToken.IsCancellationRequested);
        }
    }
}
