using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Server.Tests;

/// <summary><c>chorale serve</c> as a process: its end by a signal, and the README's commands as they stand there.</summary>
public class ServeCommandTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signal_to_end_lets_a_running_answer_finish_and_nobody_in()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signal.");
        string script = Path.Combine(Directory.CreateTempSubdirectory("chorale-").FullName, "slow.jsonl");
        string text = string.Concat(Enumerable.Repeat("word ", 60));
        await File.WriteAllTextAsync(script, JsonSerializer.Serialize(new { text = $"<|channel|>final<|message|>{text}<|return|>", delay_ms = 25 }), Cancellation);
        await using ServerProcess process = await ServerProcess.StartAsync("--script", script);
        Endpoint endpoint = Endpoint.Chat;
        using HttpResponseMessage response = await endpoint.PostAsync(process.Client, endpoint.Request(stream: true), HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancellation), Encoding.UTF8);
        StringBuilder all = new();
        while (!all.ToString().Contains("word", StringComparison.Ordinal))
            all.Append(await reader.ReadLineAsync(Cancellation)).Append('\n');

        process.Terminate();
        await WaitUntilRefusedAsync(process.Client.BaseAddress!);
        all.Append(await reader.ReadToEndAsync(Cancellation));

        Assert.Equal(text, ToldAnswer.OfChunks(SseText.Frames(all.ToString()).SkipLast(1).Select(frame => JsonElement.Parse(frame.Data))).Content);
        Assert.EndsWith("data: [DONE]\n\n", all.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await process.WaitForExitAsync());
        Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);
    }

    [Fact]
    public async Task The_curl_lines_of_the_README_are_answered()
    {
        List<string> commands = [.. CurlCommands(await File.ReadAllTextAsync(Path.Combine(TestData.RepositoryRoot, "README.md"), Cancellation))];
        Assert.NotEmpty(commands);
        Assert.SkipUnless(IsThere("curl") && IsThere("bash"), "curl or bash is not installed.");
        string told = new Uri(new ServerOptions().Urls[0]).Authority;
        await using ServerProcess process = await ServerProcess.StartAsync();
        foreach (string command in commands)
        {
            string line = command.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal);
            Assert.Contains(told, line, StringComparison.Ordinal);    // the README means the server as it is started there, without a port
            (int exitCode, string output, string errors) = await RunAsync(line.Replace(told, process.Client.BaseAddress!.Authority, StringComparison.Ordinal));
            Assert.True(exitCode == 0 && output.Trim().Length > 0, $"{command}\n{output}\n{errors}");
            Assert.DoesNotContain("\"error\":{", output, StringComparison.Ordinal);
            Assert.DoesNotContain("event: error", output, StringComparison.Ordinal);
        }
    }

    /// <summary>The commands of the blocks of shell that call curl; one may go over several lines.</summary>
    static IEnumerable<string> CurlCommands(string markdown)
    {
        bool isFenced = false, isShell = false;
        StringBuilder command = new();
        foreach (string line in markdown.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isFenced = !isFenced;
                isShell = isFenced && (line is "```sh" or "```bash" or "```");
                continue;
            }
            if (!isShell || (command.Length == 0 && !line.StartsWith("curl ", StringComparison.Ordinal)))
                continue;
            command.Append(line).Append('\n');
            if (line.EndsWith('\\') || command.ToString().Count(c => c == '\'') % 2 == 1)
                continue;
            yield return command.ToString();
            command.Clear();
        }
    }

    static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync(Cancellation), errors = shell.StandardError.ReadToEndAsync(Cancellation);
        await shell.WaitForExitAsync(Cancellation);
        return (shell.ExitCode, await output, await errors);
    }

    static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    static async Task WaitUntilRefusedAsync(Uri address)
    {
        while (true)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(address.Host, address.Port, Cancellation);
            }
            catch (SocketException)
            {
                return;
            }
            await Task.Delay(5, Cancellation);
        }
    }
}
