using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>One of the two APIs, asked for the same things.</summary>
sealed class Endpoint
{
    public static readonly Endpoint Chat = new("/v1/chat/completions", isChat: true), Responses = new("/v1/responses", isChat: false);

    readonly bool _isChat;

    Endpoint(string path, bool isChat) => (Path, _isChat) = (path, isChat);

    public string Path { get; }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A request in the API's own words.</summary>
    /// <param name="stream">Whether it is answered event by event.</param>
    /// <param name="tools">Names of functions that are declared.</param>
    /// <param name="maxTokens">At most so many ids; null does not bound them.</param>
    /// <param name="stop">A stop sequence; null is none.</param>
    /// <param name="user">What the user says.</param>
    public string Request(bool stream, IEnumerable<string>? tools = null, int? maxTokens = null, string? stop = null, string user = "Hi")
    {
        List<string> fields = [_isChat ? $$"""{"messages":[{"role":"user","content":{{Quote(user)}}}]""" : $$"""{"input":{{Quote(user)}}"""];
        if (stream)
            fields.Add("\"stream\":true");
        if (tools is not null)
            fields.Add($"\"tools\":[{string.Join(',', tools.Select(ToolOf))}]");
        if (maxTokens is { } most)
            fields.Add(string.Create(CultureInfo.InvariantCulture, $"\"{(_isChat ? "max_completion_tokens" : "max_output_tokens")}\":{most}"));
        if (stop is not null)
            fields.Add($"\"stop\":{Quote(stop)}");
        return string.Join(',', fields) + "}";

        string ToolOf(string name) => _isChat ? $$$"""{"type":"function","function":{"name":{{{Quote(name)}}}}}""" : $$"""{"type":"function","name":{{Quote(name)}}}""";
    }

    /// <summary>Asks for a whole answer, which is one.</summary>
    public async Task<ToldAnswer> AskAsync(HttpClient client, string request)
    {
        JsonElement json = await AskJsonAsync(client, request);
        if (_isChat)
            return ToldAnswer.OfChoice(Assert.Single(json.GetProperty("choices").EnumerateArray()));
        EventRules.CheckResponse(json);
        return ToldAnswer.OfResponse(json);
    }

    /// <summary>Asks for a stream, which is one, and adds it up.</summary>
    public async Task<ToldAnswer> StreamAsync(HttpClient client, string request)
    {
        List<(string? Event, string Data)> frames = await StreamFramesAsync(client, request);
        if (!_isChat)
            return ToldAnswer.OfResponse(EventRules.Check([.. frames.Select(frame => (frame.Event!, JsonElement.Parse(frame.Data)))]));
        Assert.Equal("[DONE]", frames[^1].Data);
        return ToldAnswer.OfChunks(frames.SkipLast(1).Select(frame => JsonElement.Parse(frame.Data)));
    }

    /// <summary>The JSON of a whole answer.</summary>
    public async Task<JsonElement> AskJsonAsync(HttpClient client, string request)
    {
        using HttpResponseMessage response = await PostAsync(client, request);
        string body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode == 200, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    /// <summary>The frames of a stream.</summary>
    public async Task<List<(string? Event, string Data)>> StreamFramesAsync(HttpClient client, string request)
    {
        using HttpResponseMessage response = await PostAsync(client, request);
        string body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode == 200, $"{(int)response.StatusCode}: {body}");
        return [.. SseText.Frames(body)];
    }

    public Task<HttpResponseMessage> PostAsync(HttpClient client, string request, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken? cancellationToken = null)
    {
        HttpRequestMessage message = new(HttpMethod.Post, Path) { Content = new StringContent(request, Encoding.UTF8, "application/json") };
        return client.SendAsync(message, completion, cancellationToken ?? Cancellation);
    }

    public override string ToString() => Path;

    static string Quote(string text) => JsonSerializer.Serialize(text);
}
