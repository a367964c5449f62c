using System.Data.Common;
using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;

namespace Chorale.Server;

/// <summary>Keeps responses in PostgreSQL: what was acknowledged survives any end of this process, and processes may share it.</summary>
/// <remarks>
/// Each process has a number, under which it holds a lock of the session (<see cref="PostgresPresence"/>); a response that has not ended and whose process holds no lock any more is orphaned.
/// A pooler in between must give each client a session of its own.
/// </remarks>
sealed class PostgresResponseStore : IResponseStore
{
    /// <summary>About how many bytes of events are read at once.</summary>
    const int PageBytes = 4 << 20;

    static readonly TimeSpan[] Delays = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    /// <summary>How long the time of use may be behind: reading must not write each time.</summary>
    static readonly TimeSpan UseGranularity = TimeSpan.FromMinutes(1);

    /// <summary>True where the process with the number in <c>r.owner</c> is gone. The key of a lock stands in pg_locks in two halves.</summary>
    const string IsOrphaned = """
        r.status in ('queued', 'in_progress') and not exists (
            select 1 from pg_locks l
            where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
              and l.database = (select oid from pg_database where datname = current_database())
              and l.classid = (r.owner >> 32)::oid and l.objid = (r.owner & 4294967295)::oid)
        """;

    const string Columns = $"r.id, r.previous_id, r.created_at, r.used_at, r.status, r.owner, r.input, r.response, {IsOrphaned} as is_orphaned";

    readonly StoreLimits _limits;
    readonly TimeProvider _time;
    readonly NpgsqlDataSource _database, _unpooled;
    readonly PostgresPresence _presence;
    readonly TimeSpan[] _delays;

