using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Chorale.TestKit;

namespace Chorale.Server.Tests;

/// <summary><c>chorale serve</c> in a process of its own, which can be killed.</summary>
sealed partial class ServerProcess : IAsyncDisposable
{
    readonly Process _process;

    ServerProcess(Process process, Uri address)
    {
        _process = process;
        Client = new() { BaseAddress = address };
    }

    /// <summary>The program where it was built, with all that it needs beside it.</summary>
    static string ProgramPath { get; } = Path.Combine(
        TestData.RepositoryRoot, "artifacts", "bin", "Chorale.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "chorale.dll");

    public HttpClient Client { get; }

    /// <summary>Starts it on a free port.</summary>
    /// <param name="arguments">What follows <c>serve --urls …</c>.</param>
    public static async Task<ServerProcess> StartAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", ["exec", ProgramPath, "serve", "--urls", "http://127.0.0.1:0", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        List<string> told = [];
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            told.Add(line);
            if (Address().Match(line) is not { Success: true } found)
                continue;
            _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);    // what it still says must not fill the pipe
            _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            return new(process, new(found.Value));
        }
        throw new InvalidOperationException($"'chorale serve' did not start: {string.Join('\n', told)}");
    }

    /// <summary>Ends it as <c>kill -9</c> does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to end, as <c>kill</c> does.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it is gone.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
