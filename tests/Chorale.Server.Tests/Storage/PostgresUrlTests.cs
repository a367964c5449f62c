using Npgsql;

namespace Chorale.Server.Tests;

public class PostgresUrlTests
{
    [Theory]
    [InlineData("postgres://user:p%40ss@db.example:6543/name", "db.example", 6543, "user", "p@ss", "name")]
    [InlineData("postgresql://db/name", "db", 5432, null, null, "name")]
    [InlineData("postgres:///name?host=/var/run/postgresql&user=me", "/var/run/postgresql", 5432, "me", null, "name")]
    [InlineData("Host=db;Port=1;Username=u;Password=p;Database=d", "db", 1, "u", "p", "d")]
    public void Both_forms_are_read(string text, string host, int port, string? user, string? password, string database)
    {
        Assert.True(PostgresUrl.IsOne(text));
        NpgsqlConnectionStringBuilder read = PostgresUrl.Read(text);
        Assert.Equal((host, port, user, password, database), (read.Host, read.Port, read.Username, read.Password, read.Database));
    }

    [Fact]
    public void Settings_of_libpq_are_translated()
    {
        NpgsqlConnectionStringBuilder read = PostgresUrl.Read("postgres://db/x?sslmode=verify-full&connect_timeout=3&application_name=a+b");
        Assert.Equal((SslMode.VerifyFull, 3, "a b"), (read.SslMode, read.Timeout, read.ApplicationName));
    }

    [Theory]
    [InlineData("postgres://user:sec ret@")]
    [InlineData("postgres://user:secret@db/x?nonsense=1")]
    [InlineData("postgres://user:secret@db:port/x")]
    [InlineData("Host=db;Password=secret;Nonsense=1")]
    public void What_is_none_is_refused_without_its_password(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => PostgresUrl.Read(text));
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("memory")]
    public async Task Without_a_database_responses_are_kept_in_memory(string? store)
    {
        await using IResponseStore opened = ResponseStores.Open(new() { Store = store });
        Assert.IsType<MemoryResponseStore>(opened);
        Assert.Throws<FormatException>(() => ResponseStores.Open(new() { Store = "sqlite.db" }));
    }
}
