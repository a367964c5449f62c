using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>A group of tools: <c>functions</c> for the caller's own, <c>browser</c> and <c>python</c> built in.</summary>
public sealed record ToolNamespace
{
    /// <summary>More than the schemas of a list of tools may nest, so that it is they who are refused, with their place.</summary>
    const int MaxDepth = 256;

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

    /// <summary>
    /// The namespace <c>functions</c> out of a list of tools as other interfaces take it, each <c>{"type":"function","function":{…}}</c>
    /// (OpenAI's Chat), <c>{"type":"function","name":…}</c> (its Responses) or just <c>{"name":…,"description":…,"parameters":…}</c>.
    /// </summary>
    /// <param name="tools">
    /// A list. A function needs a name; its result may be described under <c>return</c>, <c>returns</c>, <c>response</c>,
    /// <c>output_schema</c> or <c>outputSchema</c>, its parameters also under <c>input_schema</c> or <c>inputSchema</c>.
    /// </param>
    /// <param name="skipped">The tools that are no functions.</param>
    /// <exception cref="SchemaException">No list, a tool that is no object, a function without a name; the message names the place.</exception>
    public static ToolNamespace FromTools(JsonElement tools, out IReadOnlyList<SkippedTool> skipped)
    {
        List<SkippedTool> others = [];
        ToolNamespace functions = Functions(ToolDictionaries.Read(tools, others));
        skipped = others;
        return functions;
    }

    /// <inheritdoc cref="FromTools(JsonElement, out IReadOnlyList{SkippedTool})"/>
    public static ToolNamespace FromTools(JsonElement tools) => FromTools(tools, out _);

    /// <inheritdoc cref="FromTools(JsonElement, out IReadOnlyList{SkippedTool})"/>
    /// <exception cref="JsonException">Not JSON.</exception>
    public static ToolNamespace FromTools(string tools, out IReadOnlyList<SkippedTool> skipped)
    {
        using JsonDocument document = JsonDocument.Parse(tools, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return FromTools(document.RootElement, out skipped);
    }

    /// <inheritdoc cref="FromTools(string, out IReadOnlyList{SkippedTool})"/>
    public static ToolNamespace FromTools(string tools) => FromTools(tools, out _);
}
