namespace Chorale.Templates;

/// <summary>
/// The names of a stretch of template that <c>set</c> does not reach out of: the whole, a macro, a loop's body, a <c>generation</c>. Which value a name has is found as
/// Jinja's compiler finds it: from what is stored and read in a scope, in which order and in which branches.
/// </summary>
/// <remarks>Source: the behaviour of Jinja2 3.1's identifier tracking.</remarks>
sealed class Scope
{
    readonly Scope? _parent;
    readonly Dictionary<string, int> _slots;
    readonly Dictionary<string, SymbolLoad> _loads;
    readonly HashSet<string> _stores;

    /// <summary>A scope inside another.</summary>
    /// <param name="parent">The one around it; null for the whole template.</param>
    /// <param name="function">Whose slots it uses.</param>
    /// <param name="context">The caller's variables.</param>
    public Scope(Scope? parent, FunctionScope function, ContextNames context)
        : this(parent, function, context, new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal))
    {
    }

    Scope(Scope? parent, FunctionScope function, ContextNames context, Dictionary<string, int> slots, Dictionary<string, SymbolLoad> loads, HashSet<string> stores)
    {
        (_parent, Function, Context) = (parent, function, context);
        (_slots, _loads, _stores) = (slots, loads, stores);
    }

    public FunctionScope Function { get; }

    public ContextNames Context { get; }

    /// <summary>A scope inside this one, in the same function.</summary>
    public Scope NewInner() => new(this, Function, Context);

    /// <summary>A macro inside this scope.</summary>
    public Scope NewFunction() => new(this, new FunctionScope(Function), Context);

    /// <summary>The name is read.</summary>
    public void Load(string name)
    {
        if (!IsKnown(name))
            Define(name, SymbolLoad.Resolve);
    }

    /// <summary>The name is written.</summary>
    public void Store(string name)
    {
        _stores.Add(name);
        if (!_loads.ContainsKey(name))
            Define(name, _parent is not null && _parent.IsKnown(name) ? SymbolLoad.Alias : SymbolLoad.Undefined);
    }

    /// <summary>The name is given its value from outside; where, is the result.</summary>
    public int Declare(string name)
    {
        _stores.Add(name);
        Define(name, SymbolLoad.Parameter);
        return _slots[name];
    }

    /// <summary>Gathers the names of branches of which one is taken.</summary>
    /// <param name="branches">Each notes the names of its branch.</param>
    public void Branch(params ReadOnlySpan<Action<Scope>> branches)
    {
        List<Scope> scopes = [];
        foreach (Action<Scope> branch in branches)
        {
            Scope scope = new(_parent, Function, Context, _slots, new(_loads, StringComparer.Ordinal), new(_stores, StringComparer.Ordinal));
            branch(scope);
            scopes.Add(scope);
        }
        Dictionary<string, int> storedIn = new(StringComparer.Ordinal);
        foreach (string name in scopes.SelectMany(scope => scope._stores).Where(name => !_stores.Contains(name)))
            storedIn[name] = storedIn.GetValueOrDefault(name) + 1;
        foreach (Scope scope in scopes)
        {
            foreach ((string name, SymbolLoad load) in scope._loads)
                _loads[name] = load;
            _stores.UnionWith(scope._stores);
        }
        foreach ((string name, int count) in storedIn)
        {
            if (count < scopes.Count)
                _loads[name] = _parent is not null && _parent.IsKnown(name) ? SymbolLoad.Alias : SymbolLoad.Resolve;
        }
    }

    /// <summary>Where the value of a name is that was read or written here.</summary>
    public Binding Bind(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope._parent)
        {
            if (!scope._loads.TryGetValue(name, out SymbolLoad load))
                continue;
            return load == SymbolLoad.Resolve && !scope._stores.Contains(name)
                ? new Binding(Binding.Context, Context.IndexOf(name))
                : new Binding(Function.Depth - scope.Function.Depth, scope._slots[name]);
        }
        return new Binding(Binding.Context, Context.IndexOf(name));
    }

    /// <summary>What is to be filled when this scope is entered.</summary>
    public ScopeEntry[] Entries() =>
    [
        .. _loads.Where(load => _stores.Contains(load.Key) && load.Value != SymbolLoad.Parameter).Select(load => new ScopeEntry(_slots[load.Key], load.Value switch
        {
            SymbolLoad.Alias => _parent!.Bind(load.Key) is { Depth: >= 0 } outer ? outer with { Depth = Function.Depth - _parent.Function.Depth + outer.Depth } : _parent.Bind(load.Key),
            SymbolLoad.Resolve => new Binding(Binding.Context, Context.IndexOf(load.Key)),
            _ => null,
        })),
    ];

    bool IsKnown(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope._parent)
        {
            if (scope._loads.ContainsKey(name))
                return true;
        }
        return false;
    }

    void Define(string name, SymbolLoad load)
    {
        if (!_slots.ContainsKey(name))
            _slots.Add(name, Function.NewSlot());
        _loads[name] = load;
    }
}
