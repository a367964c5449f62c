namespace Chorale.Inference;

/// <summary>Prompt ids in, generated ids out: the seam between the engine and everything that knows text.</summary>
/// <remarks>
/// The engine of this project runs the model in this process; a client of a remote engine is another implementation, and
/// code above this interface must not assume which one it has. Implementations may be called from several threads.
/// </remarks>
public interface ITokenGenerator
{
    /// <summary>How many ids a sequence may hold, prompt and answer together.</summary>
    int ContextLength { get; }

    /// <summary>Ids run from 0 to this, exclusive.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// Streams the generated ids, the stop id included; the last one carries <see cref="GeneratedToken.Finish"/>. The stream is
    /// empty where <see cref="GenerationRequest.MaxTokens"/> is 0 or the constraint allows nothing at all.
    /// </summary>
    /// <param name="request">What to continue, and how.</param>
    /// <param name="cancellationToken">Ends the work at once, in the middle of a prompt too.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for an answer; thrown before the first id.</exception>
    /// <exception cref="TokenOutOfRangeException">An id of the prompt is not in the vocabulary; thrown before the first id.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default);
}
