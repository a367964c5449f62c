using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.Extensions.AI;

namespace Chorale.Agents;

/// <summary>A namespace of functions that an agent may call. Immutable.</summary>
/// <param name="Name">The namespace, as calls name it: <c>functions</c> for the common ones, or the name of a group, <c>git</c>.</param>
/// <param name="Functions">The functions, each under a name of its own. The list is copied.</param>
/// <param name="Description">What the model reads above them; null is nothing.</param>
public sealed record AgentTools(string Name, IReadOnlyList<AIFunction> Functions, string? Description = null)
{
    /// <inheritdoc cref="AgentTools(string, IReadOnlyList{AIFunction}, string?)" path="/param[@name='Name']"/>
    public string Name { get; init => field = Checked(value); } = Checked(Name);

    /// <inheritdoc cref="AgentTools(string, IReadOnlyList{AIFunction}, string?)" path="/param[@name='Functions']"/>
    public IReadOnlyList<AIFunction> Functions { get; init => field = Copy(value); } = Copy(Functions);

    /// <summary>The namespace <c>functions</c>.</summary>
    public static AgentTools Of(params IEnumerable<AIFunction> functions) => new("functions", [.. functions]);

    /// <summary>How the model is told of them.</summary>
    public ToolNamespace ToNamespace() => new() { Name = Name, Description = Description, Tools = [.. Functions.Select(ToolDeclaration.Describe)] };

    static string Checked(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Contains('.', StringComparison.Ordinal) ? throw new ArgumentException($"'{name}' cannot be a namespace: one is a name without dots.", nameof(name)) : name;

    static AIFunction[] Copy(IReadOnlyList<AIFunction> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (AIFunction function in functions)
        {
            if (!names.Add(function.Name))
                throw new ArgumentException($"Two functions of a namespace are called '{function.Name}'.", nameof(functions));
        }
        return [.. functions];
    }
}
