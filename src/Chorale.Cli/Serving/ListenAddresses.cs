using System.Net;
using Microsoft.AspNetCore.Http;

namespace Chorale.Cli;

/// <summary>Where a server listens, and who can reach it there.</summary>
static class ListenAddresses
{
    /// <summary>Reads addresses, several in one text with semicolons between.</summary>
    /// <exception cref="CliException">One is none.</exception>
    public static List<string> Read(IEnumerable<string> urls)
    {
        List<string> addresses = [.. urls.SelectMany(url => url.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        foreach (string address in addresses)
            _ = Parse(address);
        return addresses.Count > 0 ? addresses : throw new CliException("--urls names no address.", ExitCodes.Usage);
    }

    /// <summary>The addresses that other machines can reach.</summary>
    public static IEnumerable<string> Reachable(IEnumerable<string> addresses) => addresses.Where(address => !IsLocal(Parse(address)));

    /// <summary>Whether the system chooses a port, another one at each start.</summary>
    public static bool AnyIsChosenBySystem(IEnumerable<string> addresses) => addresses.Any(address => Parse(address) is { IsUnixPipe: false, Port: 0 });

    static BindingAddress Parse(string address)
    {
        try
        {
            BindingAddress binding = BindingAddress.Parse(address);
            return binding.Scheme is "http" && (binding.IsUnixPipe || binding.Host.Length > 0) ? binding
                : throw new CliException($"'{address}' is no address to listen at: expected http://HOST:PORT. For TLS, put a proxy in front.", ExitCodes.Usage);
        }
        catch (FormatException)
        {
            throw new CliException($"'{address}' is no address to listen at: expected http://HOST:PORT.", ExitCodes.Usage);
        }
    }

    static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe
        || string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
