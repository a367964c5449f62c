namespace Chorale.Server;

/// <summary>Makes the store that the options name.</summary>
static class ResponseStores
{
    /// <exception cref="FormatException">The store is none that is known.</exception>
    public static IResponseStore Open(ServerOptions options)
    {
        StoreLimits limits = new() { Responses = options.MaxStoredResponses, Lifetime = options.StoredResponseLifetime };
        return options.Store switch
        {
            null or "" or "memory" => new MemoryResponseStore(limits, options.TimeProvider),
            { } url when PostgresUrl.IsOne(url) => new PostgresResponseStore(PostgresUrl.Read(url), limits, options.TimeProvider),
            _ => throw new FormatException("The store is neither 'memory' nor of the form 'postgres://user:password@host/database' or 'Host=…;Database=…'."),
        };
    }
}
