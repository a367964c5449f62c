namespace Chorale.Harmony;

/// <summary>Why a message was kept or dropped.</summary>
public enum RenderReason
{
    /// <summary>Kept: it is not on the channel analysis.</summary>
    NotReasoning,

    /// <summary>Kept: <see cref="AnalysisDropping.None"/> drops nothing.</summary>
    NothingIsDropped,

    /// <summary>Kept, <see cref="AnalysisDropping.Harmony"/>: the last assistant message is not on final.</summary>
    NotAnsweredYet,

    /// <summary>Kept, <see cref="AnalysisDropping.Harmony"/>: it stands after the first message on final.</summary>
    AfterFirstFinal,

    /// <summary>Dropped, <see cref="AnalysisDropping.Harmony"/>: it stands before the first message on final, and the last assistant message is on final.</summary>
    BeforeFirstFinal,

    /// <summary>Kept, <see cref="AnalysisDropping.Template"/>: on analysis, but a call, a tool's result, or not the assistant's.</summary>
    CallOrResult,

    /// <summary>Kept, <see cref="AnalysisDropping.Template"/>: no answer follows it.</summary>
    NoAnswerFollows,

    /// <summary>Dropped, <see cref="AnalysisDropping.Template"/>: an answer follows it.</summary>
    AnswerFollows,

    /// <summary>Kept, <see cref="AnalysisDropping.Template"/>: the last answer, which is trained on, came out of it.</summary>
    ReasoningOfTrainedAnswer,

    /// <summary>Kept, <see cref="AnalysisDropping.PerTurn"/>: no user message follows it.</summary>
    CurrentTurn,

    /// <summary>Dropped, <see cref="AnalysisDropping.PerTurn"/>: a user message follows it.</summary>
    EarlierTurn,
}
