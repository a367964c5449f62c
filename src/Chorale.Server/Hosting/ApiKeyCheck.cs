using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary>Checks the key that a request brings, in a time that tells nothing of the keys.</summary>
sealed class ApiKeyCheck(IEnumerable<string> keys)
{
    const string Bearer = "Bearer ";

    static readonly string[] Open = ["/health", "/ready", "/version", "/openapi.json"];

    readonly byte[][] _hashes = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Lets a request pass.</summary>
    /// <exception cref="ApiException">401: no key, or a wrong one.</exception>
    public void Require(HttpRequest request)
    {
        if (_hashes.Length == 0 || Array.Exists(Open, path => request.Path == path))
            return;
        if (KeyOf(request) is not { } key)
            throw new ApiException(401, "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'.", null, "missing_api_key");
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        bool isKnown = false;
        foreach (byte[] known in _hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, known);
        if (!isKnown)
            throw new ApiException(401, "Incorrect API key provided.", null, "invalid_api_key");
    }

    static string? KeyOf(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization is not null)
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
        string? key = request.Headers["api-key"];
        return key ?? request.Headers["x-api-key"];
    }
}
