using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server.Tests;

/// <summary>Clients that leave, are slow, come too many, or speak no HTTP; and the end of the server.</summary>
public class ConnectionTests
{
    const string Greeting = "<|channel|>analysis<|message|>The user greets me.<|end|><|start|>assistant<|channel|>final<|message|>Hello, world!<|return|>";

    public static TheoryData<string, bool> Ways => new() { { "/v1/chat/completions", true }, { "/v1/chat/completions", false }, { "/v1/responses", true }, { "/v1/responses", false } };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Ways))]
    public async Task A_client_that_leaves_ends_the_generation_at_once(string path, bool streams)
    {
        GatedGenerator gated = new(Greeting);
        await using SocketServer server = await SocketServer.StartAsync(gated);
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync(SocketServer.RawRequest(path, EndpointOf(path).Request(streams)), Cancellation);
        await gated.PassAsync(7);

        client.Client.Close(0);    // a reset, as of a program that was killed

        Assert.True(await gated.Stopped.WaitAsync(Cancellation));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_client_that_leaves_while_it_waits_leaves_the_queue(string path, bool streams)
    {
        GatedGenerator gated = new(Greeting);
        await using SocketServer server = await SocketServer.StartAsync(gated, new() { Parallel = 1, QueueLength = 1 });
        Task<HttpResponseMessage> running = EndpointOf(path).PostAsync(server.Client, EndpointOf(path).Request(stream: false));
        await gated.PassAsync(1);

        using (TcpClient client = await server.ConnectAsync())
        {
            await client.GetStream().WriteAsync(SocketServer.RawRequest(path, EndpointOf(path).Request(streams)), Cancellation);
            await WaitUntilAsync(() => server.Admission.Waiting == 1);
            client.Client.Close(0);
        }
        await WaitUntilAsync(() => server.Admission.Waiting == 0);

        gated.PassAll();
        using HttpResponseMessage response = await running;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task One_more_than_may_wait_is_told_when_to_come_back(string path, bool streams)
    {
        GatedGenerator gated = new(Greeting);
        await using SocketServer server = await SocketServer.StartAsync(gated, new() { Parallel = 1, QueueLength = 1 });
        Endpoint endpoint = EndpointOf(path);
        Task<HttpResponseMessage> running = endpoint.PostAsync(server.Client, endpoint.Request(stream: false));
        await gated.PassAsync(1);
        Task<HttpResponseMessage> waiting = endpoint.PostAsync(server.Client, endpoint.Request(stream: false));
        await WaitUntilAsync(() => server.Admission.Waiting == 1);

        using HttpResponseMessage refused = await endpoint.PostAsync(server.Client, endpoint.Request(streams));

        JsonElement error = await Refusals.AssertRefusedAsync(refused, 429, Cancellation);
        Assert.Equal("rate_limit_exceeded", error.GetProperty("code").GetString());
        Assert.Matches("try again in [0-9]+s", error.GetProperty("message").GetString());
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        gated.PassAll();
        foreach (Task<HttpResponseMessage> one in new[] { running, waiting })
        {
            using HttpResponseMessage response = await one;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions"), InlineData("/v1/responses")]
    public async Task A_client_that_does_not_read_holds_nobody_up_and_is_let_go_when_it_leaves(string path)
    {
        const string story = "<|channel|>final<|message|>";
        string endless = story + string.Concat(Enumerable.Repeat("and so on and on ", 20_000)) + "<|return|>";
        ScriptedGenerator script = new(HarmonyEncoding.Default,
        [
            new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(endless)) { When = "case: endless" },
            new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Greeting)),
        ]);
        await using SocketServer server = await SocketServer.StartAsync(script);
        Endpoint endpoint = EndpointOf(path);
        using TcpClient slow = new() { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await slow.GetStream().WriteAsync(SocketServer.RawRequest(path, endpoint.Request(stream: true, user: "case: endless")), Cancellation);
        await WaitUntilAsync(() => server.Admission.Running == 1);

        Assert.Equal("Hello, world!", (await endpoint.AskAsync(server.Client, endpoint.Request(stream: false))).Content);

        slow.Client.Close(0);
        await WaitUntilAsync(() => server.Admission.Running == 0);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_stop_lets_running_answers_end_and_refuses_new_ones(string path, bool streams)
    {
        GatedGenerator gated = new(Greeting);
        await using SocketServer server = await SocketServer.StartAsync(gated);
        Endpoint endpoint = EndpointOf(path);
        Task<ToldAnswer> running = streams ? endpoint.StreamAsync(server.Client, endpoint.Request(stream: true)) : endpoint.AskAsync(server.Client, endpoint.Request(stream: false));
        await gated.PassAsync(5);

        Task stopping = server.StopAsync();
        await WaitUntilRefusedAsync(server);
        Assert.False(running.IsCompleted);
        Assert.False(stopping.IsCompleted);

        gated.PassAll();
        Assert.Equal(("The user greets me.", "Hello, world!"), ((await running).Reasoning, (await running).Content));
        await stopping;
    }

    [Theory]
    [InlineData("GET /v1/responses/resp_%00 HTTP/1.1\r\nHost: x\r\n\r\n"), InlineData("GET http:// HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\n\r\n"), InlineData("\0\0\0\0"), InlineData("\u0016\u0003\u0001"), InlineData("POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), InlineData("POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"input\"")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFF\r\n{}")]
    public async Task What_is_no_HTTP_is_refused_and_the_server_goes_on(string request)
    {
        await using SocketServer server = await SocketServer.PlayAsync(Greeting);

        string answer = await server.SendRawAsync(Encoding.Latin1.GetBytes(request));

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal), answer);
        Assert.Equal("Hello, world!", (await Endpoint.Chat.AskAsync(server.Client, Endpoint.Chat.Request(stream: false))).Content);
    }

    [Fact]
    public async Task Pages_of_other_origins_are_not_let_in_unless_named()
    {
        await using SocketServer closed = await SocketServer.PlayAsync(Greeting);
        await using SocketServer open = await SocketServer.PlayAsync(Greeting, new() { CorsOrigins = ["https://app.example"] });
        foreach ((SocketServer server, string origin, bool allowed) in new[] { (closed, "https://app.example", false), (open, "https://app.example", true), (open, "https://evil.example", false) })
        {
            using HttpRequestMessage preflight = new(HttpMethod.Options, "/v1/chat/completions");
            preflight.Headers.Add("Origin", origin);
            preflight.Headers.Add("Access-Control-Request-Method", "POST");
            using HttpResponseMessage response = await server.Client.SendAsync(preflight, Cancellation);
            Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Without_the_key_nothing_but_health_is_answered()
    {
        await using SocketServer server = await SocketServer.PlayAsync(Greeting, new() { ApiKeys = ["secret-key"] });
        foreach (string path in new[] { "/health", "/ready", "/version", "/openapi.json" })
        {
            using HttpResponseMessage open = await server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        }
        foreach (string path in new[] { "/v1/models", "/v1/responses/resp_0", "/metrics", "/props", "/nothing" })
        {
            using HttpResponseMessage shut = await server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            await Refusals.AssertRefusedAsync(shut, 401, Cancellation);
        }
        foreach (string path in new[] { "/v1/chat/completions", "/v1/responses", "/v1/completions", "/tokenize", "/detokenize", "/apply-template", "/V1/Responses" })
        {
            using HttpResponseMessage shut = await server.Client.PostAsync(new Uri(server.Address, path), new StringContent("{}"), Cancellation);
            await Refusals.AssertRefusedAsync(shut, 401, Cancellation);
        }
    }

    static Endpoint EndpointOf(string path) => path == Endpoint.Chat.Path ? Endpoint.Chat : Endpoint.Responses;

    static async Task WaitUntilAsync(Func<bool> isSo)
    {
        while (!isSo())
            await Task.Delay(1, Cancellation);
    }

    static async Task WaitUntilRefusedAsync(SocketServer server)
    {
        while (true)
        {
            try
            {
                using TcpClient client = await server.ConnectAsync();
            }
            catch (SocketException)
            {
                return;
            }
            await Task.Delay(1, Cancellation);
        }
    }
}
