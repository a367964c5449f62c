using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Chorale.Cli;

/// <summary>Writes the log, a line an entry.</summary>
/// <param name="destination">Where to; it stays the caller's.</param>
/// <param name="time">The clock.</param>
sealed class LineLoggerProvider(TextWriter destination, TimeProvider time) : ILoggerProvider
{
    readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    public void Dispose()
    {
    }

    void Write(LogLevel level, string message, Exception? exception)
    {
        string what = exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}";
        string line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {NameOf(level)} {CliErrors.OneLine(what)}");
        lock (_lock)
            destination.WriteLine(line);
    }

    static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };

    sealed class LineLogger(LineLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, formatter(state, exception), exception);
    }
}
