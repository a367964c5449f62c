using Chorale.Chat;

namespace Chorale.Server;

/// <summary>
/// A response that is being made: the turn runs on its own, and its events go to the store, where it is to be stored, and to whoever reads the log. What must not be lost is kept before
/// it is shown to anybody.
/// </summary>
/// <param name="id">The response's.</param>
/// <param name="writer">Makes its events.</param>
/// <param name="recorder">Keeps them; null keeps nothing.</param>
/// <param name="state">Runs the turn.</param>
sealed class ResponseRun(string id, ResponseEventWriter writer, EventRecorder? recorder, ServerState state) : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    EventRecorder? _recorder = recorder;
    int _end = -1;

    public string Id { get; } = id;

    /// <summary>Its events.</summary>
    public EventLog Log { get; } = new();

    /// <summary>The response as it is now.</summary>
    public ResponseObject Response => writer.Response;

    /// <summary>What went wrong; null where nothing did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Ends when the response has.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Cancelled when the response is to end early.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Ends the response early; the first reason counts.</summary>
    public void Stop(ResponseEnd why)
    {
        if (Interlocked.CompareExchange(ref _end, (int)why, -1) == -1)
            _ = _stop.CancelAsync();
    }

    /// <summary>Shows the first events, which are kept already.</summary>
    public void Begin(IReadOnlyList<StoredEvent> first) => Log.Publish(first);

    /// <summary>Waits for a place, makes the answer, and ends the response, in whatever way; never throws.</summary>
    /// <param name="turn">What the model is to do.</param>
    /// <param name="place">Lets it begin, and is given back at the end.</param>
    /// <param name="since">When the request came, a timestamp.</param>
    public async Task RunAsync(PreparedTurn turn, Admission.Place place, long since)
    {
        try
        {
            using Admission.Place held = place;
            await place.WaitAsync(_stop.Token);
            TimeSpan limit = state.Options.RequestTimeout ?? Timeout.InfiniteTimeSpan;
            await using ITimer timer = state.Time.CreateTimer(_ => Stop(ResponseEnd.TimedOut), null, limit, Timeout.InfiniteTimeSpan);
            await TellAsync(writer.Start(), isChange: true);
            await foreach (TurnEvent happened in state.RunAsync(turn, place, since, _stop.Token))
                await TellAsync(writer.Write(happened, state.Time.GetUtcNow().ToUnixTimeSeconds()), isChange: happened.Turn is not null);
        }
        catch (OperationCanceledException) when (_end >= 0)
        {
            await EndAsync(() => (ResponseEnd)_end switch
            {
                ResponseEnd.Stopped => writer.Interrupt(),
                ResponseEnd.TimedOut => writer.TimeOut(),
                _ => writer.Cancel(),
            });
        }
        catch (ResponseGoneException)
        {
            _recorder?.Close();
            _recorder = null;
            Log.Publish(writer.Cancel());
        }
        catch (Exception e)
        {
            Failure = e;
            ApiException told = ErrorMapping.ToApi(e);
            await EndAsync(() => writer.Fail(told.Status is >= 400 and < 500 ? told.Code ?? "invalid_prompt" : "server_error", told.Message));
        }
        finally
        {
            Log.End();
        }
    }

    /// <summary>Everything is done, also with the list of what runs.</summary>
    public void Complete() => _completion.TrySetResult();

    public void Dispose() => _stop.Dispose();

    async ValueTask TellAsync(IReadOnlyList<StoredEvent> events, bool isChange)
    {
        if (events.Count == 0)
            return;
        if (_recorder is not null)
        {
            ResponseObject response = writer.Response;
            ResponseChange? change = isChange ? new(ResponseStatuses.Parse(response.Status), ResponseEventWriter.Serialize(response)) : null;
            await _recorder.AddAsync(events, change);
        }
        Log.Publish(events);
    }

    /// <summary>Ends the response with a last event. Where even that cannot be kept it is shown all the same: the client is told, and the stored response will be read as interrupted.</summary>
    async Task EndAsync(Func<IReadOnlyList<StoredEvent>> end)
    {
        IReadOnlyList<StoredEvent> last = end();
        try
        {
            await TellAsync(last, isChange: true);
        }
        catch (Exception e) when (e is StoreUnavailableException or ResponseGoneException)
        {
            Failure ??= e;
            _recorder?.Close();
            _recorder = null;
            Log.Publish(last);
        }
    }
}
