namespace Chorale.Templates;

/// <summary><c>x[y]</c>: an entry, or else an attribute of that name.</summary>
sealed class ItemExpression(Expression owner, Expression index) : Expression(owner, index)
{
    public override TemplateValue Evaluate(Frame frame)
    {
        TemplateValue value = owner.Evaluate(frame);
        TemplateValue at = index.Evaluate(frame);
        TemplateValue item = PythonOperations.GetItem(value, at, frame.Budget, out int place);
        if (place >= 0 && PythonOperations.IsMessages(value, frame.Rendering, out int start, out int step))
            frame.Rendering.TouchedMessage = start + (place * step);
        return item;
    }
}
