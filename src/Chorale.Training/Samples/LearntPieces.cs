namespace Chorale.Training;

/// <summary>Which of the last turn's messages are learnt. What is not learnt is there all the same.</summary>
public enum LearntPieces
{
    /// <summary>All that the model writes: reasoning, preambles, calls, answer.</summary>
    Everything,

    /// <summary>The answer alone.</summary>
    Final,

    /// <summary>Reasoning and answer.</summary>
    AnalysisAndFinal,

    /// <summary>Calls, the words between them, and the answer.</summary>
    CallsAndFinal,
}
