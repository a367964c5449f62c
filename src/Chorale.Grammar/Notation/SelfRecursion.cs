namespace Chorale.Grammar;

/// <summary>Turns recursion of a rule at the ends of its own alternatives into repetition.</summary>
/// <remarks>
/// With prefixes <c>α R</c>, suffixes <c>R γ</c>, infixes <c>R δ R</c> and the rest <c>β</c>, the texts of <c>R</c> are <c>U (δ U)*</c> with <c>U = α* β γ*</c>:
/// Arden's rule (1961), for all forms at once. The parts may hold <c>R</c> inside. What was ambiguous about the order of operators is so no more,
/// and a rule that is regular by its other parts is seen to be.
/// </remarks>
static class SelfRecursion
{
    public static NotatedExpression Unroll(string rule, NotatedExpression body)
    {
        List<NotatedExpression> prefixes = [], suffixes = [], infixes = [], others = [];
        foreach (NotatedExpression alternative in body is NotatedExpression.Choice choice ? choice.Parts : [body])
        {
            IReadOnlyList<NotatedExpression> parts = alternative is NotatedExpression.Sequence sequence ? sequence.Parts : [alternative];
            bool begins = IsSelf(parts[0]), ends = IsSelf(parts[^1]);
            if (parts.Count == 1 && begins)
                continue;    // R = R says nothing
            List<NotatedExpression> kind = begins && ends ? infixes : begins ? suffixes : ends ? prefixes : others;
            kind.Add(NotatedExpression.InSequence([.. parts.Skip(begins ? 1 : 0).SkipLast(ends ? 1 : 0)]));
        }
        if (prefixes.Count + suffixes.Count + infixes.Count == 0 && (body is not NotatedExpression.Choice all || all.Parts.Count == others.Count))
            return body;

        List<NotatedExpression> unit = [];
        if (prefixes.Count > 0)
            unit.Add(AnyNumberOf(NotatedExpression.OneOf(prefixes)));
        unit.Add(NotatedExpression.OneOf(others));
        if (suffixes.Count > 0)
            unit.Add(AnyNumberOf(NotatedExpression.OneOf(suffixes)));
        NotatedExpression result = NotatedExpression.InSequence(unit);
        return infixes.Count == 0 ? result
            : NotatedExpression.InSequence([result, AnyNumberOf(NotatedExpression.InSequence([NotatedExpression.OneOf(infixes), result]))]);

        bool IsSelf(NotatedExpression part) => part is NotatedExpression.Reference reference && reference.Name == rule;
    }

    // A repetition without bound is never expanded, so that no error of expansion needs its place.
    static NotatedExpression.Repeat AnyNumberOf(NotatedExpression inner) => new(inner, 0, RegularExpression.Unbounded, 0);
}
