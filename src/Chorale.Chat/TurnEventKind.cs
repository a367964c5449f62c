namespace Chorale.Chat;

/// <summary>What an event of a turn tells.</summary>
public enum TurnEventKind
{
    /// <summary>A part begins; of a call the tool is known.</summary>
    PartStarted,

    /// <summary>Text joined the part.</summary>
    Delta,

    /// <summary>The part is whole, or cut.</summary>
    PartCompleted,

    /// <summary>The turn is over; the last event.</summary>
    TurnCompleted,
}
