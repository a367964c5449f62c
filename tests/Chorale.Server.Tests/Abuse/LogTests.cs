using System.Collections.Concurrent;
using System.Text;
using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Chorale.Server.Tests;

/// <summary>What a log shows: nothing of what requests hold, unless it was asked for.</summary>
public class LogTests
{
    static readonly string[] Secrets = ["sesame-key", "sesame-header", "sesame-question", "sesame-argument", "sesame-answer", "sesame-thought", "sesame-tool", "sesame-broken", "sesame-model", "sesame-result"];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_a_request_or_its_answer_is_in_the_log_at_any_level()
    {
        Recorder recorder = new();
        await using SocketServer server = await StartAsync(new() { ApiKeys = ["sesame-key"] }, recorder);

        await SendAllAsync(server);

        string log = recorder.ToString();
        Assert.Contains("/v1/responses", log, StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_is_in_the_log_where_it_was_asked_for_but_never_a_header()
    {
        Recorder recorder = new();
        await using SocketServer server = await StartAsync(new() { ApiKeys = ["sesame-key"], LogContent = true }, recorder);

        await SendAllAsync(server);

        string log = recorder.ToString();
        Assert.Contains("sesame-question", log, StringComparison.Ordinal);
        Assert.All(["sesame-key", "sesame-header"], secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
    }

    static Task<SocketServer> StartAsync(ServerOptions options, Recorder recorder)
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default,
        [
            new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>sesame-")) { When = "fail now", Failure = "The engine broke." },
            new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>analysis<|message|>sesame-thought<|end|><|start|>assistant to=functions.sesame-tool<|channel|>commentary <|constrain|>json<|message|>{\"a\":\"sesame-argument\"]<|call|>")) { When = "call now" },
            new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>sesame-answer<|return|>")),
        ]);
        return SocketServer.StartAsync(generator, options, builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Trace);
            builder.Logging.AddProvider(recorder);
        });
    }

    static async Task SendAllAsync(SocketServer server)
    {
        foreach (string stream in new[] { "false", "true" })
        {
            foreach (string said in new[] { "sesame-question", "sesame-question call now", "sesame-question fail now" })
            {
                await PostAsync(server, "/v1/chat/completions", $$$"""{"messages":[{"role":"user","content":"{{{said}}}"}],"tools":[{"type":"function","function":{"name":"sesame-tool"}}],"stream":{{{stream}}}}""");
                await PostAsync(server, "/v1/responses", $$"""{"input":"{{said}}","instructions":"sesame-question","tools":[{"type":"function","name":"sesame-tool"}],"stream":{{stream}}}""");
            }
        }
        await PostAsync(server, "/v1/chat/completions", """{"messages":[{"role":"sesame-broken","content":1}]}""");
        await PostAsync(server, "/v1/chat/completions", """{"messages":[{"role":"tool","tool_call_id":"sesame-result","content":"sesame-result"}]}""");
        await PostAsync(server, "/v1/responses", """{"input":"sesame-question","temperature":"sesame-broken"}""");
        await PostAsync(server, "/v1/responses", """{"input":"sesame-question","model":"sesame-model"}""");
        await PostAsync(server, "/v1/responses", """{"input":"sesame-broken" """);
        await PostAsync(server, "/tokenize", """{"prompt":"sesame-question"}""");
    }

    static async Task PostAsync(SocketServer server, string path, string json)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer sesame-key");
        request.Headers.Add("X-Custom", "sesame-header");
        request.Headers.Add("Cookie", "session=sesame-header");
        try
        {
            using HttpResponseMessage response = await server.Client.SendAsync(request, Cancellation);
            await response.Content.ReadAsStringAsync(Cancellation);
        }
        catch (HttpRequestException)
        {
            // A failure in the middle of a stream may end the connection; what matters here is what the log says of it.
        }
    }

    sealed class Recorder : ILoggerProvider
    {
        readonly ConcurrentQueue<string> _lines = new();

        public ILogger CreateLogger(string categoryName) => new Logger(_lines, categoryName);

        public void Dispose()
        {
        }

        public override string ToString() => string.Join('\n', _lines);

        sealed class Logger(ConcurrentQueue<string> lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
            {
                lines.Enqueue($"{category} in {state}");
                return null;
            }

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
