using System.Diagnostics.CodeAnalysis;

namespace Chorale.Harmony;

/// <summary>The names of roles on the wire: <c>user</c>, <c>assistant</c>, <c>system</c>, <c>developer</c>, <c>tool</c>.</summary>
public static class Roles
{
    static readonly string[] Names = ["user", "assistant", "system", "developer", "tool"];

    /// <summary>The name of a role, in lower case.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the five.</exception>
    public static string NameOf(Role role) =>
        (uint)role < (uint)Names.Length ? Names[(int)role] : throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role.");

    /// <summary>Reads a role's name; case matters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Role role)
    {
        int index = Array.IndexOf(Names, name);
        role = index >= 0 ? (Role)index : default;
        return index >= 0;
    }

    /// <summary>Reads a role's name; case matters.</summary>
    /// <exception cref="FormatException">Not one of the five.</exception>
    public static Role Parse(string name) => TryParse(name, out Role role) ? role : throw new FormatException($"unknown role: {name}");
}
