namespace Chorale.Templates;

/// <summary><c>not x</c>.</summary>
sealed class NotExpression(Expression operand) : Expression(operand)
{
    public override TemplateValue Evaluate(Frame frame) => BooleanValue.Of(!operand.Test(frame));

    public override bool Test(Frame frame) => !operand.Test(frame);
}
