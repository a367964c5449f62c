using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace Chorale.Server.Tests;

public class LoadingServerTests
{
    [Theory]
    [InlineData("/health", 200, "ok")]
    [InlineData("/ready", 503, "loading")]
    [InlineData("/v1/models", 503, "model_loading")]
    [InlineData("/anything", 503, "model_loading")]
    public async Task Until_the_model_is_there_probes_are_answered_and_clients_told_to_come_again(string path, int status, string word)
    {
        await using WebApplication app = ChoraleServer.BuildLoading(new(), builder => builder.WebHost.UseTestServer());
        await app.StartAsync(TestContext.Current.CancellationToken);
        using HttpClient client = app.GetTestClient();

        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains($"\"{word}\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        if (word == "model_loading")
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }
}
