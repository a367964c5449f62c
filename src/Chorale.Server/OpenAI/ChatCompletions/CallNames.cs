namespace Chorale.Server;

/// <summary>Names of tools as clients of Chat Completions know them.</summary>
static class CallNames
{
    const string Functions = "functions";

    /// <summary>A function by its name alone, as do undeclared tools and those that are their own namespace; the functions of another namespace by both, <c>browser.search</c>.</summary>
    public static string ForClient(string name, string? toolNamespace) => toolNamespace is null or Functions || toolNamespace == name ? name : $"{toolNamespace}.{name}";

    /// <summary>The whole name in Harmony of a tool that is declared, built in, or was declared once.</summary>
    public static string ForModel(string name, ToolDeclarations tools) =>
        tools.Find(name) ?? (name.StartsWith("browser.", StringComparison.Ordinal) || name.StartsWith("functions.", StringComparison.Ordinal) ? name : $"{Functions}.{name}");
}
