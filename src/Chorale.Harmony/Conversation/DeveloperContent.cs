namespace Chorale.Harmony;

/// <summary>What the developer message says: instructions, function tools, the forms of the answer.</summary>
public sealed record DeveloperContent : ContentPart
{
    /// <summary>Rendered under "# Instructions", also where empty; null leaves the section out.</summary>
    public string? Instructions { get; init; }

    /// <summary>
    /// Tools by key, in the order of the keys' UTF-8 bytes. Only the key <c>functions</c>, whatever the namespace's
    /// name, makes the system message send calls to the commentary channel. The map is copied.
    /// </summary>
    public IReadOnlyDictionary<string, ToolNamespace>? Tools { get; init => field = ToolMap.Copy(value); }

    /// <summary>
    /// The forms that the answer may have, at the end of the message; openai-harmony 0.0.8 knows none. The list is copied.
    /// </summary>
    public IReadOnlyList<ResponseFormat> ResponseFormats { get; init => field = EquatableList.Copy(value); } = EquatableList.Empty<ResponseFormat>();

    /// <summary>The same with a namespace added under its own name, in place of one that had this key.</summary>
    public DeveloperContent WithTools(ToolNamespace tools) => this with { Tools = ToolMap.Add(Tools, tools) };

    /// <summary>The same with these functions as the namespace <c>functions</c>.</summary>
    public DeveloperContent WithFunctions(params IEnumerable<ToolDescription> functions) =>
        WithTools(ToolNamespace.Functions(functions));

    /// <summary>The same with these forms of the answer after those it has.</summary>
    public DeveloperContent WithResponseFormats(params IEnumerable<ResponseFormat> formats) =>
        this with { ResponseFormats = EquatableList.Copy(ResponseFormats.Concat(formats)) };
}
