namespace Chorale.Templates;

/// <summary>A <c>namespace</c>: the one value that a template can change.</summary>
sealed class NamespaceValue() : OpaqueValue("Namespace", "a namespace")
{
    public Dictionary<string, TemplateValue> Fields { get; } = new(StringComparer.Ordinal);
}
