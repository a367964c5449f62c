using System.Net;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server.Tests;

public class HostTests
{
    [Theory]
    [InlineData("/nothing", 404, "unknown_url")]
    [InlineData("/v1/nothing", 404, "unknown_url")]
    public async Task An_unknown_path_is_refused_in_the_shape_of_the_API(string path, int status, string code)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>final<|message|>Hi<|return|>");

        using HttpResponseMessage response = await server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(code, body.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("x-request-id")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "missing_api_key")]
    [InlineData("Bearer wrong", "invalid_api_key")]
    [InlineData("Basic c2VjcmV0", "missing_api_key")]
    public async Task A_request_without_the_key_is_refused(string? authorization, string code)
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>final<|message|>Hi<|return|>");
        await using TestServerApp server = await TestServerApp.StartAsync(generator, new() { ApiKeys = ["secret", "other"] });

        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
