namespace Chorale.Templates;

/// <summary>A generator: it gives its members once, and is true even when it has none.</summary>
sealed class IteratorValue(TemplateValue[] members) : OpaqueValue("generator", "a generator")
{
    TemplateValue[] _members = members;

    /// <summary>Its members, the first time; then none.</summary>
    public TemplateValue[] Take()
    {
        TemplateValue[] taken = _members;
        _members = [];
        return taken;
    }
}
