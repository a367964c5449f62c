namespace Chorale.Training;

/// <summary>Ids beside each other that are learnt.</summary>
/// <param name="Start">The first, from 0.</param>
/// <param name="Length">How many.</param>
public readonly record struct TokenRun(int Start, int Length)
{
    /// <summary>One past the last.</summary>
    public int End => Start + Length;
}
