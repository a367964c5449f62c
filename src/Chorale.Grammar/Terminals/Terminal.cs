namespace Chorale.Grammar;

/// <summary>
/// A regular language of bytes, as an automaton whose states are numbers; none of them leads nowhere. Grammars and threads share it.
/// </summary>
abstract class Terminal
{
    /// <summary>No state: the byte cannot stand here.</summary>
    public const int Dead = -1;

    /// <summary>Where it begins.</summary>
    public const int Start = 0;

    /// <summary>Whether it is empty: no bytes at all, not even none, are in it.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>The state after one more byte, or <see cref="Dead"/>.</summary>
    public abstract int Next(int state, byte value);

    /// <summary>Whether it may end here.</summary>
    public abstract bool IsAccepting(int state);

    /// <summary>The bytes that may come next.</summary>
    public abstract ByteSet Live(int state);

    /// <summary>Whether so many bytes may come next that tokens are better looked through once, by <see cref="Mask"/>, than for each grammar that is here.</summary>
    public abstract bool IsWide(int state);

    /// <summary>What a wide state says of all tokens.</summary>
    public abstract TerminalMask Mask(int state);

    /// <summary>Adds the tokens that lie wholly inside the terminal, and after which its cost is no more than a number. For wide states.</summary>
    public abstract void AddInside(int state, int mostCost, Span<ulong> mask);

    /// <summary>Appends the shortest bytes from here to its end.</summary>
    public abstract void AppendShortest(int state, List<byte> bytes);

    /// <summary>How many tokens these bytes are at least.</summary>
    public abstract int Cost(int state);

    /// <summary>A bound on <see cref="Cost"/> over all states; <see cref="int.MaxValue"/> where none is known.</summary>
    public abstract int MostCost { get; }
}
