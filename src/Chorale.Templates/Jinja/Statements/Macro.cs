using System.Runtime.CompilerServices;

namespace Chorale.Templates;

/// <summary>A macro as it is written.</summary>
/// <param name="name">Its name.</param>
/// <param name="parameters">Its parameters; those with a default come last.</param>
/// <param name="body">What it does.</param>
sealed class Macro(string name, (string Name, Expression? Default)[] parameters, Statement[] body)
{
    int[] _slots = [];
    ScopeEntry[] _entries = [];
    int _slotCount;

    public string Name { get; } = name;

    public void Bind(Scope scope)
    {
        _slots = [.. parameters.Select(parameter => scope.Declare(parameter.Name))];
        foreach ((_, Expression? value) in parameters)
            value?.Collect(scope);
        Statement.CollectAll(body, scope);
        foreach ((_, Expression? value) in parameters)
            value?.Bind(scope);
        Statement.BindAll(body, scope);
        _entries = scope.Entries();
        _slotCount = scope.Function.SlotCount;
    }

    /// <summary>Calls it.</summary>
    /// <param name="definedIn">The frame in which it was defined.</param>
    /// <param name="values">The arguments without a name.</param>
    /// <param name="named">The arguments with one.</param>
    /// <param name="output">Takes its text.</param>
    public void Call(Frame definedIn, ReadOnlySpan<TemplateValue> values, ReadOnlySpan<KeyValuePair<string, TemplateValue>> named, Output output)
    {
        Rendering rendering = definedIn.Rendering;
        if (++rendering.MacroDepth > rendering.Budget.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateRenderException(TemplateErrorKind.Limit, $"macro '{Name}' calls too deep");
        int line = rendering.Line;
        Frame frame = new(rendering, definedIn.Template, definedIn, _slotCount, output);
        ScopeEntry.Enter(_entries, frame);
        Fill(frame, values, named);
        Statement.RunAll(body, frame);
        rendering.Line = line;
        rendering.MacroDepth--;
    }

    void Fill(Frame frame, ReadOnlySpan<TemplateValue> values, ReadOnlySpan<KeyValuePair<string, TemplateValue>> named)
    {
        if (values.Length > parameters.Length)
            throw Error($"macro '{Name}' takes not more than {parameters.Length} argument(s)");
        for (int i = 0; i < values.Length; i++)
            frame.Slots[_slots[i]] = values[i];
        foreach ((string key, TemplateValue value) in named)
        {
            int place = Array.FindIndex(parameters, parameter => parameter.Name == key);
            if (place < values.Length)
                throw Error($"macro '{Name}' takes no keyword argument '{key}'");
            frame.Slots[_slots[place]] = value;
        }
        for (int i = values.Length; i < parameters.Length; i++)
        {
            frame.Slots[_slots[i]] ??= parameters[i].Default?.Evaluate(frame)
                ?? new UndefinedValue($"parameter '{parameters[i].Name}' was not provided");
        }
    }

    static TemplateRenderException Error(string reason) => new(TemplateErrorKind.Python, "TypeError: " + reason);
}
