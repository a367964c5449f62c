using System.Collections;
using System.Text;

namespace Chorale.Grammar.Tests;

/// <summary>
/// Says whether a text is of a grammar, plainly: from the last place to the first, finds where each rule may end that begins there, over and over until nothing changes.
/// </summary>
sealed class TreeRecognizer(NotatedGrammar grammar)
{
    readonly Dictionary<string, BitArray[]> _ends = [];    // by rule and place
    readonly Dictionary<(NotatedExpression, int), BitArray> _texts = [];
    int[] _scalars = [];

    public bool Accepts(string text)
    {
        _scalars = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        _texts.Clear();
        foreach (string rule in grammar.Rules.Keys)
            _ends[rule] = [.. Enumerable.Range(0, _scalars.Length + 1).Select(_ => None())];
        for (int start = _scalars.Length; start >= 0; start--)
        {
            bool hasChanged;
            do
            {
                hasChanged = false;
                foreach (NotatedRule rule in grammar.Rules.Values)
                    hasChanged |= Add(_ends[rule.Name][start], Read(rule.Body, start));
            }
            while (hasChanged);
        }
        return _ends[grammar.Root][0][_scalars.Length];
    }

    BitArray Read(NotatedExpression expression, int start)
    {
        switch (expression)
        {
            case NotatedExpression.Literal literal:
                int[] expected = [.. literal.Value.EnumerateRunes().Select(rune => rune.Value)];
                return _scalars.AsSpan(start).StartsWith(expected) ? Only(start + expected.Length) : None();
            case NotatedExpression.Text text:
                return ReadText(text, start);
            case NotatedExpression.Reference reference:
                return _ends[reference.Name][start];
            case NotatedExpression.Choice choice:
                BitArray any = None();
                foreach (NotatedExpression part in choice.Parts)
                    any.Or(Read(part, start));
                return any;
            case NotatedExpression.Sequence sequence:
                return sequence.Parts.Aggregate(Only(start), (places, part) => ReadFrom(part, places));
            case NotatedExpression.Repeat repeat:
                return ReadRepeat(repeat, start);
            default:
                return None();
        }
    }

    BitArray ReadFrom(NotatedExpression expression, BitArray places)
    {
        BitArray ends = None();
        for (int place = 0; place < places.Length; place++)
        {
            if (places[place])
                ends.Or(Read(expression, place));
        }
        return ends;
    }

    BitArray ReadRepeat(NotatedExpression.Repeat repeat, int start)
    {
        BitArray result = None(), places = Only(start);
        int count = 0;
        while (places.HasAnySet())
        {
            bool hasChanged = count >= repeat.Least && Add(result, places);
            if (count == repeat.Most || (count > repeat.Least && !hasChanged))
                break;
            places = ReadFrom(repeat.Inner, places);
            count++;
        }
        return result;
    }

    BitArray ReadText(NotatedExpression.Text text, int start)
    {
        if (_texts.TryGetValue((text, start), out BitArray? ends))
            return ends;
        ends = None();
        RegularExpression rest = text.Language;
        ends[start] = rest.IsNullable;
        for (int place = start; place < _scalars.Length && !ReferenceEquals(rest, RegularExpression.Nothing); place++)
        {
            rest = rest.Derivative(_scalars[place]);
            ends[place + 1] = rest.IsNullable;
        }
        _texts.Add((text, start), ends);
        return ends;
    }

    BitArray None() => new(_scalars.Length + 1);

    BitArray Only(int place)
    {
        BitArray one = None();
        one[place] = true;
        return one;
    }

    static bool Add(BitArray to, BitArray more)
    {
        BitArray before = new(to);
        to.Or(more);
        return before.Xor(to).HasAnySet();
    }
}
