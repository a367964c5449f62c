using System.Runtime.CompilerServices;
using Chorale.Chat;

namespace Chorale.Server;

/// <summary>What all handlers share.</summary>
sealed class ServerState(ServerOptions options, ServedModel model)
{
    public ServerOptions Options { get; } = options;

    public ServedModel Model { get; } = model;

    public TimeProvider Time { get; } = options.TimeProvider;

    public Admission Admission { get; } = new(options.Parallel, options.QueueLength, options.TimeProvider);

    public ServerMetrics Metrics { get; } = new();

    /// <summary>When the server was made.</summary>
    public DateTimeOffset Created { get; } = options.TimeProvider.GetUtcNow();

    /// <summary>The model by the name that a request has for it.</summary>
    /// <exception cref="ApiException">404: it is not served.</exception>
    public void RequireModel(string name)
    {
        if (!Model.Answers(name, Options.StrictModelNames))
            throw ApiException.ModelNotFound(RequestValue.Shorten(name));
    }

    /// <summary>How many ids an answer may have, by the request and the options.</summary>
    public int? MaxTokens(int? asked) => Options.MaxOutputTokens is { } most ? Math.Min(asked ?? most, most) : asked;

    /// <summary>Runs a turn in its place: waits for it, measures, counts.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="place">The place that the request has taken; it stays the caller's.</param>
    /// <param name="since">When the request came, a timestamp of <see cref="Time"/>.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async IAsyncEnumerable<TurnEvent> RunAsync(PreparedTurn turn, Admission.Place place, long since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await place.WaitAsync(cancellationToken);
        Metrics.QueueTime.Record(Time.GetElapsedTime(since));
        using CancellationTokenSource? limit = Options.RequestTimeout is { } timeout ? new(timeout, Time) : null;
        using CancellationTokenSource early = CancellationTokenSource.CreateLinkedTokenSource(limit?.Token ?? default, turn.EndEarly);
        turn.EndEarly = early.Token;
        long last = since;
        bool isFirst = true;
        await foreach (TurnEvent happened in turn.StreamPartsAsync(cancellationToken))
        {
            if (happened.Kind == TurnEventKind.Delta)
            {
                long now = Time.GetTimestamp();
                (isFirst ? Metrics.TimeToFirstToken : Metrics.BetweenTokens).Record(Time.GetElapsedTime(last, now));
                (last, isFirst) = (now, false);
            }
            if (happened.Turn is { } ended)
                Metrics.RecordTurn(ended);
            yield return happened;
        }
    }
}
