namespace Chorale.Templates;

/// <summary><c>x is equalto y</c>.</summary>
sealed class EqualToExpression(Expression left, Expression right) : Expression(left, right)
{
    public override TemplateValue Evaluate(Frame frame) => BooleanValue.Of(Test(frame));

    public override bool Test(Frame frame) => PythonOperations.AreEqual(left.Evaluate(frame), right.Evaluate(frame), frame.Budget);
}
