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
    public sealed record Sequence(IReadOnlyList<NotatedExpression> Parts) : NotatedExpression;

    /// <summary>One of them.</summary>
    public sealed record Choice(IReadOnlyList<NotatedExpression> Parts) : NotatedExpression;

    /// <summary>At least and at most so many times, one after the other; <see cref="RegularExpression.Unbounded"/> is no bound.</summary>
    /// <param name="Offset">Where it stands in the grammar.</param>
    public sealed record Repeat(NotatedExpression Inner, int Least, int Most, int Offset) : NotatedExpression;

    /// <summary>What another rule describes.</summary>
    /// <param name="Offset">Where it stands in the grammar.</param>
    public sealed record Reference(string Name, int Offset) : NotatedExpression;

    /// <summary>A special token, by its name or else by its id.</summary>
    /// <param name="Offset">Where it stands in the grammar.</param>
    public sealed record Special(string? Name, int Id, int Offset) : NotatedExpression;

    /// <summary>The parts one after the other.</summary>
    public static NotatedExpression InSequence(IReadOnlyList<NotatedExpression> parts) =>
        parts.Count == 0 ? Empty : parts.Count == 1 ? parts[0] : new Sequence(parts);

    /// <summary>One of the parts; of none there is no text.</summary>
    public static NotatedExpression OneOf(IReadOnlyList<NotatedExpression> parts) => parts.Count == 1 ? parts[0] : new Choice(parts);

    /// <summary>The references in it, with those that stand in its parts.</summary>
    public IEnumerable<Reference> References()
    {
        Stack<NotatedExpression> pending = new([this]);
        while (pending.TryPop(out NotatedExpression? expression))
        {
            if (expression is Reference reference)
                yield return reference;
            for (int i = expression.Inside.Count - 1; i >= 0; i--)
                pending.Push(expression.Inside[i]);
        }
    }

    /// <summary>What it is made of.</summary>
    public virtual IReadOnlyList<NotatedExpression> Inside => this switch
    {
        Sequence sequence => sequence.Parts,
        Choice choice => choice.Parts,
        Repeat repeat => [repeat.Inner],
        _ => [],
    };
}
