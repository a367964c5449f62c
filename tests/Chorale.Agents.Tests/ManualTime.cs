namespace Chorale.Agents.Tests;

/// <summary>A clock that stands still until it is told to strike: then every timer that was set goes off.</summary>
sealed class ManualTime : TimeProvider
{
    readonly List<ManualTimer> _timers = [];
    readonly Lock _lock = new();
    TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(callback, state, dueTime);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    public void Strike(TimeSpan elapsed)
    {
        _elapsed += elapsed;
        ManualTimer[] due;
        lock (_lock)
            due = [.. _timers];
        foreach (ManualTimer timer in due)
            timer.FireIfDue(elapsed);
    }

    sealed class ManualTimer(TimerCallback callback, object? state, TimeSpan dueTime) : ITimer
    {
        TimeSpan _due = dueTime;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime;
            return true;
        }

        public void FireIfDue(TimeSpan elapsed)
        {
            if (_due != Timeout.InfiniteTimeSpan && _due <= elapsed)
                callback(state);
        }

        public void Dispose() => _due = Timeout.InfiniteTimeSpan;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
