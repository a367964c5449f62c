using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>A sequence of the engine together with the ids that it holds.</summary>
sealed class CachedSequence : IDisposable
{
    readonly IEngineSequence _state;
    readonly List<int> _ids;

    public CachedSequence(IEngineSequence state)
        : this(state, [])
    {
    }

    CachedSequence(IEngineSequence state, List<int> ids) => (_state, _ids) = (state, ids);

    public IEngineSequence State => _state;

    /// <summary>The ids whose keys and values are there.</summary>
    public ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    public int Count => _ids.Count;

    /// <summary>How many of them are the prompt that was answered last.</summary>
    public int PromptCount { get; set; }

    public long ByteCount => _state.ByteCount;

    /// <summary>Takes note of ids that the engine has run.</summary>
    public void Append(ReadOnlySpan<int> ids) => _ids.AddRange(ids);

    /// <summary>How many of these ids it holds from the beginning on and can go back to.</summary>
    public int Shared(ReadOnlySpan<int> ids)
    {
        int common = Ids.CommonPrefixLength(ids);
        return common == Count ? common : _state.Reachable(common);
    }

    /// <summary>Forgets the ids from a reachable position on.</summary>
    public void Truncate(int position)
    {
        if (position == Count)
            return;
        _state.Truncate(position);
        _ids.RemoveRange(position, _ids.Count - position);
    }

    /// <summary>Another sequence with the ids before a reachable position; null where that cannot be had.</summary>
    public CachedSequence? TryFork(int position) => _state.TryFork(position) is { } state ? new(state, _ids[..position]) : null;

    public void Dispose() => _state.Dispose();
}
