namespace Chorale.Training;

/// <summary>What the checks tell of a sample that is kept.</summary>
public enum SampleFinding
{
    /// <summary>A content spells a control token. It stays ordinary text in ids.</summary>
    MarkerInContent,

    /// <summary>A reasoning without a word.</summary>
    EmptyThinking,

    /// <summary>Older turns were left out to keep the length.</summary>
    TurnsLeftOut,

    /// <summary>The last turn has no answer: it ends in a call or in reasoning.</summary>
    NoFinal,

    /// <summary>Something that only another learns to write is learnt: a user's or a tool's words, by a mask of markers.</summary>
    OthersWordsLearnt,

    /// <summary>What is learnt of a message stops before its terminator, by a mask of markers.</summary>
    TerminatorNotLearnt,
}
