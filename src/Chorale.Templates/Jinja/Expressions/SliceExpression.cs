namespace Chorale.Templates;

/// <summary><c>x[a:b:c]</c>; a part that is absent is null.</summary>
sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step)
    : Expression([.. new[] { owner, start, stop, step }.OfType<Expression>()])
{
    public override TemplateValue Evaluate(Frame frame) =>
        PythonOperations.Slice(owner.Evaluate(frame), start?.Evaluate(frame), stop?.Evaluate(frame), step?.Evaluate(frame), frame.Rendering);
}
