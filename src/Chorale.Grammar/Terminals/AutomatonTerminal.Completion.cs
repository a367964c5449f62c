using System.Text;

namespace Chorale.Grammar;

/// <summary>The shortest way from a state to its end.</summary>
sealed partial class AutomatonTerminal
{
    public override int Cost(int state)
    {
        Node node = _nodes[state];
        if (node.Cost == 0)
        {
            List<byte> bytes = [];
            AppendShortest(state, bytes);
            node.Cost = Terminals.CostOf([.. bytes], _vocabulary.Trie) + 1;
        }
        return node.Cost - 1;
    }

    public override void AppendShortest(int state, List<byte> bytes)
    {
        ByteState place = _nodes[state].Place;
        if (place.Kind == ByteStateKind.End)
            return;
        int characters = place.Kind == ByteStateKind.Between ? place.State : AppendRestOfCharacter(place, bytes);
        while (!_characters.IsAccepting(characters))
        {
            int step = _characters.FirstStep(characters);
            AppendCharacter(_characters.Classes.Representative(step), bytes);
            characters = _characters.Next(characters, step);
        }
        if (_isJson)
            bytes.Add((byte)'"');
    }

    /// <summary>Ends a character that was begun, and gives the state of the automaton of characters after it.</summary>
    int AppendRestOfCharacter(ByteState place, List<byte> bytes)
    {
        (int first, int last) = RangeOf(place);
        switch (place.Kind)
        {
            case ByteStateKind.Quote:
                bytes.Add((byte)'"');
                return place.State;
            case ByteStateKind.AnyUtf8:
                for (int i = 0; i < place.Left; i++)
                    bytes.Add(FirstContinuation);
                return place.State;
            case ByteStateKind.AnyHex:
                AppendHex(0, place.Left, bytes);
                return place.State;
            case ByteStateKind.Utf8:
                int scalar = Nearest(place.State, [(first, last)]);
                for (int i = place.Left - 1; i >= 0; i--)
                    bytes.Add((byte)(FirstContinuation | ((scalar >> (6 * i)) & 0x3F)));
                return _characters.Next(place.State, _characters.Classes[scalar]);
            case ByteStateKind.Escape:
                return AppendRestOfEscape(place, bytes);
            case ByteStateKind.Hex:
                int escaped = NearestEscaped(place.State, first, last);
                AppendHex(escaped < FirstOfPair ? escaped : HighOf(escaped), place.Left, bytes);
                if (escaped >= FirstOfPair)
                {
                    bytes.AddRange("\\u"u8);
                    AppendHex(LowOf(escaped), 4, bytes);
                }
                return _characters.Next(place.State, _characters.Classes[escaped]);
            default:
                int paired = Nearest(place.State, [(first, last)]);
                if (place.Kind == ByteStateKind.LowBackslash)
                    bytes.Add((byte)'\\');
                if (place.Kind is ByteStateKind.LowBackslash or ByteStateKind.LowU)
                    bytes.Add((byte)'u');
                AppendHex(LowOf(paired), place.Kind == ByteStateKind.LowHex ? place.Left : 4, bytes);
                return _characters.Next(place.State, _characters.Classes[paired]);
        }
    }

    int AppendRestOfEscape(ByteState place, List<byte> bytes)
    {
        (char best, int next) = ('\0', Dead);
        foreach ((char escape, int scalar) in ShortEscapes)
        {
            int after = _characters.Next(place.State, _characters.Classes[scalar]);
            if (after != Dead && (next == Dead || _characters.Distance(after) < _characters.Distance(next)))
                (best, next) = (escape, after);
        }
        if (next != Dead)
        {
            bytes.Add((byte)best);
            return next;
        }
        bytes.Add((byte)'u');
        return AppendRestOfCharacter(new(ByteStateKind.Hex, place.State, 0, 4), bytes);
    }

    void AppendCharacter(int scalar, List<byte> bytes)
    {
        if (!_isJson || !TokenTrie.NotPlain.Contains(scalar))
        {
            Span<byte> utf8 = stackalloc byte[4];
            bytes.AddRange(utf8[..new Rune(scalar).EncodeToUtf8(utf8)]);
            return;
        }
        bytes.Add((byte)'\\');
        foreach ((char escape, int escaped) in ShortEscapes)
        {
            if (escaped == scalar)
            {
                bytes.Add((byte)escape);
                return;
            }
        }
        bytes.Add((byte)'u');
        AppendHex(scalar, 4, bytes);
    }

    static void AppendHex(int value, int digits, List<byte> bytes)
    {
        for (int i = digits - 1; i >= 0; i--)
            bytes.Add((byte)"0123456789abcdef"[(value >> (4 * i)) & 0xF]);
    }

    /// <summary>Of the characters in some ranges that may come next one from which the end is near; -1 where none may.</summary>
    int Nearest(int state, ReadOnlySpan<(int First, int Last)> ranges)
    {
        (int best, int distance) = (-1, int.MaxValue);
        for (int c = 0; c < _characters.Classes.Count; c++)
        {
            int next = _characters.Next(state, c);
            if (next == Dead || _characters.Distance(next) >= distance)
                continue;
            foreach ((int first, int last) in ranges)
            {
                int wanted = c;
                int scalar = first > last ? -1 : _characters.Classes.FirstOf(first, last, found => found == wanted);
                if (scalar >= 0)
                {
                    (best, distance) = (scalar, _characters.Distance(next));
                    break;
                }
            }
        }
        return best;
    }

    /// <summary>As <see cref="Nearest"/>, among what <c>\u</c> with a number of a range, and perhaps a second one, may stand for.</summary>
    int NearestEscaped(int state, int first, int last) => Nearest(state, [.. Escapable(first, last)]);
}
