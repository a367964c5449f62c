namespace Chorale.Templates;

/// <summary><c>a - b</c>.</summary>
sealed class SubtractExpression(Expression left, Expression right) : Expression(left, right)
{
    public override TemplateValue Evaluate(Frame frame) => PythonOperations.Subtract(left.Evaluate(frame), right.Evaluate(frame));
}
