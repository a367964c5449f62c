namespace Chorale.Grammar;

/// <summary>A single string of bytes; a state is how many of them were read.</summary>
sealed class LiteralTerminal(byte[] literal, TokenTrie trie) : Terminal
{
    readonly int[] _costs = new int[literal.Length + 1];    // plus 1; 0 is not known

    public override int MostCost => Cost(Start);

    public override int Next(int state, byte value) => state < literal.Length && literal[state] == value ? state + 1 : Dead;

    public override bool IsAccepting(int state) => state == literal.Length;

    public override ByteSet Live(int state)
    {
        ByteSet live = default;
        if (state < literal.Length)
            live.Add(literal[state]);
        return live;
    }

    public override bool IsWide(int state) => false;

    public override TerminalMask Mask(int state) => throw new InvalidOperationException("A literal is never wide.");

    public override void AddInside(int state, int mostCost, Span<ulong> mask) => throw new InvalidOperationException("A literal is never wide.");

    public override void AppendShortest(int state, List<byte> bytes) => bytes.AddRange(literal.AsSpan(state));

    public override int Cost(int state)
    {
        if (_costs[state] == 0)
            _costs[state] = Terminals.CostOf(literal.AsSpan(state), trie) + 1;
        return _costs[state] - 1;
    }
}
