namespace Chorale.Templates;

/// <summary><c>if</c>, with one <c>elif</c> inside the other.</summary>
sealed class IfStatement : Statement
{
    readonly Expression _test;
    readonly Statement[] _then;
    readonly IfStatement[] _elseIfs;
    readonly Statement[] _otherwise;

    public IfStatement(Expression test, Statement[] then, IfStatement[] elseIfs, Statement[] otherwise, int line)
        : base(line)
    {
        (_test, _then, _elseIfs, _otherwise) = (test, then, elseIfs, otherwise);
        Cost = test.Cost;
    }

    public override void Collect(Scope scope)
    {
        _test.Collect(scope);
        scope.Branch(branch => CollectAll(_then, branch), branch => CollectAll(_elseIfs, branch), branch => CollectAll(_otherwise, branch));
    }

    public override void Bind(Scope scope)
    {
        _test.Bind(scope);
        BindAll(_then, scope);
        BindAll(_elseIfs, scope);
        BindAll(_otherwise, scope);
    }

    public override void Run(Frame frame)
    {
        if (TryRun(frame))
            return;
        foreach (IfStatement elseIf in _elseIfs)
        {
            if (elseIf.TryRun(frame))
                return;
        }
        RunAll(_otherwise, frame);
    }

    bool TryRun(Frame frame)
    {
        Begin(frame);
        if (!_test.Test(frame))
            return false;
        RunAll(_then, frame);
        return true;
    }
}
