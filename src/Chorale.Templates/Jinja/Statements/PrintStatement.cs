namespace Chorale.Templates;

/// <summary><c>{{ x }}</c>.</summary>
sealed class PrintStatement : Statement
{
    readonly Expression _value;

    public PrintStatement(Expression value, int line)
        : base(line)
    {
        _value = value;
        Cost = value.Cost;
    }

    public override void Collect(Scope scope) => _value.Collect(scope);

    public override void Bind(Scope scope) => _value.Bind(scope);

    public override void Run(Frame frame)
    {
        Begin(frame);
        _value.Print(frame, frame.Output);
    }
}
