namespace Chorale.Templates;

/// <summary><c>generation</c>: what the assistant says, marked as such.</summary>
sealed class GenerationStatement(Statement[] body, int line) : Statement(line)
{
    ScopeEntry[] _entries = [];

    public override void Collect(Scope scope)
    {
    }

    public override void Bind(Scope scope)
    {
        Scope inner = scope.NewInner();
        CollectAll(body, inner);
        BindAll(body, inner);
        _entries = inner.Entries();
    }

    public override void Run(Frame frame)
    {
        Begin(frame);
        ScopeEntry.Enter(_entries, frame);
        PieceKind before = frame.Output.Mark;
        frame.Output.BeginMark(PieceKind.Trained);
        RunAll(body, frame);
        frame.Output.Mark = before;
    }
}
