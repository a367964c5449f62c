namespace Chorale.Templates;

/// <summary>A literal.</summary>
sealed class ConstantExpression(TemplateValue value) : Expression
{
    public TemplateValue Value { get; } = value;

    public override TemplateValue Evaluate(Frame frame) => Value;
}
