using System.Net;
using System.Text;
using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>Calls the Responses API and reads what it answers.</summary>
static class ResponseCaller
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<HttpResponseMessage> PostRawAsync(this TestServerApp server, string path, string json, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken? token = null)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        return server.Client.SendAsync(request, completion, token ?? Token);
    }

    /// <summary>Asks for a response that is answered whole.</summary>
    public static Task<JsonElement> RespondAsync(this TestServerApp server, string request) => server.SendAsync(HttpMethod.Post, "/v1/responses", request);

    /// <summary>Sends anything and reads the JSON that comes back.</summary>
    public static async Task<JsonElement> SendAsync(this TestServerApp server, HttpMethod method, string path, string? json = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using HttpRequestMessage request = new(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await server.Client.SendAsync(request, Token);
        string body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body, new() { MaxDepth = 1024 });
    }

    /// <summary>Sends what is refused, and reads the error.</summary>
    public static async Task<(string? Code, string? Param, string Message)> RefusedAsync(this TestServerApp server, string json, HttpStatusCode status = HttpStatusCode.BadRequest, string path = "/v1/responses")
    {
        JsonElement error = (await server.SendAsync(HttpMethod.Post, path, json, status)).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        return (error.GetProperty("code").GetString(), error.GetProperty("param").GetString(), error.GetProperty("message").GetString()!);
    }

    /// <summary>Reads a whole stream of events.</summary>
    public static async Task<List<(string Name, JsonElement Data)>> StreamAsync(this TestServerApp server, string request)
    {
        using HttpResponseMessage response = await server.PostRawAsync("/v1/responses", request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, await ReadFailureAsync(response));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return await ReadEventsAsync(response).ToListAsync(Token);
    }

    public static async Task<List<(string Name, JsonElement Data)>> ReplayAsync(this TestServerApp server, string id, int? after = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/responses/{id}?stream=true{(after is null ? "" : $"&starting_after={after}")}");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.True(response.IsSuccessStatusCode, await ReadFailureAsync(response));
        return await ReadEventsAsync(response).ToListAsync(Token);
    }

    /// <summary>Reads events as they come.</summary>
    public static async IAsyncEnumerable<(string Name, JsonElement Data)> ReadEventsAsync(HttpResponseMessage response)
    {
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Token), Encoding.UTF8);
        string? name = null, data = null;
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line["data: ".Length..];
            else if (line.Length == 0 && data is not null)
            {
                yield return (name!, JsonElement.Parse(data, new() { MaxDepth = 1024 }));
                (name, data) = (null, null);
            }
        }
    }

    static async Task<string> ReadFailureAsync(HttpResponseMessage response) => response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Token);
}
