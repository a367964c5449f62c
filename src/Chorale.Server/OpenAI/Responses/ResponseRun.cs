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
    readonly Lock _lock = new();
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    EventRecorder? _recorder = recorder;
    bool _isOver;

    public string Id { get; } = id;

    /// <summary>Its events.</summary>
    public EventLog Log { get; } = new();

    /// <summary>The response as it is now.</summary>
    public ResponseObject Response => writer.Response;

    /// <summary>What went wrong; null where nothing did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Ends when the response has.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Why it is ended early; null where it is not.</summary>
    ResponseEnd? End { get; set; }

    /// <summary>Ends the response early; the first reason counts, and one that is over does not mind.</summary>
    public void Stop(ResponseEnd why)
    {
        lock (_lock)
        {
            if (End is not null || _isOver)
                return;
            End = why;
            _ = _stop.CancelAsync();
        }
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
            turn.EndEarly = _stop.Token;    // what was said until then is kept, and its cost is known
            await TellAsync(writer.Start(), isChange: true);
            await foreach (TurnEvent happened in state.RunAsync(turn, place, since, CancellationToken.None))
                await TellAsync(writer.Write(happened, state.Time.GetUtcNow().ToUnixTimeSeconds(), End), isChange: happened.Turn is not null);
        }
        catch (OperationCanceledException) when (End is { } end)
        {
            await EndAsync(() => writer.Stop(end));    // its turn had not come yet
        }
        catch (ResponseGoneException)
        {
            _recorder?.Close();
            _recorder = null;
            Log.Publish(writer.Stop(ResponseEnd.Cancelled));
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
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _stop.Dispose();
        }
        _completion.TrySetResult();
    }

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
        _recorder?.Withdraw(last[0].Sequence);
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
