namespace Chorale.Harmony;

/// <summary>A group of tools: <c>functions</c> for the caller's own, <c>browser</c> and <c>python</c> built in.</summary>
public sealed record ToolNamespace
{
    /// <summary>The browser that gpt-oss was trained with: search, open, find.</summary>
    public static ToolNamespace Browser => BuiltinTools.Browser;

    /// <summary>The stateful Python tool that gpt-oss was trained with; it takes code as text and has no functions.</summary>
    public static ToolNamespace Python => BuiltinTools.Python;

    /// <summary>The name that is rendered and that calls go to, <c>name.function</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What stands above the functions; without functions it is all the model sees.</summary>
    public string? Description { get; init; }

    /// <summary>The functions in order. The list is copied.</summary>
    public IReadOnlyList<ToolDescription> Tools { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<ToolDescription>();

    /// <summary>The namespace <c>functions</c>.</summary>
    public static ToolNamespace Functions(params IEnumerable<ToolDescription> tools) =>
        new() { Name = "functions", Tools = EquatableList.Copy(tools) };
}
