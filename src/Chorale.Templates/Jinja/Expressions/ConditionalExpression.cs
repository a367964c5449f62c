namespace Chorale.Templates;

/// <summary><c>a if test else b</c>; without <c>else</c>, undefined.</summary>
sealed class ConditionalExpression(Expression test, Expression then, Expression? otherwise)
    : Expression([.. new[] { test, then, otherwise }.OfType<Expression>()])
{
    static readonly UndefinedValue Missing = new("the inline if-expression evaluated to false and no else section was defined");

    public override TemplateValue Evaluate(Frame frame) => test.Test(frame) ? then.Evaluate(frame) : otherwise?.Evaluate(frame) ?? Missing;

    public override void Print(Frame frame, Output output)
    {
        if (test.Test(frame))
            then.Print(frame, output);
        else
            otherwise?.Print(frame, output);
    }
}
