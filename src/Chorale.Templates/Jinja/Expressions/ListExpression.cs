namespace Chorale.Templates;

/// <summary><c>[a, b]</c> or <c>(a, b)</c>.</summary>
sealed class ListExpression(Expression[] members, bool isTuple) : Expression([.. members])
{
    public override TemplateValue Evaluate(Frame frame) => new ListValue(Array.ConvertAll(members, member => member.Evaluate(frame)), isTuple);
}
