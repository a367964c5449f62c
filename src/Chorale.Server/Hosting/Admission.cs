namespace Chorale.Server;

/// <summary>Lets as many requests run at a time as may, in the order they came, and as many wait as may; more are refused. Threads share it.</summary>
/// <param name="parallel">How many run.</param>
/// <param name="queueLength">How many wait.</param>
/// <param name="time">The clock.</param>
sealed class Admission(int parallel, int queueLength, TimeProvider time)
{
    readonly Lock _lock = new();
    readonly Queue<Place> _waiting = new();
    int _running;
    double _meanSeconds = 1;

    /// <summary>How many run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count(place => place.IsWaiting);
        }
    }

    /// <summary>Takes a place, or one in the queue, at once.</summary>
    /// <returns>The place: to be waited for, and disposed at the end.</returns>
    /// <exception cref="ApiException">429: as many wait as may.</exception>
    public Place Enter()
    {
        lock (_lock)
        {
            Place place = new(this);
            if (_running < parallel)
            {
                _running++;
                place.Grant(time.GetTimestamp());
                return place;
            }
            while (_waiting.TryPeek(out Place? first) && !first.IsWaiting)
                _waiting.Dequeue();
            if (_waiting.Count >= queueLength && _waiting.Count(waiting => waiting.IsWaiting) >= queueLength)
                throw ApiException.RateLimited(TimeSpan.FromSeconds(Math.Clamp(_meanSeconds * (queueLength + 1) / parallel, 1, 60)));
            _waiting.Enqueue(place);
            return place;
        }
    }

    void Leave(Place place)
    {
        lock (_lock)
        {
            if (!place.TryLeave(out long? granted))
                return;
            if (granted is null)
                return;
            _meanSeconds = (_meanSeconds * 0.9) + (time.GetElapsedTime(granted.Value).TotalSeconds * 0.1);
            while (_waiting.TryDequeue(out Place? next))
            {
                if (next.Grant(time.GetTimestamp()))
                    return;    // the place goes on to the next
            }
            _running--;
        }
    }

    /// <summary>A place among those that run, or in the queue for one.</summary>
    internal sealed class Place(Admission admission) : IDisposable
    {
        readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long? _since;
        bool _left;

        /// <summary>Whether it still waits.</summary>
        public bool IsWaiting => _since is null && !_left;

        /// <summary>Waits until the request may run.</summary>
        public Task WaitAsync(CancellationToken cancellationToken) => _granted.Task.WaitAsync(cancellationToken);

        /// <summary>Gives the place up.</summary>
        public void Dispose() => admission.Leave(this);

        internal bool Grant(long timestamp)
        {
            if (_left)
                return false;
            _since = timestamp;
            _granted.TrySetResult();
            return true;
        }

        internal bool TryLeave(out long? granted)
        {
            granted = _since;
            if (_left)
                return false;
            _left = true;
            return true;
        }
    }
}
