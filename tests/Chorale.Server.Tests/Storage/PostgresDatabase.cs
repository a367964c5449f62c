using Npgsql;

namespace Chorale.Server.Tests;

/// <summary>A schema of its own in the PostgreSQL server that <c>tests/postgres.sh</c> runs, dropped at the end.</summary>
sealed class PostgresDatabase : IAsyncDisposable
{
    const string Variable = "CHORALE_TEST_POSTGRES";

    readonly string _schema = $"test_{Guid.NewGuid():N}";

    PostgresDatabase(NpgsqlConnectionStringBuilder server) => Connection = new(server.ConnectionString) { SearchPath = _schema };

    public NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>Skips the test where there is no server.</summary>
    public static async Task<PostgresDatabase> CreateAsync()
    {
        string? server = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(server), $"{Variable} names no PostgreSQL server; 'tests/postgres.sh dotnet test' runs one.");
        PostgresDatabase database = new(PostgresUrl.Read(server!));
        await database.ExecuteAsync($"create schema {database._schema}");
        return database;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = new(Connection.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<int> ReadNumberAsync(string sql)
    {
        await using NpgsqlConnection connection = new(Connection.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"drop schema {_schema} cascade");
}
