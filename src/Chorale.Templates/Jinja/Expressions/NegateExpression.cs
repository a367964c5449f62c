namespace Chorale.Templates;

/// <summary><c>-x</c>, or <c>+x</c>.</summary>
sealed class NegateExpression(Expression operand, bool isPlus) : Expression(operand)
{
    public override TemplateValue Evaluate(Frame frame) => PythonOperations.Negate(operand.Evaluate(frame), isPlus);
}
