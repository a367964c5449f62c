namespace Chorale.Grammar;

/// <summary>Makes the language of a parsed pattern, exactly: anchors, boundaries and lookarounds included.</summary>
/// <remarks>
/// A node is converted together with the language of all that may follow it, its <em>rest</em>. So a lookahead is an intersection with the rest, and <c>$</c> leaves of the rest
/// no more than the empty string. What an assertion asks of the character before it is known by carrying one rest for each class of characters that such assertions tell apart,
/// and one for the start of the text: <c>rest[c]</c> may follow where the last character was in class c.
/// </remarks>
sealed class RegexConversion
{
    const int MaxSteps = 100_000, MaxClasses = 16, MaxResult = 200_000, MaxDepth = 800;

    readonly CharSet[] _classes;        // disjoint, and together all characters
    readonly CharSet[] _sets;           // all that the pattern tells apart
    readonly RegularExpression[] _anything;
    readonly HashSet<RegularExpression> _known = [];    // so that equal rests are the same object, and comparing them is quick
    int _steps;

    RegexConversion(RegexNode root)
    {
        RegexNode[] nodes = [.. root.Descendants()];
        List<CharSet> classes = [CharSet.All];
        CharSet[] before = [.. nodes.OfType<RegexNode.After>().Select(after => after.Members).Distinct()];
        foreach (CharSet members in before)
        {
            classes = [.. classes.SelectMany(known => new[] { known.And(members), known.Without(members) }).Where(part => !part.IsEmpty)];
            if (classes.Count > MaxClasses)
                throw TooLarge("its lookbehinds tell too many kinds of characters apart");
        }
        _classes = [.. classes];
        HashSet<CharSet> sets = [.. classes];
        foreach (RegexNode node in nodes)
        {
            if (node is RegexNode.Characters characters)
                sets.Add(characters.Members);
            else if (node is RegexNode.Before next)
                sets.Add(next.Members);
        }
        _sets = [.. sets];
        _anything = new RegularExpression[before.Length > 0 ? classes.Count + 1 : 1];
        Array.Fill(_anything, RegularExpression.Anything);
    }

    /// <summary>The index of the rest that may follow where no character has been read.</summary>
    int Start => _anything.Length - 1;

    /// <summary>The strings that a pattern matches from their start to their end.</summary>
    public static RegularExpression Whole(RegexNode root)
    {
        RegexConversion conversion = new(root);
        RegularExpression[] end = new RegularExpression[conversion._anything.Length];
        Array.Fill(end, RegularExpression.Empty);
        return Checked(conversion.Convert(root, end)[conversion.Start]);
    }

    /// <summary>The strings that a pattern matches somewhere.</summary>
    public static RegularExpression Search(RegexNode root)
    {
        RegexConversion conversion = new(root);
        RegularExpression[] found = conversion.Convert(root, conversion._anything);
        if (conversion.Start == 0)
            return Checked(Follow(RegularExpression.Anything, found[0]));
        List<RegularExpression> places = [found[conversion.Start]];
        foreach ((CharSet before, RegularExpression rest) in conversion.Groups(found))
            places.Add(Follow(RegularExpression.Anything, Follow(RegularExpression.Set(before), rest)));
        return Checked(conversion.IsUniform(found) ? Follow(RegularExpression.Anything, found[0]) : RegularExpression.Or(places));
    }

    static GrammarSyntaxException TooLarge(string reason) =>
        new(1, 1, $"This pattern cannot be used: {reason}. Expected a simpler one.");

    static RegularExpression Checked(RegularExpression result)
    {
        if (RegexLoop.IsTooLarge(result, MaxResult, MaxDepth))
            throw TooLarge("its anchors and lookarounds multiply into too many cases");
        return RegexLoop.Close(result);
    }

    RegularExpression[] Convert(RegexNode node, RegularExpression[] rest)
    {
        foreach (RegularExpression one in rest)
            _steps += one is RegularExpression.Alternatives any ? any.Parts.Length : 1;
        if (_steps > MaxSteps)
            throw TooLarge("its anchors and lookarounds stand in repetitions that are too large");
        if (!node.HasAssertion && node is not RegexNode.Sequence)
            return ConvertPlain(node, rest);
        switch (node)
        {
            case RegexNode.Sequence sequence:
                for (int i = sequence.Parts.Length - 1; i >= 0; i--)
                    rest = Convert(sequence.Parts[i], rest);
                return rest;
            case RegexNode.Choice choice:
                return ConvertChoice(choice, rest);
            case RegexNode.Repeat repeat:
                return ConvertRepeat(repeat, rest);
            case RegexNode.After after:
                return Map(rest, (one, index) => IsAfter(after, index) ? one : RegularExpression.Nothing);
            case RegexNode.Before before:
                return Map(rest, (one, _) => RegularExpression.Or(StartingIn(one, before.Members), before.IsAtEnd && one.IsNullable ? RegularExpression.Empty : RegularExpression.Nothing));
            default:
                RegexNode.Lookahead lookahead = (RegexNode.Lookahead)node;
                RegularExpression[] seen = Map(Convert(lookahead.Body, _anything), (one, _) => RegexLoop.Close(one));
                return Map(rest, (one, index) => RegularExpression.And(lookahead.IsNegated ? RegularExpression.Not(seen[index]) : seen[index], one));
        }
    }

