namespace Chorale.Inference;

/// <summary>What an engine keeps of one sequence: its keys and values.</summary>
interface IEngineSequence : IDisposable
{
    /// <summary>How many ids it holds.</summary>
    int Position { get; }

    /// <summary>Bytes at present.</summary>
    long ByteCount { get; }

    /// <summary>The furthest position, at most the given one, that it can go back to; 0 always works.</summary>
    int Reachable(int position);

    /// <summary>Goes back to a position that <see cref="Reachable"/> gave.</summary>
    void Truncate(int position);

    /// <summary>Asks to keep what it takes to come back to a position, one of the last batch. It may be forgotten again later.</summary>
    void Mark(int position);

    /// <summary>A second sequence that begins with the first ids of this one; null where that cannot be had.</summary>
    /// <param name="position">How many; <see cref="Reachable"/> gave it, or the present position.</param>
    IEngineSequence? TryFork(int position);
}
