using Npgsql;

namespace Chorale.Server;

/// <summary>The tables of <see cref="PostgresResponseStore"/>, made and renewed step by step.</summary>
static class PostgresSchema
{
    /// <summary>Any number that stands for "Chorale's tables are being renewed"; the letters of 'chorale'.</summary>
    const long LockKey = 0x63_68_6f_72_61_6c_65;

    /// <summary>Each step makes the next version of the one before it; a step that was released is never changed.</summary>
    static readonly string[] Steps =
    [
        """
        create table chorale_responses (
            id text primary key,
            previous_id text,
            created_at timestamptz not null,
            used_at timestamptz not null,
            status text not null,
            owner bigint not null,
            input bytea not null,
            response bytea not null
        );
        create index chorale_responses_used_at on chorale_responses (used_at);
        create table chorale_events (
            response_id text not null references chorale_responses on delete cascade,
            first_sequence integer not null,
            last_sequence integer not null,
            lines bytea not null,
            primary key (response_id, first_sequence)
        );
        """,
    ];

    /// <summary>Brings the tables to the version of this program.</summary>
    /// <exception cref="FormatException">They are of a later version.</exception>
    public static async Task RenewAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync($"select pg_advisory_xact_lock({LockKey})");    // one process at a time
        await RunAsync("create table if not exists chorale_schema (version integer not null)");
        await using NpgsqlCommand read = new("select coalesce(max(version), 0) from chorale_schema", connection, transaction);
        int version = (int)(await read.ExecuteScalarAsync(cancellationToken))!;
        if (version > Steps.Length)
            throw new FormatException($"The tables in the database are of version {version}; this program knows versions up to {Steps.Length}.");
        for (; version < Steps.Length; version++)
        {
            await RunAsync(Steps[version]);
            await RunAsync($"insert into chorale_schema values ({version + 1})");
        }
        await transaction.CommitAsync(cancellationToken);

        async Task RunAsync(string sql)
        {
            await using NpgsqlCommand command = new(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
