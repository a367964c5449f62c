namespace Chorale.Templates;

/// <summary>A template, parsed and ready to be carried out. Immutable; threads may share it.</summary>
sealed class JinjaTemplate : IRenderer
{
    readonly Statement[] _body;
    readonly ScopeEntry[] _entries;
    readonly int _slotCount;

    JinjaTemplate(Statement[] body, ContextNames context)
    {
        Scope scope = new(parent: null, new FunctionScope(outer: null), context);
        _body = body;
        Statement.CollectAll(body, scope);
        Statement.BindAll(body, scope);
        _entries = scope.Entries();
        _slotCount = scope.Function.SlotCount;
        ContextNames = context.Names;
        HasGeneration = context.HasGeneration;
    }

    /// <summary>The variables that it reads.</summary>
    public IReadOnlyList<string> ContextNames { get; }

    public bool HasGeneration { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateSyntaxException">It is no Jinja, or uses what lies outside the subset.</exception>
    public static JinjaTemplate Parse(string source, TemplateLimits limits)
    {
        if (source.Length > limits.MaxSource)
            throw new TemplateSyntaxException(1, "template", $"it has {source.Length} characters, expected at most {limits.MaxSource}");
        ContextNames context = new();
        return new JinjaTemplate(JinjaParser.Parse(source, context), context);
    }

    public void Render(Rendering rendering)
    {
        Frame frame = new(rendering, this, outer: null, _slotCount, rendering.Output);
        ScopeEntry.Enter(_entries, frame);
        Statement.RunAll(_body, frame);
    }

    /// <summary>A variable of the caller, a function of the environment, or undefined.</summary>
    public TemplateValue FindContext(int index, Rendering rendering)
    {
        string name = ContextNames[index];
        return name switch
        {
            "messages" => rendering.Messages,
            "tools" => rendering.Tools,
            "documents" => rendering.Variable(name) ?? TemplateValue.None,
            "add_generation_prompt" => BooleanValue.Of(rendering.AddGenerationPrompt),
            _ => rendering.Variable(name) ?? (TemplateValue?)EnvironmentFunction.Find(name) ?? UndefinedValue.Variable(name),
        };
    }
}
