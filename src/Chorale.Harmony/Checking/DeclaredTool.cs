namespace Chorale.Harmony;

/// <summary>A tool as a conversation declares it.</summary>
/// <param name="Namespace">The namespace's name.</param>
/// <param name="FullName"><c>functions.get_weather</c>; the namespace alone for one without functions.</param>
/// <param name="Key">The key that the namespace stands under.</param>
/// <param name="MessageIndex">The message that declares it.</param>
/// <param name="Path">Where.</param>
/// <param name="IsFunction">Whether it has a type and takes JSON.</param>
/// <param name="IsDeveloper">Whether a developer message declares it, which is where a caller's functions stand.</param>
sealed record DeclaredTool(string Namespace, string FullName, string Key, int MessageIndex, string Path, bool IsFunction, bool IsDeveloper)
{
    /// <summary>The function's name alone.</summary>
    public string Name => IsFunction ? FullName[(Namespace.Length + 1)..] : FullName;
}
