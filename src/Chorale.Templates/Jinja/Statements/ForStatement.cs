namespace Chorale.Templates;

/// <summary><c>for</c>.</summary>
sealed class ForStatement : Statement
{
    readonly string[] _targets;
    readonly Expression _iterable;
    readonly Statement[] _body;
    readonly Statement[] _otherwise;
    readonly bool _usesLoop;
    int[] _targetSlots = [];
    int _loopSlot;
    ScopeEntry[] _entries = [];
    ScopeEntry[] _otherwiseEntries = [];

    /// <summary>A loop.</summary>
    /// <param name="targets">The names that a member is given: one, or one for each of its own members.</param>
    /// <param name="iterable">What it goes through.</param>
    /// <param name="body">Done for each member.</param>
    /// <param name="otherwise">Done where there is none.</param>
    /// <param name="usesLoop">Whether the body speaks of <c>loop</c>.</param>
    /// <param name="line">Where it begins.</param>
    public ForStatement(string[] targets, Expression iterable, Statement[] body, Statement[] otherwise, bool usesLoop, int line)
        : base(line)
    {
        (_targets, _iterable, _body, _otherwise, _usesLoop) = (targets, iterable, body, otherwise, usesLoop);
        Cost = iterable.Cost;
    }

    public override void Collect(Scope scope) => _iterable.Collect(scope);

    public override void Bind(Scope scope)
    {
        _iterable.Bind(scope);
        Scope inner = scope.NewInner();
        if (_usesLoop)
            _loopSlot = inner.Declare("loop");
        _targetSlots = [.. _targets.Select(inner.Declare)];
        CollectAll(_body, inner);
        BindAll(_body, inner);
        _entries = inner.Entries();

        Scope otherwise = scope.NewInner();
        CollectAll(_otherwise, otherwise);
        BindAll(_otherwise, otherwise);
        _otherwiseEntries = otherwise.Entries();
    }

    public override void Run(Frame frame)
    {
        Begin(frame);
        Rendering rendering = frame.Rendering;
        TemplateValue iterable = _iterable.Evaluate(frame);
        TemplateValue[] members = PythonOperations.Iterate(iterable, frame.Budget);
        if (members.Length == 0)
        {
            ScopeEntry.Enter(_otherwiseEntries, frame);
            RunAll(_otherwise, frame);
            return;
        }
        LoopValue? loop = _usesLoop ? new LoopValue(members) : null;
        int outerMessage = rendering.MessageIndex;
        bool overMessages = PythonOperations.IsMessages(iterable, rendering, out int start, out int step);
        for (int i = 0; i < members.Length; i++)
        {
            frame.Budget.Spend(1);
            if (overMessages)
                rendering.MessageIndex = start + (i * step);
            if (loop is not null)
            {
                loop.Index = i;
                frame.Slots[_loopSlot] = loop;
            }
            Assign(frame, members[i]);
            ScopeEntry.Enter(_entries, frame);
            RunAll(_body, frame);
        }
        rendering.MessageIndex = outerMessage;
    }

    void Assign(Frame frame, TemplateValue member)
    {
        if (_targetSlots.Length == 1)
        {
            frame.Slots[_targetSlots[0]] = member;
            return;
        }
        TemplateValue[] parts = PythonOperations.Iterate(member, frame.Budget);
        if (parts.Length != _targetSlots.Length)
        {
            throw new TemplateRenderException(TemplateErrorKind.Python, parts.Length < _targetSlots.Length
                ? $"ValueError: not enough values to unpack (expected {_targetSlots.Length}, got {parts.Length})"
                : $"ValueError: too many values to unpack (expected {_targetSlots.Length})");
        }
        for (int i = 0; i < parts.Length; i++)
            frame.Slots[_targetSlots[i]] = parts[i];
    }
}
