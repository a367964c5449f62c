using System.Net.Sockets;
using System.Text;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Chorale.Server.Tests;

/// <summary>A server in this process on a real socket, for what happens between a client's socket and the server's.</summary>
sealed class SocketServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ServedModel _model;

    SocketServer(WebApplication app, ServedModel model)
    {
        (_app, _model) = (app, model);
        Address = new(app.Urls.First());
        Client = new() { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Who runs and who waits.</summary>
    public Admission Admission => _app.Services.GetRequiredService<ServerState>().Admission;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<SocketServer> PlayAsync(string answer, ServerOptions? options = null, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, answer), options, configure);

    public static async Task<SocketServer> StartAsync(ITokenGenerator generator, ServerOptions? options = null, Action<WebApplicationBuilder>? configure = null)
    {
        ServedModel model = new(ChatModel.Of("gpt-oss-test", generator, HarmonyEncoding.Default));
        WebApplication app = ChoraleServer.Build((options ?? new()) with { Urls = ["http://127.0.0.1:0"] }, model, configure);
        await app.StartAsync(Cancellation);
        return new(app, model);
    }

    /// <summary>Stops it as the signal to end does.</summary>
    public Task StopAsync() => _app.StopAsync(Cancellation);

    /// <summary>A bare connection.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(Address.Host, Address.Port, Cancellation);
        return client;
    }

    /// <summary>Sends bytes as they are on a connection of their own and reads until the server closes it, in whatever way.</summary>
    public async Task<string> SendRawAsync(ReadOnlyMemory<byte> request)
    {
        using TcpClient client = await ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(request, Cancellation);
        client.Client.Shutdown(SocketShutdown.Send);
        using MemoryStream answer = new();
        try
        {
            await stream.CopyToAsync(answer, Cancellation);
        }
        catch (IOException)
        {
            // A server may close a connection that makes no sense with a reset.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>A request of the API as it stands on the wire.</summary>
    public static byte[] RawRequest(string path, string json)
    {
        byte[] body = Encoding.UTF8.GetBytes(json);
        string head = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        GC.KeepAlive(_model);
    }
}
