namespace Chorale.Training;

/// <summary>What becomes of a sample that is longer than it may be. An answer is never cut.</summary>
public enum LengthLimit
{
    /// <summary>Its oldest turns are left out, whole, as many as need be; where the last turn alone is too long, the sample is dropped.</summary>
    LeaveOutTurns,

    /// <summary>It is dropped.</summary>
    Drop,
}
