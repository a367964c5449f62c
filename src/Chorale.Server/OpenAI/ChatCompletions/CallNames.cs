namespace Chorale.Server;

/// <summary>Names of tools as clients know them, and as Harmony has them.</summary>
static class CallNames
{
    const string Functions = "functions", Browser = "browser";

    /// <summary>A function by its name alone, as do undeclared tools and those that are their own namespace; the functions of another namespace by both, <c>browser.search</c>.</summary>
    public static string ForClient(string name, string? toolNamespace) => toolNamespace is null or Functions || toolNamespace == name ? name : $"{toolNamespace}.{name}";

    /// <summary>Name and namespace: the browser's functions have their own, all others are the client's.</summary>
    public static (string Name, string Namespace) ForModel(string name) =>
        name.StartsWith("browser.", StringComparison.Ordinal) ? (name["browser.".Length..], Browser)
        : name.StartsWith("functions.", StringComparison.Ordinal) ? (name["functions.".Length..], Functions)
        : (name, Functions);
}
