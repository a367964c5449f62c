namespace Chorale.Templates;

/// <summary><c>a and b and c</c>: the first that is false, or the last.</summary>
sealed class AndExpression(Expression[] operands) : Expression([.. operands])
{
    public override TemplateValue Evaluate(Frame frame)
    {
        for (int i = 0; i < operands.Length - 1; i++)
        {
            TemplateValue value = operands[i].Evaluate(frame);
            if (!value.IsTrue)
                return value;
        }
        return operands[^1].Evaluate(frame);
    }

    public override bool Test(Frame frame)
    {
        foreach (Expression operand in operands)
        {
            if (!operand.Test(frame))
                return false;
        }
        return true;
    }
}
