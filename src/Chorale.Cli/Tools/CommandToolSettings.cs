using System.Text.Json;

namespace Chorale.Cli;

/// <summary>A tool as its file describes it.</summary>
sealed record CommandToolSettings
{
    public required string Name { get; init; }

    /// <summary>The namespace; <c>functions</c> where the file says nothing.</summary>
    public required string Namespace { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The JSON Schema of the arguments.</summary>
    public required JsonElement Parameters { get; init; }

    public required CommandTemplate Command { get; init; }

    /// <summary>Whether the program is given the arguments as JSON on standard input.</summary>
    public bool PassesArguments { get; init; }

    /// <summary>Null is the runner's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Where it runs; null is where the command line does.</summary>
    public string? Directory { get; init; }

    /// <summary>What is added to the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
