using System.Text;
using System.Text.Json;

namespace Chorale.Cli.Tests;

/// <summary>Runs the program in this process over streams in memory.</summary>
sealed record CommandLine(int ExitCode, string Output, string Error)
{
    public static Task<CommandLine> RunAsync(params string[] args) => RunAsync("", args);

    public static Task<CommandLine> RunAsync(string input, string[] args) => RunAsync(Encoding.UTF8.GetBytes(input), args);

    public static Task<CommandLine> RunAsync(byte[] input, string[] args) => RunAsync(input, args, interruptAt: null);

    /// <summary>Runs it at a keyboard.</summary>
    /// <param name="input">What is piped in.</param>
    /// <param name="args">The command line.</param>
    /// <param name="interruptAt">Ctrl-C is pressed when this much has been written to stdout; null never.</param>
    public static Task<CommandLine> RunAsync(byte[] input, string[] args, int? interruptAt) => RunAsync(input, args, interruptAt, isTyped: false);

    /// <summary>Runs it where somebody types; what it says goes elsewhere.</summary>
    public static Task<CommandLine> RunTypedAsync(string typed, params string[] args) => RunAsync(Encoding.UTF8.GetBytes(typed), args, interruptAt: null, isTyped: true);

    static async Task<CommandLine> RunAsync(byte[] input, string[] args, int? interruptAt, bool isTyped)
    {
        using Keyboard keyboard = new();
        using WatchedStream output = new(interruptAt, keyboard.Interrupt);
        using StringWriter error = new();
        using CliHost host = new()
        {
            Input = new MemoryStream(input),
            Output = output,
            Error = error,
            InputIsTerminal = isTyped,
            Time = new FixedTime(),
            OnInterrupt = keyboard.Subscribe,
        };
        int exitCode = await ChoraleProgram.RunAsync(args, host, TestContext.Current.CancellationToken);
        return new(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Each line of stdout as JSON.</summary>
    public List<JsonElement> Json =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1024 }).RootElement)];

    /// <summary>A failure is one line on stderr, without a stack trace, and nothing on stdout.</summary>
    public void AssertFails(int exitCode, params string[] words)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.Equal("", Output);
        Assert.StartsWith("chorale: ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", Error, StringComparison.Ordinal);
        if (exitCode == ExitCodes.Failure)
            Assert.Equal(1, Error.Count(c => c == '\n'));
        foreach (string word in words)
            Assert.Contains(word, Error, StringComparison.Ordinal);
    }

    sealed class Keyboard : IDisposable
    {
        Action? _handler;

        public Keyboard Subscribe(Action handler)
        {
            _handler = handler;
            return this;
        }

        public void Interrupt() => _handler?.Invoke();

        public void Dispose() => _handler = null;
    }

    sealed class WatchedStream(int? limit, Action reached) : MemoryStream
    {
        bool _done;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            Look();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count);
            Look();
        }

        void Look()
        {
            if (_done || Length < (limit ?? long.MaxValue))
                return;
            _done = true;
            reached();
        }
    }

    /// <summary>A clock that stands at the day of the recorded prompts.</summary>
    sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
