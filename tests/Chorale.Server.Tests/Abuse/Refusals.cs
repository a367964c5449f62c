using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>What every answer to a hostile request must be.</summary>
static class Refusals
{
    /// <summary>What is wrong with an answer; null where it is as it should be: served, or refused as the API refuses, and never the server's own failure.</summary>
    public static async Task<string?> FaultOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (status >= 500)
            return $"{status}: {body}";
        if (status < 400)
            return response.IsSuccessStatusCode ? FaultOfSuccess(response, body) : $"{status}";
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
            return $"{status} as {response.Content.Headers.ContentType}: {body}";
        return FaultOfError(status, body);
    }

    /// <summary>Asserts that it is a refusal in OpenAI's shape.</summary>
    public static async Task<JsonElement> AssertRefusedAsync(HttpResponseMessage response, int status, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.Null(await FaultOfAsync(response, cancellationToken));
        return JsonElement.Parse(body).GetProperty("error");
    }

    static string? FaultOfSuccess(HttpResponseMessage response, string body)
    {
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            return body.Contains("\"error\":{", StringComparison.Ordinal) ? $"an error in a stream: {body}" : null;
        JsonElement json = JsonElement.Parse(body, new() { MaxDepth = 1024 });    // a response shows the request's schemas, as deep as they are
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object ? $"200 with an error: {body}" : null;
    }

    static string? FaultOfError(int status, string body)
    {
        try
        {
            JsonElement error = JsonElement.Parse(body).GetProperty("error");
            return error.GetProperty("message").GetString() is { Length: > 0 } && error.GetProperty("type").GetString() is { Length: > 0 }
                && IsTextOrNull(error.GetProperty("param")) && IsTextOrNull(error.GetProperty("code")) && body.Length < 4000
                ? null
                : $"{status} in another shape: {body}";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{status} in another shape: {body}";
        }
    }

    static bool IsTextOrNull(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Null;
}
