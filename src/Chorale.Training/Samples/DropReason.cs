namespace Chorale.Training;

/// <summary>Why a turn gave no sample.</summary>
public enum DropReason
{
    /// <summary>Nothing in it is learnt: no answer where only answers are, or weight 0.</summary>
    NothingLearnt,

    /// <summary>It is longer than the limit, and leaving out older turns does not help.</summary>
    TooLong,

    /// <summary>The same sample was there before.</summary>
    Duplicate,

    /// <summary>Something learnt does not end in its terminator, so the model would not learn to stop.</summary>
    NotTerminated,

    /// <summary>A content spells control tokens, and the output is text, where they would become real.</summary>
    MarkersInText,

    /// <summary>The template refuses the conversation.</summary>
    Refused,
}
