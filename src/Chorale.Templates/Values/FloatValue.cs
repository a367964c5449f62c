namespace Chorale.Templates;

sealed class FloatValue(double value) : TemplateValue
{
    public double Value { get; } = value;

    public override TemplateValueKind Kind => TemplateValueKind.Float;

    public override bool IsTrue => Value != 0;

    internal override string TypeName => "float";
}
