using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Server.Tests;

/// <summary>Bodies that are no requests: always a refusal in OpenAI's shape with the right status.</summary>
public class HostileBodyTests
{
    const string Greeting = "<|channel|>final<|message|>Hi.<|return|>";

    static readonly string[] Paths = ["/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/responses/input_tokens", "/v1/responses/compact", "/tokenize", "/detokenize", "/apply-template"];

    static readonly string[] Bodies =
    [
        "", " ", "{", "}", "[", "nul", "null", "true", "1", "\"x\"", "[]", "{}{}", "{\"input\"}", "{\"input\":}", "{'input':'x'}", "{\"input\":\"x\",}", "{\"input\":\"x\"} x",
        "// comment\n{}", "{\"input\":NaN}", "{\"input\":\"\u0001\"}", "{\"input\":\"\\x\"}", "{\"input\":\"\\u12\"}", "{\"input\":01}", "\uFEFF", "\0", "<xml/>", "input=x&model=y",
        "{\"input\":\"x\",\"input\":1,\"messages\":[],\"messages\":1,\"prompt\":\"x\",\"prompt\":{},\"content\":1,\"tokens\":[1],\"tokens\":\"x\"}",
    ];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Endpoints => [.. Paths];

    [Theory, MemberData(nameof(Endpoints))]
    public async Task What_is_no_request_is_refused(string path)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);
        foreach (string body in Bodies)
        {
            using HttpResponseMessage response = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes(body));
            await Refusals.AssertRefusedAsync(response, 400, Cancellation);
        }
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task What_is_no_UTF_8_is_refused(string path)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);
        byte[][] wrong = [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]];
        foreach (byte[] bytes in wrong)
        {
            using HttpResponseMessage response = await PostAsync(server.Client, path, [.. "{\"input\":\""u8, .. bytes, .. "\"}"u8]);
            JsonElement error = await Refusals.AssertRefusedAsync(response, 400, Cancellation);
            Assert.Equal("invalid_utf8", error.GetProperty("code").GetString());
        }
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Nesting_beyond_the_limit_is_refused_however_deep(string path)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);
        foreach (int depth in new[] { 129, 1000, 1_000_000 })
        {
            using HttpResponseMessage response = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{\"input\":{new string('[', depth)}"));
            await Refusals.AssertRefusedAsync(response, 400, Cancellation);
            using HttpResponseMessage closed = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{\"metadata\":{new string('[', depth)}{new string(']', depth)}}}"));
            await Refusals.AssertRefusedAsync(closed, 400, Cancellation);
        }
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements(Paths).ToArbitrary(), (bytes, path) =>
        {
            using HttpResponseMessage response = PostAsync(server.Client, path, bytes).GetAwaiter().GetResult();
            return Refusals.FaultOfAsync(response, Cancellation).GetAwaiter().GetResult() is null && !response.IsSuccessStatusCode;
        }));
    }

    [Fact]
    public async Task Requests_with_random_bytes_in_them_are_no_failures()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);
        byte[] request = """{"model":"gpt-oss-test","messages":[{"role":"user","content":"Hi"}],"input":"Hi","prompt":"Hi","max_tokens":4,"stop":["x"],"temperature":0.5}"""u8.ToArray();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(
            Gen.Choose(0, request.Length - 1).ToArbitrary(), ArbMap.Default.ArbFor<byte[]>(), Gen.Elements(Paths).ToArbitrary(), (at, bytes, path) =>
            {
                byte[] spoilt = [.. request.AsSpan(0, at), .. bytes, .. request.AsSpan(Math.Min(request.Length, at + bytes.Length))];
                using HttpResponseMessage response = PostAsync(server.Client, path, spoilt).GetAwaiter().GetResult();
                return Refusals.FaultOfAsync(response, Cancellation).GetAwaiter().GetResult() is null;
            }));
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Compressed_bodies_and_other_content_types_are_no_failures(string path)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync("""{"input":"Hi"}"""u8.ToArray(), Cancellation);
        using ByteArrayContent content = new(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.ContentType = new("application/json");

        using HttpResponseMessage response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
        Assert.Null(await Refusals.FaultOfAsync(response, Cancellation));
        Assert.InRange((int)response.StatusCode, 400, 415);

        foreach (string type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16" })
        {
            using ByteArrayContent other = new("{}"u8.ToArray());
            other.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            using HttpResponseMessage answer = await server.Client.PostAsync(new Uri(path, UriKind.Relative), other, Cancellation);
            Assert.Null(await Refusals.FaultOfAsync(answer, Cancellation));
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions"), InlineData("/v1/responses"), InlineData("/v1/completions")]
    public async Task A_body_that_is_too_large_is_refused_told_or_untold(string path)
    {
        await using SocketServer server = await SocketServer.PlayAsync(Greeting, new() { MaxBodyBytes = 4096 });
        byte[] body = Encoding.UTF8.GetBytes($"{{\"input\":\"{new string('x', 1_000_000)}\"}}");

        using HttpResponseMessage told = await PostAsync(server.Client, path, body);
        Assert.Equal("request_too_large", (await Refusals.AssertRefusedAsync(told, 413, Cancellation)).GetProperty("code").GetString());

        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StreamContent(new MemoryStream(body)) };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage untold = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal("request_too_large", (await Refusals.AssertRefusedAsync(untold, 413, Cancellation)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"@\"}]"), InlineData("/v1/responses", "\"input\":\"@\"")]
    public async Task A_large_body_that_is_within_the_limit_is_read(string path, string said)
    {
        await using SocketServer server = await SocketServer.PlayAsync(Greeting);

        using HttpResponseMessage response = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{{said.Replace("@", new string('x', 8_000_000), StringComparison.Ordinal)}}}"));

        Assert.Equal("context_length_exceeded", (await Refusals.AssertRefusedAsync(response, 400, Cancellation)).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "messages", "{\"role\":\"user\",\"content\":\"x\"}")]
    [InlineData("/v1/responses", "input", "{\"role\":\"user\",\"content\":\"x\"}")]
    public async Task Too_many_messages_are_refused(string path, string field, string message)
    {
        await using TestServerApp server = await StartAsync(new() { MaxMessages = 4 });

        using HttpResponseMessage four = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{\"{field}\":[{string.Join(',', Enumerable.Repeat(message, 4))}]}}"));
        using HttpResponseMessage five = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{\"{field}\":[{string.Join(',', Enumerable.Repeat(message, 5))}]}}"));

        Assert.True(four.IsSuccessStatusCode);
        Assert.Equal(field, (await Refusals.AssertRefusedAsync(five, 400, Cancellation)).GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]", true)]
    [InlineData("/v1/responses", "\"input\":\"x\"", false)]
    public async Task Too_many_tools_are_refused(string path, string said, bool isChat)
    {
        await using TestServerApp server = await StartAsync(new() { MaxTools = 2 });
        string[] tools = [.. Enumerable.Range(0, 3).Select(i => isChat ? $"{{\"type\":\"function\",\"function\":{{\"name\":\"f{i}\"}}}}" : $"{{\"type\":\"function\",\"name\":\"f{i}\"}}")];

        using HttpResponseMessage two = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{{said},\"tools\":[{string.Join(',', tools.Take(2))}]}}"));
        using HttpResponseMessage three = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{{said},\"tools\":[{string.Join(',', tools)}]}}"));

        Assert.True(two.IsSuccessStatusCode);
        Assert.Equal("tools", (await Refusals.AssertRefusedAsync(three, 400, Cancellation)).GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "{\"model\":\"nobody\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")]
    [InlineData("/v1/completions", "{\"model\":\"nobody\",\"prompt\":\"x\"}")]
    [InlineData("/v1/responses", "{\"model\":\"nobody\",\"input\":\"x\"}")]
    [InlineData("/v1/responses", "{\"model\":\"nobody\",\"input\":\"x\",\"stream\":true}")]
    public async Task An_unknown_model_is_not_found(string path, string request)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);

        using HttpResponseMessage response = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes(request));

        JsonElement error = await Refusals.AssertRefusedAsync(response, 404, Cancellation);
        Assert.Equal(("model_not_found", "model"), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"@\"}]")]
    [InlineData("/v1/completions", "\"prompt\":\"@\"")]
    [InlineData("/v1/responses", "\"input\":\"@\"")]
    public async Task A_prompt_that_does_not_fit_is_refused_before_anything_streams(string path, string said)
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, [new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Greeting))], new() { ContextLength = 500 });
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        string text = said.Replace("@", string.Concat(Enumerable.Repeat("word ", 600)), StringComparison.Ordinal);
        foreach (string stream in new[] { "", ",\"stream\":true" })
        {
            using HttpResponseMessage response = await PostAsync(server.Client, path, Encoding.UTF8.GetBytes($"{{{text}{stream}}}"));
            JsonElement error = await Refusals.AssertRefusedAsync(response, 400, Cancellation);
            Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
            Assert.Contains("500", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        Assert.Empty(generator.Requests);
    }

    [Theory]
    [InlineData("GET", "/v1/responses/nothing", 404)]
    [InlineData("GET", "/v1/responses/%F0%9F%87%AF?stream=true", 404)]
    [InlineData("GET", "/v1/responses/..%2F..%2Fetc%2Fpasswd", 404)]
    [InlineData("DELETE", "/v1/responses/resp_'%20OR%201=1", 404)]
    [InlineData("POST", "/v1/responses/resp_0/cancel", 404)]
    [InlineData("GET", "/v1/responses/resp_0/input_items?limit=0", 400)]
    [InlineData("GET", "/v1/responses/resp_0/input_items?limit=99999999999999999999", 400)]
    [InlineData("GET", "/v1/responses/resp_0/input_items?order=sideways", 400)]
    [InlineData("GET", "/v1/responses/resp_0?stream=maybe", 400)]
    [InlineData("GET", "/v1/responses/resp_0?stream=true&starting_after=-1", 400)]
    [InlineData("GET", "/v1/responses/resp_0?stream=true&starting_after=1e9", 400)]
    [InlineData("GET", "/v1/models/nobody", 404)]
    [InlineData("GET", "/v1/models/..", 404)]
    [InlineData("PUT", "/v1/chat/completions", 405)]
    [InlineData("GET", "/v1/completions", 405)]
    [InlineData("PATCH", "/v1/responses", 405)]
    [InlineData("GET", "/v1/embeddings", 404)]
    [InlineData("POST", "/v1/embeddings", 404)]
    [InlineData("POST", "/api/chat", 404)]
    public async Task Paths_and_queries_that_mean_nothing_are_refused(string method, string path, int status)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);

        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await server.Client.SendAsync(request, Cancellation);

        if (path == "/v1/models/..")
            Assert.Null(await Refusals.FaultOfAsync(response, Cancellation));    // the client itself makes "/v1/" of it
        else
            await Refusals.AssertRefusedAsync(response, status, Cancellation);
    }

    [Fact]
    public async Task A_very_long_id_is_not_found()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Greeting);

        using HttpResponseMessage response = await server.Client.GetAsync(new Uri("/v1/responses/resp_" + new string('a', 5000), UriKind.Relative), Cancellation);

        await Refusals.AssertRefusedAsync(response, 404, Cancellation);
    }

    static Task<TestServerApp> StartAsync(ServerOptions options) => TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, Greeting), options);

    static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, byte[] body)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new("application/json");
        return await client.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
    }
}
