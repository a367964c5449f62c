namespace Chorale.Cli;

/// <summary>What the program returns to the shell.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command could not do its work: a missing file, a broken model, bad input.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells have it.</summary>
    public const int Interrupted = 130;
}
