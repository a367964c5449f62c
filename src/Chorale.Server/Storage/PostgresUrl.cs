using Npgsql;

namespace Chorale.Server;

/// <summary>Reads how a database is named: <c>postgres://user:password@host:port/database?sslmode=require</c>, or <c>Host=…;Database=…</c>.</summary>
static class PostgresUrl
{
    /// <summary>The parameters of libpq that have another name in Npgsql.</summary>
    static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["search_path"] = "Search Path",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["client_encoding"] = "Client Encoding",
    };

    /// <summary>Whether a text names a PostgreSQL database rather than anything else.</summary>
    public static bool IsOne(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || text.Contains("Host=", StringComparison.OrdinalIgnoreCase) || text.Contains("Server=", StringComparison.OrdinalIgnoreCase);

    /// <summary>What Npgsql connects with.</summary>
    /// <exception cref="FormatException">It names no database. The message tells nothing of a password.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            return text.Contains("://", StringComparison.Ordinal) ? ReadUrl(text) : new(text);
        }
        catch (ArgumentException e)
        {
            // Npgsql names the keyword, never its value.
            throw new FormatException($"The store is not a PostgreSQL connection: {e.Message}", e);
        }
    }

    static NpgsqlConnectionStringBuilder ReadUrl(string text)
    {
        // An empty host, for a socket that is named by a parameter, is none for System.Uri.
        string whole = text.Replace(":///", "://localhost/", StringComparison.Ordinal);
        if (!Uri.TryCreate(whole, UriKind.Absolute, out Uri? url) || url.Scheme is not ("postgres" or "postgresql"))
            throw new FormatException("The store is not of the form 'postgres://user:password@host:port/database'.");
        NpgsqlConnectionStringBuilder builder = new() { Host = Uri.UnescapeDataString(url.Host) };
        if (url.Port > 0)
            builder.Port = url.Port;
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            builder.Password = Uri.UnescapeDataString(user[1]);
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            builder.Database = Uri.UnescapeDataString(database);
        foreach (string parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = parameter.Split('=', 2);
            string name = Uri.UnescapeDataString(pair[0]);
            string value = pair.Length == 2 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : "";
            // libpq writes 'verify-full', Npgsql 'VerifyFull'.
            builder[Names.GetValueOrDefault(name, name)] = name.Equals("sslmode", StringComparison.OrdinalIgnoreCase) ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return builder;
    }
}
