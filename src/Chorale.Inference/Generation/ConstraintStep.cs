namespace Chorale.Inference;

/// <summary>What an <see cref="ITokenConstraint"/> says of the next step.</summary>
public enum ConstraintStep
{
    /// <summary>Any id may follow; the mask was not written.</summary>
    Free,

    /// <summary>One of the ids in the mask must follow. A mask without any bit is the same as <see cref="End"/>.</summary>
    Masked,

    /// <summary>The listed ids must follow, in order; they are appended without being sampled, as one small prefill.</summary>
    Forced,

    /// <summary>Nothing may follow: the answer is complete.</summary>
    End,
}
