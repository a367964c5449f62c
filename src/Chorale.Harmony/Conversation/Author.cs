namespace Chorale.Harmony;

/// <summary>The author of a message.</summary>
/// <param name="Role">Who wrote it.</param>
/// <param name="Name">
/// For <see cref="Role.Tool"/> the tool's full name (<c>functions.get_weather</c>), which rendering needs; for the
/// others an optional name, rendered as <c>role:name</c>.
/// </param>
public readonly record struct Author(Role Role, string? Name = null)
{
    /// <summary>An author without a name.</summary>
    public static implicit operator Author(Role role) => FromRole(role);

    /// <summary>An author without a name.</summary>
    public static Author FromRole(Role role) => new(role);
}
