using System.Text;

namespace Chorale.Grammar.Tests;

/// <summary>Says whether a text is of a grammar, slowly and plainly: grows the set of what each rule reads from each place until nothing changes.</summary>
sealed class TreeRecognizer(NotatedGrammar grammar)
{
    readonly Dictionary<(NotatedExpression, int), HashSet<int>> _texts = [];
    readonly Dictionary<(string, int), HashSet<int>> _ends = [];
    int[] _scalars = [];

    public bool Accepts(string text)
    {
        _scalars = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        _texts.Clear();
        _ends.Clear();
        _ends.Add((grammar.Root, 0), []);
        bool hasChanged;
        do
        {
            hasChanged = false;
            foreach ((string rule, int start) in _ends.Keys.ToArray())
            {
                int known = _ends.Count;
                HashSet<int> ends = Read(grammar.Rules[rule].Body, start);
                hasChanged |= _ends.Count > known;
                foreach (int end in ends)
                    hasChanged |= _ends[(rule, start)].Add(end);
            }
        }
        while (hasChanged);
        return _ends[(grammar.Root, 0)].Contains(_scalars.Length);
    }

    HashSet<int> Read(NotatedExpression expression, int start)
    {
        switch (expression)
        {
            case NotatedExpression.Literal literal:
                int[] expected = [.. literal.Value.EnumerateRunes().Select(rune => rune.Value)];
                return _scalars.AsSpan(start).StartsWith(expected) ? [start + expected.Length] : [];
            case NotatedExpression.Text text:
                return ReadText(text, start);
            case NotatedExpression.Reference reference:
                if (!_ends.TryGetValue((reference.Name, start), out HashSet<int>? ends))
                    _ends.Add((reference.Name, start), ends = []);
                return ends;
            case NotatedExpression.Choice choice:
                return [.. choice.Parts.SelectMany(part => Read(part, start))];
            case NotatedExpression.Sequence sequence:
                HashSet<int> places = [start];
                foreach (NotatedExpression part in sequence.Parts)
                    places = [.. places.SelectMany(place => Read(part, place))];
                return places;
            case NotatedExpression.Repeat repeat:
                return ReadRepeat(repeat, start);
            default:
                return [];
        }
    }

    HashSet<int> ReadRepeat(NotatedExpression.Repeat repeat, int start)
    {
        HashSet<int> result = [], places = [start];
        for (int count = 0; places.Count > 0; count++)
        {
            int known = result.Count;
            if (count >= repeat.Least)
                result.UnionWith(places);
            if (count == repeat.Most || (count > repeat.Least && result.Count == known))
                break;
            places = [.. places.SelectMany(place => Read(repeat.Inner, place))];
        }
        return result;
    }

    HashSet<int> ReadText(NotatedExpression.Text text, int start)
    {
        if (_texts.TryGetValue((text, start), out HashSet<int>? ends))
            return ends;
        ends = [];
        RegularExpression rest = text.Language;
        for (int place = start; ; place++)
        {
            if (rest.IsNullable)
                ends.Add(place);
            if (place == _scalars.Length || ReferenceEquals(rest, RegularExpression.Nothing))
                break;
            rest = rest.Derivative(_scalars[place]);
        }
        _texts.Add((text, start), ends);
        return ends;
    }
}
