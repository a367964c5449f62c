namespace Chorale.Templates;

/// <summary><c>set x = y</c>.</summary>
sealed class SetStatement : Statement
{
    readonly string _name;
    readonly Expression _value;
    int _slot;

    public SetStatement(string name, Expression value, int line)
        : base(line)
    {
        (_name, _value) = (name, value);
        Cost = value.Cost;
    }

    public override void Collect(Scope scope)
    {
        _value.Collect(scope);
        scope.Store(_name);
    }

    public override void Bind(Scope scope)
    {
        _value.Bind(scope);
        _slot = scope.Bind(_name).Index;
    }

    public override void Run(Frame frame)
    {
        Begin(frame);
        frame.Slots[_slot] = _value.Evaluate(frame);
    }
}
