namespace Chorale.Grammar;

/// <summary>A part of a grammar as one regular language, with a measure of its size.</summary>
/// <remarks>One piece is read faster than several, but derivatives of a large one are slow and of a deep one recursive: hence the measures.</remarks>
sealed class FoldedText
{
    const int MaxDepth = 128;

    const int LiteralUnit = 4;    // characters of a literal that weigh as much as one set: they are cheap, yet not free where they are copied

    FoldedText(string? literal, RegularExpression? language, int weight, int depth)
    {
        Literal = literal;
        Language = language!;
        Weight = weight;
        Depth = depth;
    }

    /// <summary>The text, where it is only one.</summary>
    public string? Literal { get; }

    public RegularExpression Language { get => field ??= RegularExpression.Literal(Literal!); }

    /// <summary>How many sets of characters it has, counted once for each repetition; <see cref="int.MaxValue"/> where there are more.</summary>
    public int Weight { get; }

    /// <summary>How deep the recursion of a derivative is at most.</summary>
    public int Depth { get; }

    bool IsNullable => Literal is null ? Language.IsNullable : Literal.Length == 0;

    public static FoldedText Of(string literal) => new(literal, null, 1 + (literal.Length / LiteralUnit), 1);

    public static FoldedText Of(RegularExpression language)
    {
        (int weight, int depth) = Measure(language);
        return new(null, language, weight, depth);
    }

    /// <summary>The parts one after the other; null where they are too large for one piece.</summary>
    public static FoldedText? InSequence(IReadOnlyList<FoldedText> parts, int maxWeight)
    {
        if (parts.Count == 1)
            return parts[0];
        int weight = 0, depth = 0, optional = 1;
        foreach (FoldedText part in parts)
        {
            weight = Add(weight, part.Weight);
            if (part.IsNullable)
                optional = Add(optional, part.Depth);
            else
                depth = Math.Max(depth, part.Depth);
        }
        depth = Add(depth, optional);
        if (weight > maxWeight || depth > MaxDepth)
            return null;
        if (parts.All(part => part.Literal is not null))
            return Of(string.Concat(parts.Select(part => part.Literal)));
        RegularExpression language = RegularExpression.Empty;
        for (int i = parts.Count - 1; i >= 0; i--)
            language = RegularExpression.Concat(parts[i].Language, language);
        return new(null, language, weight, depth);
    }

    /// <summary>One of the parts; null where they are too large for one piece.</summary>
    public static FoldedText? OneOf(IReadOnlyList<FoldedText> parts, int maxWeight)
    {
        if (parts.Count == 1)
            return parts[0];
        int weight = 0, depth = 0, literals = 0, longest = 0;
        foreach (FoldedText part in parts)
        {
            weight = Add(weight, part.Weight);
            depth = Math.Max(depth, part.Depth);
            literals += part.Literal is null ? 0 : 1;
            longest = Math.Max(longest, part.Literal?.Length ?? 0);
        }
        depth = Add(Math.Max(depth, Math.Min(literals, longest)), 2);    // the tree of the literals branches so often at most
        if (weight > maxWeight || depth > MaxDepth)
            return null;
        RegularExpression strings = RegularExpression.Strings(parts.Where(part => part.Literal is not null).Select(part => part.Literal!));
        return new(null, RegularExpression.Or(parts.Where(part => part.Literal is null).Select(part => part.Language).Append(strings)), weight, depth);
    }

    /// <summary>The part so many times; null where one of it is too large for one piece, for counts cost nothing.</summary>
    public static FoldedText? Repeat(FoldedText part, int least, int most, int maxWeight) =>
        part.Weight > maxWeight || part.Depth >= MaxDepth ? null
        : new(null, RegularExpression.Repeat(part.Language, least, most), Times(part.Weight, least, most), part.Depth + 1);

    static (int Weight, int Depth) Measure(RegularExpression language)
    {
        int weight = 0, depth = 0, optional = 1;
        for (; language is RegularExpression.Concatenation { First: var first, Second: var second }; language = second)
        {
            (int firstWeight, int firstDepth) = Measure(first);
            weight = Add(weight, firstWeight);
            if (first.IsNullable)
                optional = Add(optional, firstDepth);
            else
                depth = Math.Max(depth, firstDepth);
        }
        (int restWeight, int restDepth) = language switch
        {
            RegularExpression.Alternatives alternatives => MeasureParts(alternatives.Parts),
            RegularExpression.Intersection intersection => MeasureParts(intersection.Parts),
            RegularExpression.Negation negation => MeasureParts([negation.Inner]),
            RegularExpression.Repetition { Inner: var inner, Least: var least, Most: var most } when Measure(inner) is var (innerWeight, innerDepth) =>
                (Times(innerWeight, least, most), Add(innerDepth, 1)),
            _ => (1, 1),
        };
        return (Add(weight, restWeight), Add(Math.Max(depth, restDepth), optional));
    }

    static (int Weight, int Depth) MeasureParts(RegularExpression[] parts)
    {
        int weight = 0, depth = 0;
        foreach (RegularExpression part in parts)
        {
            (int partWeight, int partDepth) = Measure(part);
            weight = Add(weight, partWeight);
            depth = Math.Max(depth, partDepth);
        }
        return (weight, Add(depth, 1));
    }

    static int Add(int a, int b) => (int)Math.Min((long)a + b, int.MaxValue);

    static int Times(int weight, int least, int most) => (int)Math.Min((long)weight * (most == RegularExpression.Unbounded ? Math.Max(least, 1) : most), int.MaxValue);
}
