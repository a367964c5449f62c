namespace Chorale.Harmony;

/// <summary>What a <see cref="RenderReason"/> says, and in which words.</summary>
static class RenderReasons
{
    public static bool IsDropped(this RenderReason reason) =>
        reason is RenderReason.BeforeFirstFinal or RenderReason.AnswerFollows or RenderReason.EarlierTurn;

    public static string InWords(this RenderReason reason) => reason switch
    {
        RenderReason.NotReasoning => "is not on analysis",
        RenderReason.NothingIsDropped => "the rule drops nothing",
        RenderReason.NotAnsweredYet => "the last assistant message is not on final",
        RenderReason.AfterFirstFinal => "stands after the first final",
        RenderReason.BeforeFirstFinal => "stands before the first final, and the last assistant message is on final",
        RenderReason.CallOrResult => "is on analysis but no reasoning of the assistant: a call, a result, or another's words",
        RenderReason.NoAnswerFollows => "no answer follows",
        RenderReason.AnswerFollows => "an answer follows",
        RenderReason.ReasoningOfTrainedAnswer => "the last answer, which is trained on, came out of it",
        RenderReason.CurrentTurn => "no user message follows",
        RenderReason.EarlierTurn => "a user message follows",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
