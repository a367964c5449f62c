using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Chorale.Server;

/// <summary>
/// Shows the other processes that this one lives: it holds an advisory lock under a random number for as long as its connection stands. When the process dies, in whatever way, the
/// database lets go of the lock at once, and what bears its number is known to be orphaned, without any time-out. The same connection hears who wants a response cancelled.
/// </summary>
sealed class PostgresPresence : IAsyncDisposable
{
    /// <summary>The channel of requests to cancel; the payload is a response's id.</summary>
    public const string CancelChannel = "chorale_cancel";

    static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100), LastDelay = TimeSpan.FromSeconds(2);

    readonly NpgsqlDataSource _database;
    readonly Action<string> _cancel;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stop = new();
    NpgsqlConnection? _connection;
    Task _keeping = Task.CompletedTask;

    /// <param name="database">Without a pool, as the connection is held for as long as the process lives.</param>
    /// <param name="cancel">Called with the ids that are to be cancelled.</param>
    /// <param name="time">Waits between tries.</param>
    public PostgresPresence(NpgsqlDataSource database, Action<string> cancel, TimeProvider time)
    {
        (_database, _cancel, _time) = (database, cancel, time);
        Owner = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
    }

    /// <summary>The number of this process, positive.</summary>
    public long Owner { get; }

    /// <summary>Takes the lock; from then on it is taken again whenever the connection is lost.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null)
            return;
        _connection = await EnterAsync(cancellationToken);
        _keeping = KeepAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        if (_connection is not null)
            await _connection.DisposeAsync();
        _stop.Dispose();
    }

    async Task<NpgsqlConnection> EnterAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _database.OpenConnectionAsync(cancellationToken);
        try
        {
            connection.Notification += (_, told) => _cancel(told.Payload);
            string owner = Owner.ToString(CultureInfo.InvariantCulture);
            await using NpgsqlCommand command = new($"select pg_advisory_lock({owner}); listen {CancelChannel}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    async Task KeepAsync()
    {
        TimeSpan delay = FirstDelay;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _connection ??= await EnterAsync(_stop.Token);
                delay = FirstDelay;
                while (true)
                    await _connection.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                if (_connection is { } lost)
                {
                    _connection = null;
                    await lost.DisposeAsync();
                }
                try
                {
                    await Task.Delay(delay, _time, _stop.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                delay = delay < LastDelay ? delay * 2 : LastDelay;
            }
        }
    }
}
