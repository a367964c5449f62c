namespace Chorale.Cli;

/// <summary>Ends a command with one line on standard error.</summary>
public sealed class CliException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
