using System.Runtime.CompilerServices;
using Chorale.Inference;

namespace Chorale.Server;

/// <summary>A generator for one answer that ends at further ids and lets the ids be seen, those of headers too.</summary>
/// <param name="inner">Generates.</param>
/// <param name="stopIds">Ids that end the answer beside those of the request.</param>
sealed class TappedGenerator(ITokenGenerator inner, IReadOnlyList<int> stopIds) : ITokenGenerator
{
    readonly List<int> _ids = [];
    int _taken;

    public int ContextLength => inner.ContextLength;

    public int VocabularySize => inner.VocabularySize;

    /// <summary>All ids so far.</summary>
    public IReadOnlyList<int> Ids => _ids;

    /// <summary>The ids since the last time; null where there are none.</summary>
    public IReadOnlyList<int>? Take()
    {
        if (_taken == _ids.Count)
            return null;
        List<int> taken = _ids[_taken..];
        _taken = _ids.Count;
        return taken;
    }

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (stopIds.Count > 0)
            request = request with { StopIds = [.. request.StopIds, .. stopIds] };
        await foreach (GeneratedToken token in inner.GenerateAsync(request, cancellationToken))
        {
            _ids.Add(token.Id);
            yield return token;
        }
    }
}
