using System.Text;

namespace Chorale.Cli;

/// <summary>What the program sees of the world: its three streams, whether each is a terminal, and the clock. Tests give their own.</summary>
public sealed class CliHost : IDisposable
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard input, as bytes.</summary>
    public required Stream Input { get; init; }

    /// <summary>Standard output, as bytes; results go here and nothing else.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error, for everything that is not a result.</summary>
    public required TextWriter Error { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are wanted at all: false where <c>NO_COLOR</c> is set or the terminal is dumb.</summary>
    public bool Colors { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Takes what Ctrl-C shall do instead of ending the program, until the result is disposed; null where there is no keyboard.</summary>
    public Func<Action, IDisposable>? OnInterrupt { get; init; }

    /// <summary>Standard output as text, UTF-8 without a mark, flushed with each write.</summary>
    public TextWriter Out => field ??= new StreamWriter(Output, Utf8, bufferSize: 1024, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Standard input to its end, as UTF-8 text; a byte that is not becomes U+FFFD.</summary>
    public async Task<string> ReadAllTextAsync(CancellationToken cancellationToken)
    {
        using StreamReader reader = new(Input, Utf8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        string text = await reader.ReadToEndAsync(cancellationToken);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    /// <summary>A file to its end, or standard input where there is none.</summary>
    public Task<string> ReadAllTextAsync(FileInfo? file, CancellationToken cancellationToken) =>
        file is null ? ReadAllTextAsync(cancellationToken) : File.ReadAllTextAsync(file.FullName, cancellationToken);

    /// <summary>The real console.</summary>
    public static CliHost ForConsole()
    {
        if (OperatingSystem.IsWindows())
            (Console.InputEncoding, Console.OutputEncoding) = (Utf8, Utf8);
        return new()
        {
            Input = Console.OpenStandardInput(),
            Output = Console.OpenStandardOutput(),
            Error = Console.Error,
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Colors = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
            OnInterrupt = OnCancelKey,
        };
    }

    public void Dispose()
    {
        Out.Dispose();
        Output.Dispose();
        Input.Dispose();
    }

    static InterruptSubscription OnCancelKey(Action action) => new(action);

    sealed class InterruptSubscription : IDisposable
    {
        readonly ConsoleCancelEventHandler _handler;

        public InterruptSubscription(Action action)
        {
            _handler = (_, e) =>
            {
                e.Cancel = true;
                action();
            };
            Console.CancelKeyPress += _handler;
        }

        public void Dispose() => Console.CancelKeyPress -= _handler;
    }
}
