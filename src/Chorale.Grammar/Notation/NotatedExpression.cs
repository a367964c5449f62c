namespace Chorale.Grammar;

/// <summary>A part of a rule as its notation has it.</summary>
abstract record NotatedExpression
{
    /// <summary>The empty text.</summary>
    public static NotatedExpression Empty { get; } = new Literal("");

    /// <summary>One text.</summary>
    public sealed record Literal(string Value) : NotatedExpression;

    /// <summary>Any text of a regular language.</summary>
    public sealed record Text(RegularExpression Language) : NotatedExpression;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<NotatedExpression> Parts) : NotatedExpression
    {
        public override IReadOnlyList<NotatedExpression> Inside => Parts;
    }

    /// <summary>One of them.</summary>
    public sealed record Choice(IReadOnlyList<NotatedExpression> Parts) : NotatedExpression
    {
        public override IReadOnlyList<NotatedExpression> Inside => Parts;
    }

    /// <summary>A part so many times, one after the other.</summary>
    /// <param name="Inner">The part.</param>
    /// <param name="Least">How often at least.</param>
    /// <param name="Most">How often at most; <see cref="RegularExpression.Unbounded"/> is no bound.</param>
    /// <param name="Offset">Where it stands in the grammar.</param>
    public sealed record Repeat(NotatedExpression Inner, int Least, int Most, int Offset) : NotatedExpression
    {
        public override IReadOnlyList<NotatedExpression> Inside => [Inner];
    }

    /// <summary>What another rule describes.</summary>
    /// <param name="Name">That of the rule.</param>
    /// <param name="Offset">Where it stands in the grammar.</param>
    public sealed record Reference(string Name, int Offset) : NotatedExpression;

    /// <summary>A special token.</summary>
    /// <param name="Name">How it is called; null where its id is given.</param>
    /// <param name="Id">Its id, where it has no name here.</param>
    /// <param name="Offset">Where it stands in the grammar.</param>
    public sealed record Special(string? Name, int Id, int Offset) : NotatedExpression;

    /// <summary>The parts one after the other.</summary>
    public static NotatedExpression InSequence(IReadOnlyList<NotatedExpression> parts) =>
        parts.Count == 0 ? Empty : parts.Count == 1 ? parts[0] : new Sequence(parts);

    /// <summary>One of the parts; of none there is no text.</summary>
    public static NotatedExpression OneOf(IReadOnlyList<NotatedExpression> parts) => parts.Count == 1 ? parts[0] : new Choice(parts);

    /// <summary>Itself and all that it is made of, in order.</summary>
    public IEnumerable<NotatedExpression> WithParts()
    {
        Stack<NotatedExpression> pending = new([this]);
        while (pending.TryPop(out NotatedExpression? expression))
        {
            yield return expression;
            for (int i = expression.Inside.Count - 1; i >= 0; i--)
                pending.Push(expression.Inside[i]);
        }
    }

    /// <summary>The references in it.</summary>
    public IEnumerable<Reference> References() => WithParts().OfType<Reference>();

    /// <summary>What it is made of.</summary>
    public virtual IReadOnlyList<NotatedExpression> Inside => [];
}
