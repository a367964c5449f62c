using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace Chorale.Server.Tests;

/// <summary>A server in this process over any generator, without a socket.</summary>
sealed class TestServerApp : IAsyncDisposable
{
    readonly WebApplication _app;

    TestServerApp(WebApplication app, ITokenGenerator generator) => (_app, Generator, Client) = (app, generator, app.GetTestClient());

    public HttpClient Client { get; }

    public ITokenGenerator Generator { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>A server that plays these texts, in which control tokens are spelled out.</summary>
    public static Task<TestServerApp> PlayAsync(params string[] answers) => StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, answers));

    public static async Task<TestServerApp> StartAsync(ITokenGenerator generator, ServerOptions? options = null, Action<WebApplicationBuilder>? configure = null)
    {
        ServedModel model = new(ChatModel.Of("gpt-oss-test", generator, HarmonyEncoding.Default));
        WebApplication app = ChoraleServer.Build(options ?? new(), model, builder =>
        {
            builder.WebHost.UseTestServer();
            configure?.Invoke(builder);
        });
        await app.StartAsync();
        return new(app, generator);
    }

    /// <summary>Stops the server as a signal would; the token ends its patience.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
