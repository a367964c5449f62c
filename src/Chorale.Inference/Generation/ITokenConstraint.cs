namespace Chorale.Inference;

/// <summary>Says before each step which ids may follow, or which must.</summary>
/// <remarks>
/// One instance follows one answer. A generator calls <see cref="NextStep"/> before each choice and <see cref="Accept"/> for each id
/// that joined the answer (chosen and forced ones alike), in order, never both at once, though not always on the same thread.
/// An exception thrown here ends the generation and reaches the caller.
/// </remarks>
public interface ITokenConstraint
{
    /// <summary>What may follow the ids accepted so far. Called again without an <see cref="Accept"/> between, it answers the same.</summary>
    /// <param name="allowed">
    /// One bit an id: id <c>i</c> is bit <c>i % 64</c> of word <c>i / 64</c>. To be filled whole where the answer is
    /// <see cref="ConstraintStep.Masked"/> (it holds anything on entry); bits past the vocabulary are ignored.
    /// </param>
    /// <param name="forced">Empty on entry; takes the ids that must follow, at least one, where the answer is <see cref="ConstraintStep.Forced"/>.</param>
    ConstraintStep NextStep(Span<ulong> allowed, IList<int> forced);

    /// <summary>Tells of the next id of the answer. It was allowed by the last <see cref="NextStep"/>; a stop id is told too.</summary>
    void Accept(int id);
}
