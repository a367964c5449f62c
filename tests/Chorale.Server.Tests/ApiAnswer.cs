using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>What the server answered to one request.</summary>
sealed record ApiAnswer(int Status, JsonElement Json, HttpResponseMessage Response)
{
    /// <summary>A value by its path, <c>choices.0.message.content</c>; null where there is none.</summary>
    public JsonElement? this[string path] => ApiCalls.At(Json, path);

    /// <summary>A text by its path.</summary>
    public string? Text(string path) => this[path] is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Asserts that it is a refusal in OpenAI's shape.</summary>
    public void AssertRefused(int status, string? code, string? param)
    {
        Assert.True(status == Status, $"{Status}: {Json}");
        JsonElement error = Json.GetProperty("error");
        Assert.Equal((code, param), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.String, error.GetProperty("type").ValueKind);
    }
}
