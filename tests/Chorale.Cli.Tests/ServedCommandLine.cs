using System.Text;
using System.Text.RegularExpressions;

namespace Chorale.Cli.Tests;

/// <summary><c>chorale serve</c> in this process, at a free port.</summary>
sealed partial class ServedCommandLine : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly MemoryStream _output = new();
    readonly WatchedWriter _error = new();
    readonly CliHost _host;
    readonly Task<int> _running;

    ServedCommandLine(string[] args)
    {
        _host = new() { Input = Stream.Null, Output = _output, Error = _error };
        _running = ChoraleProgram.RunAsync(["serve", "--urls", "http://127.0.0.1:0", .. args], _host, _stop.Token);
    }

    public HttpClient Client { get; } = new();

    public Uri Address { get; private set; } = null!;

    public string Error => _error.ToString();

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public static async Task<ServedCommandLine> StartAsync(params string[] args)
    {
        ServedCommandLine server = new(args);
        Task<string> announced = server._error.FirstLine;
        await Task.WhenAny(announced, server._running);
        Assert.True(announced.IsCompleted && !server._running.IsCompleted, server.Error);
        server.Address = new(AddressIn.Match(await announced).Value);
        return server;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        return await Client.PostAsync(new Uri(Address, path), body, TestContext.Current.CancellationToken);
    }

    /// <summary>Stops it as Ctrl-C does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Client.Dispose();
        _host.Dispose();
        _stop.Dispose();
        await _error.DisposeAsync();
    }

    [GeneratedRegex(@"http://[0-9.]+:\d+", RegexOptions.ExplicitCapture)]
    static partial Regex AddressIn { get; }

    /// <summary>Keeps what is written, and tells of the first line.</summary>
    sealed class WatchedWriter : StringWriter
    {
        readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WatchedWriter() => NewLine = "\n";

        public Task<string> FirstLine => _firstLine.Task;

        public override void WriteLine(string? value)
        {
            lock (_firstLine)
                base.WriteLine(value);
            _firstLine.TrySetResult(value ?? "");
        }

        public override string ToString()
        {
            lock (_firstLine)
                return base.ToString();
        }
    }
}
