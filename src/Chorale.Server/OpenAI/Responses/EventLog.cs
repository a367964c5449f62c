using System.Runtime.CompilerServices;

namespace Chorale.Server;

/// <summary>The events of a response that is being made: one writes, any number read, from any place, as fast as each can.</summary>
sealed class EventLog
{
    readonly Lock _lock = new();
    readonly List<StoredEvent> _events = [];
    TaskCompletionSource? _more;
    bool _isEnded;

    /// <summary>Adds events for the readers to see.</summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _events.AddRange(events);
            (waiting, _more) = (_more, null);
        }
        waiting?.TrySetResult();
    }

    /// <summary>Nothing will follow.</summary>
    public void End()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            _isEnded = true;
            (waiting, _more) = (_more, null);
        }
        waiting?.TrySetResult();
    }

    /// <summary>The events behind a sequence number, then those that come, until the end.</summary>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int next = 0;
        List<StoredEvent> ready = [];
        while (true)
        {
            Task more;
            lock (_lock)
            {
                for (; next < _events.Count; next++)
                {
                    if (_events[next].Sequence > after)
                        ready.Add(_events[next]);
                }
                if (ready.Count == 0 && _isEnded)
                    yield break;
                more = ready.Count > 0 ? Task.CompletedTask : (_more ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            foreach (StoredEvent stored in ready)
                yield return stored;
            ready.Clear();
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
