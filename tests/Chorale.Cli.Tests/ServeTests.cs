using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public partial class ServeTests
{
    const string Question = """{"messages":[{"role":"user","content":"What is 17 + 25?"}]}""";

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:8080")]
    [InlineData("--urls", "http://[::]:0")]
    [InlineData("--urls", "http://*:0")]
    [InlineData("--urls", "http://127.0.0.1:0;http://+:0")]
    [InlineData("--urls", "127.0.0.1:0")]
    [InlineData("--urls", "https://127.0.0.1:0")]
    [InlineData("--urls", ";")]
    [InlineData("--api-key", " ")]
    [InlineData("--parallel", "0")]
    [InlineData("--queue", "-1")]
    [InlineData("--max-body", "5")]
    [InlineData("--timeout", "0")]
    [InlineData("--reasoning-field", "thoughts")]
    [InlineData("--script", "a.jsonl", "--model", "b.gguf")]
    public async Task Wrong_usage_is_2(params string[] args) => (await CommandLine.RunAsync(["serve", .. args])).AssertFails(ExitCodes.Usage);

    [Theory]
    [InlineData("--script")]
    [InlineData("--api-key-file")]
    [InlineData("--model")]
    public async Task A_missing_file_is_one_line(string option) => (await CommandLine.RunAsync("serve", "--urls", "http://127.0.0.1:0", option, "no-such-file")).AssertFails(ExitCodes.Failure, "no-such-file");

    [Fact]
    public async Task A_script_that_cannot_be_read_is_one_line_that_names_its_own() =>
        await WithFileAsync("{\"text\":\"a\"}\n{]", async file => (await CommandLine.RunAsync("serve", "--script", file)).AssertFails(ExitCodes.Failure, "Line 2"));

    [Fact]
    public async Task A_port_that_is_taken_is_one_line()
    {
        using System.Net.Sockets.TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();

        (await CommandLine.RunAsync("serve", "--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}")).AssertFails(ExitCodes.Failure, "address already in use");
    }

    [Fact]
    public async Task The_embedded_model_answers_and_a_stop_is_no_failure()
    {
        await using ServedCommandLine server = await ServedCommandLine.StartAsync();

        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Question);

        Assert.Contains("42", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, await server.StopAsync());
        Assert.Matches(Announcement, server.Error);
        Assert.Equal("", server.Output);
    }

    [Fact]
    public async Task Keys_come_from_the_command_line_and_a_file() => await WithFileAsync("# keys\n\nfiled\n", async file =>
    {
        await using ServedCommandLine server = await ServedCommandLine.StartAsync("--api-key", "given", "--api-key-file", file);

        foreach ((string? key, HttpStatusCode status) in ((string?, HttpStatusCode)[])[(null, HttpStatusCode.Unauthorized), ("# keys", HttpStatusCode.Unauthorized), ("given", HttpStatusCode.OK), ("filed", HttpStatusCode.OK)])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(server.Address, "/v1/models"));
            if (key is not null)
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
            using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(status, response.StatusCode);
        }
    });

    [Fact]
    public async Task A_script_plays_under_the_name_that_it_was_given() => await WithFileAsync("""{"text":"<|channel|>final<|message|>Played.<|return|>"}""", async file =>
    {
        await using ServedCommandLine server = await ServedCommandLine.StartAsync("--script", file, "--name", "puppet", "--alias", "doll", "--strict-model-names");

        using HttpResponseMessage answer = await server.PostAsync("/v1/chat/completions", """{"model":"doll","messages":[{"role":"user","content":"?"}]}""");
        using HttpResponseMessage other = await server.PostAsync("/v1/chat/completions", """{"model":"gpt-4o","messages":[{"role":"user","content":"?"}]}""");

        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Played.", text, StringComparison.Ordinal);
        Assert.Contains("\"puppet\"", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_log_tells_of_requests_and_their_content_only_where_it_was_asked_to(bool requests, bool content) => await WithFileAsync("""{"text":"<|channel|>final<|message|>Played.<|return|>"}""", async file =>
    {
        string[] asked = [.. requests ? (string[])["--log-requests"] : [], .. content ? (string[])["--log-content"] : []];
        await using ServedCommandLine server = await ServedCommandLine.StartAsync(["--script", file, .. asked]);

        using HttpResponseMessage _ = await server.PostAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"my secret"}]}""");
        await server.StopAsync();

        Assert.Equal(requests, server.Error.Contains("POST /v1/chat/completions 200", StringComparison.Ordinal));
        Assert.Equal(content, server.Error.Contains("my secret", StringComparison.Ordinal));
        Assert.DoesNotContain("Authorization", server.Error, StringComparison.OrdinalIgnoreCase);
    });

    [Fact]
    public async Task A_stop_lets_a_running_answer_finish() => await WithFileAsync("""{"text":"<|channel|>final<|message|>one two three four five six<|return|>","delay_ms":50}""", async file =>
    {
        await using ServedCommandLine server = await ServedCommandLine.StartAsync("--script", file);
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Address, "/v1/chat/completions"))
        {
            Content = new StringContent("""{"stream":true,"messages":[{"role":"user","content":"?"}]}""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await lines.ReadLineAsync(TestContext.Current.CancellationToken);

        Task<int> stopping = server.StopAsync();
        string rest = await lines.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains(" six", rest, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, await stopping);
    });

    [Fact]
    public void A_sealing_key_is_made_once_and_read_again()
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.key");
        try
        {
            byte[] made = SealingKeyFile.ReadOrCreate(path);
            Assert.Equal(32, made.Length);
            Assert.Equal(made, SealingKeyFile.ReadOrCreate(path));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            File.WriteAllText(path, Convert.ToHexString(made));
            Assert.Equal(made, SealingKeyFile.ReadOrCreate(path));
            File.WriteAllText(path, "too short");
            Assert.Throws<CliException>(() => SealingKeyFile.ReadOrCreate(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    static async Task WithFileAsync(string content, Func<string, Task> test)
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.jsonl");
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        try
        {
            await test(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [GeneratedRegex(@"\AServing gpt-oss-nano at http://127\.0\.0\.1:\d+\. Ctrl-C stops it\.\n", RegexOptions.ExplicitCapture)]
    static partial Regex Announcement { get; }
}