    RegularExpression[] ConvertPlain(RegexNode node, RegularExpression[] rest)
    {
        if (IsUniform(rest))
        {
            RegularExpression language = node is RegexNode.Repeat repeat && rest[0].Equals(RegularExpression.Anything)
                ? RegularExpression.Repeat(repeat.Body.Language, repeat.Least, repeat.Least)    // more of it is anything, too
                : node.Language;
            RegularExpression[] same = new RegularExpression[rest.Length];
            Array.Fill(same, Known(Follow(language, rest[0])));
            return same;
        }
        RegularExpression reading = RegularExpression.Or(Groups(rest).Select(group => Follow(node.EndingIn(group.Last), group.Next)));
        return Map(rest, (one, _) => node.IsNullable ? RegularExpression.Or(reading, one) : reading);
    }

    RegularExpression[] ConvertChoice(RegexNode.Choice choice, RegularExpression[] rest)
    {
        RegexNode[] plain = [.. choice.Options.Where(option => !option.HasAssertion)];
        List<RegularExpression[]> options = [];
        if (plain.Length > 0)
            options.Add(ConvertPlain(RegexNode.Either(plain), rest));
        foreach (RegexNode option in choice.Options)
        {
            if (option.HasAssertion)
                options.Add(Convert(option, rest));
        }
        return Map(rest, (_, index) => RegularExpression.Or(options.Select(option => option[index])));
    }

    RegularExpression[] ConvertRepeat(RegexNode.Repeat repeat, RegularExpression[] rest)
    {
        RegularExpression[] result = rest;
        if (repeat.Most == RegularExpression.Unbounded)
        {
            result = ConvertLoop(repeat.Body.Reading(), rest);
        }
        else
        {
            for (int i = repeat.Least; i < repeat.Most; i++)
            {
                RegularExpression[] once = Convert(repeat.Body, result);
                RegularExpression[] next = Map(rest, (one, index) => RegularExpression.Or(one, once[index]));
                if (next.AsSpan().SequenceEqual(result))
                    break;
                result = next;
            }
        }
        for (int i = 0; i < repeat.Least; i++)
            result = Convert(repeat.Body, result);
        return result;
    }

    /// <summary>Any number of rounds that each read something: the least languages that hold <paramref name="rest"/>, and themselves after one round more.</summary>
    RegularExpression[] ConvertLoop(RegexNode round, RegularExpression[] rest)
    {
        if (ReferenceEquals(round, RegexNode.Fail))
            return rest;
        RegularExpression[] definitions = new RegularExpression[rest.Length];
        RegularExpression[] loops = Map(rest, (one, index) => new RegexLoop(definitions, index, one.IsNullable, _sets));
        RegularExpression[] once = Convert(round, loops);
        for (int i = 0; i < rest.Length; i++)
            definitions[i] = Known(RegularExpression.Or(rest[i], once[i]));
        return definitions;
    }

    /// <summary>The strings of a language whose first character is in a set.</summary>
    static RegularExpression StartingIn(RegularExpression language, CharSet set)
    {
        if (set.IsEmpty)
            return RegularExpression.Nothing;
        List<RegularExpression> starts = [];
        for (; language is RegularExpression.Concatenation { First: var first, Second: var second }; language = second)
        {
            starts.Add(RegularExpression.Concat(StartingIn(first, set), second));
            if (!first.IsNullable)
                return RegularExpression.Or(starts);
        }
        starts.Add(language switch
        {
            RegularExpression.Epsilon => RegularExpression.Nothing,
            RegularExpression.Characters characters => RegularExpression.Set(characters.Members.And(set)),
            RegularExpression.Alternatives any => RegularExpression.Or(any.Parts.Select(part => StartingIn(part, set))),
            RegularExpression.Repetition { Inner.IsNullable: false } repetition => RegularExpression.Concat(
                StartingIn(repetition.Inner, set),
                RegularExpression.Repeat(repetition.Inner, Math.Max(repetition.Least - 1, 0), repetition.Most == RegularExpression.Unbounded ? repetition.Most : repetition.Most - 1)),
            _ => RegularExpression.And(language, RegularExpression.Concat(RegularExpression.Set(set), RegularExpression.Anything)),
        });
        return RegularExpression.Or(starts);
    }

    bool IsAfter(RegexNode.After after, int index) =>
        index == Start ? after.IsAtStart : !_classes[index].And(after.Members).IsEmpty;

    /// <summary>The rests, each with the last characters after which it may follow; not that of the start.</summary>
    IEnumerable<(CharSet Last, RegularExpression Next)> Groups(RegularExpression[] rest) =>
        _classes.Select((last, index) => (Last: last, Next: rest[index]))
            .GroupBy(pair => pair.Next)
            .Select(group => (CharSet.Union(group.SelectMany(pair => pair.Last)), group.Key));

    bool IsUniform(RegularExpression[] rest) => Array.TrueForAll(rest, one => one.Equals(rest[Start]));

    RegularExpression[] Map(RegularExpression[] rest, Func<RegularExpression, int, RegularExpression> convert) =>
        [.. rest.Select((one, index) => Known(convert(one, index)))];

    RegularExpression Known(RegularExpression expression)
    {
        if (_known.TryGetValue(expression, out RegularExpression? known))
            return known;
        _known.Add(expression);
        return expression;
    }

    static RegularExpression Follow(RegularExpression first, RegularExpression second) =>
        first.IsNullable && second.Equals(RegularExpression.Anything) ? second : RegularExpression.Concat(first, second);
}