    /// <param name="connection">As <see cref="PostgresUrl"/> reads it.</param>
    /// <param name="limits">What is kept at most; null takes the defaults.</param>
    /// <param name="time">Dates responses; null is the system's.</param>
    /// <param name="delays">Between tries, when the database cannot be reached; null takes three short ones.</param>
    public PostgresResponseStore(NpgsqlConnectionStringBuilder connection, StoreLimits? limits = null, TimeProvider? time = null, TimeSpan[]? delays = null)
    {
        _limits = limits ?? new();
        _time = time ?? TimeProvider.System;
        _delays = delays ?? Delays;
        NpgsqlConnectionStringBuilder pooled = new(connection.ConnectionString) { CommandTimeout = Math.Min(connection.CommandTimeout, 10), Timeout = Math.Min(connection.Timeout, 5) };
        pooled.ApplicationName ??= "chorale";
        _database = NpgsqlDataSource.Create(pooled);
        _unpooled = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(pooled.ConnectionString) { Pooling = false, KeepAlive = 15, ApplicationName = $"{pooled.ApplicationName} (presence)" });
        _presence = new(_unpooled, id => CancelRequested?.Invoke(id), _time);
    }

    public Action<string>? CancelRequested { get; set; }

    public long Owner => _presence.Owner;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(async () =>
        {
            await PostgresSchema.RenewAsync(_database, cancellationToken);
            return true;
        }, cancellationToken);
        await TryAsync(async () =>
        {
            await _presence.StartAsync(cancellationToken);
            return true;
        }, cancellationToken);
    }

    public Task CreateAsync(StoredResponse response, IReadOnlyList<StoredEvent> events, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            with added as (
                insert into chorale_responses (id, previous_id, created_at, used_at, status, owner, input, response)
                values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing returning id)
            insert into chorale_events (response_id, first_sequence, last_sequence, lines) select id, $9, $10, $11 from added
            """,
            [
                Text(response.Id), Text(response.PreviousId), Time(response.CreatedAt), Time(_time.GetUtcNow()), Text(response.Status.NameOf()), Number(_presence.Owner),
                Bytes(response.Input), Bytes(response.Response), Integer(events[0].Sequence), Integer(events[^1].Sequence), Bytes(EventLines.Pack(events)),
            ],
            cancellationToken);

    public async Task AppendAsync(string id, IReadOnlyList<StoredEvent> events, ResponseChange? change, CancellationToken cancellationToken)
    {
        // An ended response takes what it ended with a second time, since a try that seemed to fail may have been kept.
        const string held = """
            with held as (
                select id from chorale_responses where id = $1 and owner = $2 and (status in ('queued', 'in_progress') or status = $3) for update)
            """;
        const string insert = """
            insert into chorale_events (response_id, first_sequence, last_sequence, lines) select id, $4, $5, $6 from held
            on conflict (response_id, first_sequence) do update set last_sequence = excluded.last_sequence, lines = excluded.lines
            """;
        List<NpgsqlParameter> parameters = [Text(id), Number(_presence.Owner), Text(change?.Status.NameOf() ?? "")];
        if (events.Count > 0)
            parameters.AddRange([Integer(events[0].Sequence), Integer(events[^1].Sequence), Bytes(EventLines.Pack(events))]);
        string sql;
        if (change is null)
        {
            if (events.Count == 0)
                return;
            sql = $"{held} {insert}";
        }
        else
        {
            int at = parameters.Count;
            parameters.AddRange([Time(_time.GetUtcNow()), Bytes(change.Response)]);
            string added = events.Count > 0 ? $", added as ({insert})" : "";
            sql = $"{held}{added} update chorale_responses r set status = $3, used_at = ${at + 1}, response = ${at + 2} from held where r.id = held.id";
        }
        if (await ExecuteAsync(sql, parameters, cancellationToken) == 0)
            throw new ResponseGoneException(id);
    }

    public async Task<StoredResponse?> FindAsync(string id, CancellationToken cancellationToken)
    {
        List<(StoredResponse Response, DateTimeOffset UsedAt)> found = await QueryAsync($"select {Columns} from chorale_responses r where r.id = $1", [Text(id)], Read, cancellationToken);
        if (found is not [(StoredResponse response, DateTimeOffset usedAt)])
            return null;
        await UseAsync([(id, usedAt)], cancellationToken);
        return response;
    }

    public async Task<IReadOnlyList<StoredResponse>> FindChainAsync(string id, long maxBytes, CancellationToken cancellationToken)
    {
        List<(StoredResponse Response, DateTimeOffset UsedAt)> chain = await QueryAsync($"""
            with recursive chain as (
                select r.id, r.previous_id, 0 as depth, (octet_length(r.input) + octet_length(r.response))::bigint as bytes from chorale_responses r where r.id = $1
                union all
                select r.id, r.previous_id, c.depth + 1, c.bytes + octet_length(r.input) + octet_length(r.response)
                from chain c join chorale_responses r on r.id = c.previous_id
                where c.bytes + octet_length(r.input) + octet_length(r.response) <= $2)
            select {Columns} from chain join chorale_responses r on r.id = chain.id order by chain.depth desc
            """, [Text(id), Number(maxBytes)], Read, cancellationToken);
        await UseAsync(chain.Select(link => (link.Response.Id, link.UsedAt)), cancellationToken);
        return [.. chain.Select(link => link.Response)];
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(string id, int after, CancellationToken cancellationToken)
    {
        // A window sums the bytes of what comes before a row, so that at least one row is read however large it is.
        List<byte[]> pages = await QueryAsync("""
            select lines from (
                select lines, first_sequence, sum(octet_length(lines)) over (order by first_sequence) - octet_length(lines) as before
                from chorale_events where response_id = $1 and last_sequence > $2) batches
            where before < $3 order by first_sequence
            """, [Text(id), Integer(after), Number(PageBytes)], reader => (byte[])reader.GetValue(0), cancellationToken);
        List<StoredEvent> events = [];
        foreach (byte[] lines in pages)
            EventLines.Unpack(lines, after, events);
        return events;
    }

    public async Task<bool> CloseAsync(StoredResponse orphan, StoredEvent last, ResponseChange change, CancellationToken cancellationToken) =>
        await ExecuteAsync("""
            with closed as (
                update chorale_responses set status = $3, response = $4, owner = 0, used_at = $5
                where id = $1 and owner = $2 and status in ('queued', 'in_progress') returning id)
            insert into chorale_events (response_id, first_sequence, last_sequence, lines) select id, $6, $6, $7 from closed
            """,
            [
                Text(orphan.Id), Number(orphan.Owner), Text(change.Status.NameOf()), Bytes(change.Response), Time(_time.GetUtcNow()),
                Integer(last.Sequence), Bytes(EventLines.Pack([last])),
            ],
            cancellationToken) > 0;

    public Task RequestCancelAsync(string id, CancellationToken cancellationToken) =>
        ExecuteAsync("select pg_notify($1, $2)", [Text(PostgresPresence.CancelChannel), Text(id)], cancellationToken);

    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) =>
        await ExecuteAsync("delete from chorale_responses where id = $1", [Text(id)], cancellationToken) > 0;

    public Task<int> PruneAsync(CancellationToken cancellationToken) =>
        ExecuteAsync($"""
            delete from chorale_responses where id in (
                select r.id from (select *, row_number() over (order by used_at desc) as place from chorale_responses) r
                where (r.used_at < $1 or r.place > $2) and (r.status not in ('queued', 'in_progress') or ({IsOrphaned})))
            """, [Time(_time.GetUtcNow() - _limits.Lifetime), Integer(_limits.Responses)], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _presence.DisposeAsync();
        await _unpooled.DisposeAsync();
        await _database.DisposeAsync();
    }

    static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = value is null ? DBNull.Value : value };

    static NpgsqlParameter Number(long value) => new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value };

    static NpgsqlParameter Integer(int value) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = value };

    static NpgsqlParameter Time(DateTimeOffset value) => new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = value.ToUniversalTime() };

    static NpgsqlParameter Bytes(ReadOnlyMemory<byte> value) => new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = value };

    static (StoredResponse Response, DateTimeOffset UsedAt) Read(DbDataReader row) => (new()
    {
        Id = row.GetString(0),
        PreviousId = row.IsDBNull(1) ? null : row.GetString(1),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(2),
        Status = ResponseStatuses.Parse(row.GetString(4)),
        Owner = row.GetInt64(5),
        Input = row.GetFieldValue<byte[]>(6),
        Response = row.GetFieldValue<byte[]>(7),
        IsOrphaned = row.GetBoolean(8),
    }, row.GetFieldValue<DateTimeOffset>(3));

    async Task UseAsync(IEnumerable<(string Id, DateTimeOffset UsedAt)> used, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _time.GetUtcNow();
        string[] stale = [.. used.Where(response => response.UsedAt < now - UseGranularity).Select(response => response.Id)];
        if (stale.Length == 0)
            return;
        NpgsqlParameter ids = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = stale };
        await ExecuteAsync("update chorale_responses set used_at = $2 where id = any($1)", [ids, Time(now)], cancellationToken);
    }

    Task<int> ExecuteAsync(string sql, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            await using NpgsqlCommand command = CommandOf(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }, cancellationToken);

    Task<List<T>> QueryAsync<T>(string sql, IReadOnlyList<NpgsqlParameter> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        TryAsync(async () =>
        {
            List<T> rows = [];
            await using NpgsqlCommand command = CommandOf(sql, parameters);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(read(reader));
            return rows;
        }, cancellationToken);

    NpgsqlCommand CommandOf(string sql, IReadOnlyList<NpgsqlParameter> parameters)
    {
        NpgsqlCommand command = _database.CreateCommand(sql);
        foreach (NpgsqlParameter parameter in parameters)
            command.Parameters.Add(parameter.Clone());    // a parameter belongs to one command, and this may be another try
        return command;
    }

    /// <summary>Tries again, a few times, where the database could not be reached or is just starting or stopping.</summary>
    async Task<T> TryAsync<T>(Func<Task<T>> run, CancellationToken cancellationToken)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return await run();
            }
            catch (Exception e) when (e is DbException or SocketException or IOException or TimeoutException)
            {
                if (tries == _delays.Length || !MayPass(e))
                    throw new StoreUnavailableException($"The store of responses cannot be reached: {e.Message}", e);
                await Task.Delay(_delays[tries], _time, cancellationToken);
            }
        }
    }

    /// <summary>Whether another try may fare better: what the database refuses it refuses again, unless it is short of something or going down or coming up.</summary>
    static bool MayPass(Exception exception) =>
        exception is not PostgresException refused || refused.IsTransient || refused.SqlState[..2] is "08" or "53" or "57";
}
