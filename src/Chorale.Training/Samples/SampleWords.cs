namespace Chorale.Training;

/// <summary>Reasons and findings in words.</summary>
public static class SampleWords
{
    /// <summary>Why a sample was dropped.</summary>
    public static string Describe(this DropReason reason) => reason switch
    {
        DropReason.NothingLearnt => "nothing in it is learnt",
        DropReason.TooLong => "longer than the limit",
        DropReason.Duplicate => "the same sample was there before",
        DropReason.NotTerminated => "a learnt message does not end in its terminator",
        DropReason.MarkersInText => "a content spells control tokens, which text would make real",
        DropReason.Refused => "the template refuses it",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };

    /// <summary>What was found in a sample.</summary>
    public static string Describe(this SampleFinding finding) => finding switch
    {
        SampleFinding.MarkerInContent => "a content spells a control token",
        SampleFinding.EmptyThinking => "a reasoning is empty",
        SampleFinding.TurnsLeftOut => "older turns were left out to keep the length",
        SampleFinding.NoFinal => "the last turn has no answer",
        SampleFinding.OthersWordsLearnt => "words of users or tools are learnt",
        SampleFinding.TerminatorNotLearnt => "a learnt message's terminator is not",
        _ => throw new ArgumentOutOfRangeException(nameof(finding), finding, "Not a finding."),
    };
}
