using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>Roles as the wire writes them.</summary>
static class RoleNames
{
    public static string[] All { get; } = ["system", "developer", "user", "assistant", "tool"];

    /// <summary>The role of that name; the error is worded as the official one.</summary>
    /// <exception cref="BatchException">There is no such role.</exception>
    public static Role Parse(string name) => name switch
    {
        "system" => Role.System,
        "developer" => Role.Developer,
        "user" => Role.User,
        "assistant" => Role.Assistant,
        "tool" => Role.Tool,
        _ => throw new BatchException($"unknown role: {name}"),
    };
}
