namespace Chorale.Server.Tests;

/// <summary>A clock that goes on only when it is told to; timers and timestamps are the system's.</summary>
sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
