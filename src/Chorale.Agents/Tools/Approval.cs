namespace Chorale.Agents;

/// <summary>Whether a call may be run.</summary>
public sealed record Approval
{
    Approval(bool isGranted, string? reason) => (IsGranted, Reason) = (isGranted, reason);

    /// <summary>It may.</summary>
    public static Approval Granted { get; } = new(isGranted: true, null);

    /// <summary>It may not, and the model is not told why.</summary>
    public static Approval Refused { get; } = new(isGranted: false, null);

    /// <summary>Whether it may.</summary>
    public bool IsGranted { get; }

    /// <summary>Why not, for the model; null says nothing.</summary>
    public string? Reason { get; }

    /// <summary>It may not.</summary>
    /// <param name="reason">What the model is told.</param>
    public static Approval RefusedBecause(string reason) => new(isGranted: false, reason);
}
