namespace Chorale.Templates;

/// <summary><c>macro</c>: defines one.</summary>
sealed class MacroStatement : Statement
{
    int _slot;

    public MacroStatement(Macro macro, int line)
        : base(line) => Macro = macro;

    public Macro Macro { get; }

    public override void Collect(Scope scope) => scope.Store(Macro.Name);

    public override void Bind(Scope scope)
    {
        _slot = scope.Bind(Macro.Name).Index;
        Macro.Bind(scope.NewFunction());
    }

    public override void Run(Frame frame)
    {
        Begin(frame);
        frame.Slots[_slot] = new MacroValue(Macro, frame);
    }
}
