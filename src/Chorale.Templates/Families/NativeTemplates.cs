namespace Chorale.Templates;

/// <summary>The published templates that have native renderers.</summary>
static class NativeTemplates
{
    static readonly NativeTemplate[] All = [];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(native => native.Name)];

    public static NativeTemplate? Find(string name) => Array.Find(All, native => native.Name == name);

    public static NativeTemplate? FindBySha256(string sha256) => Array.Find(All, native => native.Sha256 == sha256);
}
