namespace Chorale.Templates;

/// <summary><c>set n.x = y</c>, of a namespace.</summary>
sealed class SetFieldStatement : Statement
{
    readonly NameExpression _owner;
    readonly string _field;
    readonly Expression _value;

    public SetFieldStatement(NameExpression owner, string field, Expression value, int line)
        : base(line)
    {
        (_owner, _field, _value) = (owner, field, value);
        Cost = value.Cost + 1;
    }

    public override void Collect(Scope scope)
    {
        _value.Collect(scope);
        _owner.Collect(scope);
    }

    public override void Bind(Scope scope)
    {
        _value.Bind(scope);
        _owner.Bind(scope);
    }

    public override void Run(Frame frame)
    {
        Begin(frame);
        if (_owner.Evaluate(frame) is not NamespaceValue owner)
            throw new TemplateRenderException(TemplateErrorKind.Python, "cannot assign attribute on non-namespace object");
        owner.Fields[_field] = _value.Evaluate(frame);
    }
}
