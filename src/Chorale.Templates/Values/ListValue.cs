namespace Chorale.Templates;

/// <summary>A <c>list</c> or a <c>tuple</c>.</summary>
sealed class ListValue(TemplateValue[] members, bool isTuple = false) : TemplateValue
{
    public TemplateValue[] Members { get; } = members;

    public bool IsTuple { get; } = isTuple;

    /// <summary>For a slice of the messages: the index of its first member among them.</summary>
    public int MessageStart { get; init; }

    /// <summary>For a slice of the messages: how far the next member lies from one; 0 for any other list.</summary>
    public int MessageStep { get; init; }

    public override TemplateValueKind Kind => TemplateValueKind.List;

    public override bool IsTrue => Members.Length > 0;

    internal override string TypeName => IsTuple ? "tuple" : "list";
}
