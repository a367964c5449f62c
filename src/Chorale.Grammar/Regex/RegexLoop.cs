using System.Runtime.CompilerServices;

namespace Chorale.Grammar;

/// <summary>A language that is defined by an equation in which it stands itself: a repetition whose rounds look at what comes after them, as <c>(?:(?!ab).)*</c>.</summary>
/// <remarks>It stands in its definition only behind a character that is read, so that derivatives are found without end.</remarks>
sealed class RegexLoop(RegularExpression[] definitions, int index, bool isNullable, CharSet[] sets)
    : RegularExpression(HashCode.Combine(9, RuntimeHelpers.GetHashCode(definitions), index), isNullable, isPlain: false)
{
    readonly RegularExpression[] _definitions = definitions;
    readonly int _index = index;
    readonly CharSet[] _sets = sets;

    public override RegularExpression Derivative(int scalar) => _definitions[_index].Derivative(scalar);

    public override void CollectSets(ISet<CharSet> sets) => sets.UnionWith(_sets);

    public override string ToString() => $"<loop {_index}>";

    /// <summary>Brings a language with loops into a form that has finitely many derivatives.</summary>
    public static RegularExpression Close(RegularExpression language) => IsOpen(language) ? new Closed(Distribute(language)) : language;

    /// <summary>Whether a language, written out as a tree, has more than so many nodes, or more than so many inside each other.</summary>
    public static bool IsTooLarge(RegularExpression language, int mostNodes, int mostDepth)
    {
        Stack<(RegularExpression, int)> todo = [];
        todo.Push((language, 0));
        int count = 0;
        while (todo.TryPop(out (RegularExpression Language, int Depth) next))
        {
            int inner = next.Depth + 1;
            if (++count > mostNodes || inner > mostDepth)
                return true;
            switch (next.Language)
            {
                case Concatenation both:
                    todo.Push((both.First, inner));
                    todo.Push((both.Second, both.Second is Concatenation ? next.Depth : inner));
                    break;
                case Alternatives any:
                    foreach (RegularExpression part in any.Parts)
                        todo.Push((part, inner));
                    break;
                case Intersection all:
                    foreach (RegularExpression part in all.Parts)
                        todo.Push((part, inner));
                    break;
                case Negation negation:
                    todo.Push((negation.Inner, inner));
                    break;
                case Repetition repetition:
                    todo.Push((repetition.Inner, inner));
                    break;
                case Closed closed:
                    todo.Push((closed.Inner, inner));
                    break;
            }
        }
        return false;
    }

    protected override bool IsSame(RegularExpression other) =>
        other is RegexLoop loop && ReferenceEquals(_definitions, loop._definitions) && _index == loop._index;

    static bool IsOpen(RegularExpression language)
    {
        while (language is Concatenation { Second: var rest })
            language = rest;
        return language switch
        {
            RegexLoop => true,
            Alternatives any => Array.Exists(any.Parts, IsOpen),
            Intersection all => Array.Exists(all.Parts, IsOpen),
            _ => false,
        };
    }

    /// <summary>
    /// Moves intersections into alternatives where they hold loops. Derivatives would else nest them ever deeper: <c>A∩(B∩(L|M)|N)</c>.
    /// An intersection holds one part with loops at most: the rest of a round; all else comes of lookaheads, which are closed.
    /// </summary>
    static RegularExpression Distribute(RegularExpression language)
    {
        if (language is Alternatives any && IsOpen(any))
            return Or(any.Parts.Select(Distribute));
        if (language is Intersection all && Array.Find(all.Parts, IsOpen) is { } open && Distribute(open) is Alternatives inner)
            return Or(inner.Parts.Select(part => And(all.Parts.Select(other => ReferenceEquals(other, open) ? part : other))));
        return language;
    }

    /// <summary>A language with loops in it, as alternatives of intersections; one state of an alternating automaton.</summary>
    sealed class Closed(RegularExpression inner) : RegularExpression(HashCode.Combine(10, inner), inner.IsNullable, isPlain: false)
    {
        public RegularExpression Inner => inner;

        public override RegularExpression Derivative(int scalar) => Close(Inner.Derivative(scalar));

        public override void CollectSets(ISet<CharSet> sets) => Inner.CollectSets(sets);

        public override string ToString() => Inner.ToString()!;

        protected override bool IsSame(RegularExpression other) => Inner.Equals(((Closed)other).Inner);
    }
}
