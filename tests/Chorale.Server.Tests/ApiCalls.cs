using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>Requests as clients send them.</summary>
static class ApiCalls
{
    public static async Task<ApiAnswer> PostAsync(this TestServerApp server, string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        HttpResponseMessage response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public static async Task<ApiAnswer> GetAsync(this TestServerApp server, string path) =>
        await ReadAsync(await server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    /// <summary>The data lines of a stream, the last one included: <c>[DONE]</c>.</summary>
    public static async Task<List<string>> StreamAsync(this TestServerApp server, string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        string[] frames = text[..^2].Split("\n\n");
        return [.. frames.Where(frame => !frame.StartsWith(':')).Select(frame => frame.StartsWith("data: ", StringComparison.Ordinal) && !frame.Contains('\n', StringComparison.Ordinal) ? frame[6..] : throw new FormatException(frame))];
    }

    /// <summary>The chunks of a stream that ends as it should.</summary>
    public static async Task<List<JsonElement>> ChunksAsync(this TestServerApp server, string path, string json)
    {
        List<string> frames = await server.StreamAsync(path, json);
        Assert.Equal("[DONE]", frames[^1]);
        return [.. frames.SkipLast(1).Select(Parse)];
    }

    public static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1024 });
        return document.RootElement.Clone();
    }

    public static JsonElement? At(JsonElement json, string path)
    {
        JsonElement at = json;
        foreach (string step in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(step, CultureInfo.InvariantCulture, out int index))
            {
                if (index >= at.GetArrayLength())
                    return null;
                at = at[index];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return null;
            }
        }
        return at;
    }

    static async Task<ApiAnswer> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        bool isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        return new((int)response.StatusCode, isJson ? Parse(text) : JsonSerializer.SerializeToElement(text), response);
    }
}
