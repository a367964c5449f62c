namespace Chorale.Templates;

sealed class NoneValue : TemplateValue
{
    public static readonly NoneValue Instance = new();

    public override TemplateValueKind Kind => TemplateValueKind.None;

    public override bool IsTrue => false;

    internal override string TypeName => "NoneType";
}
