namespace Chorale.Templates;

/// <summary><c>a == b</c>, <c>a in b</c>, and chains such as <c>a &lt; b &lt; c</c>.</summary>
sealed class CompareExpression(Expression first, (Comparison Comparison, Expression Operand)[] rest)
    : Expression([first, .. rest.Select(link => link.Operand)])
{
    public override TemplateValue Evaluate(Frame frame) => BooleanValue.Of(Test(frame));

    public override bool Test(Frame frame)
    {
        TemplateValue left = first.Evaluate(frame);
        foreach ((Comparison comparison, Expression operand) in rest)
        {
            TemplateValue right = operand.Evaluate(frame);
            if (!PythonOperations.Compare(comparison, left, right, frame.Budget))
                return false;
            left = right;
        }
        return true;
    }
}
