namespace Chorale.Templates;

/// <summary>What Python prints with its address, so that no text can depend on it: functions, methods.</summary>
class OpaqueValue(string typeName, string description) : TemplateValue
{
    /// <summary>What it is, for an error.</summary>
    public string Description { get; } = description;

    public override TemplateValueKind Kind => TemplateValueKind.Other;

    public override bool IsTrue => true;

    internal override string TypeName { get; } = typeName;
}
