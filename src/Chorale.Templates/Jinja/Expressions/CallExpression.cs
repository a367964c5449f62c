namespace Chorale.Templates;

/// <summary><c>name(…)</c>: a macro, or a function of the environment.</summary>
sealed class CallExpression(NameExpression target, Expression[] arguments, (string Name, Expression Value)[] named, int line)
    : Expression([target, .. arguments, .. named.Select(argument => argument.Value)])
{
    public override void Bind(Scope scope)
    {
        base.Bind(scope);
        if (scope.Bind(target.Name).Depth == Binding.Context && !scope.Context.Macros.Contains(target.Name) && EnvironmentFunction.Find(target.Name) is not { IsCallable: true })
            throw new TemplateSyntaxException(line, $"function '{target.Name}'", "it is neither a macro nor one of namespace, raise_exception, strftime_now");
    }

    public override TemplateValue Evaluate(Frame frame)
    {
        TemplateValue value = target.Evaluate(frame);
        if (value is MacroValue macro)
        {
            using Output output = frame.Rendering.NewOutput();
            Call(macro, frame, output);
            return output.ToValue();
        }
        if (value is UndefinedValue undefined)
            throw undefined.Error();
        return value is EnvironmentFunction function
            ? function.Call(Values(frame), Named(frame), frame.Rendering)
            : throw new TemplateRenderException(TemplateErrorKind.Python, $"TypeError: '{value.TypeName}' object is not callable");
    }

    /// <summary>A macro's text goes straight to where it is printed.</summary>
    public override void Print(Frame frame, Output output)
    {
        if (target.Evaluate(frame) is MacroValue macro)
            Call(macro, frame, output);
        else
            base.Print(frame, output);
    }

    void Call(MacroValue macro, Frame frame, Output output) => macro.Macro.Call(macro.Frame, Values(frame), Named(frame), output);

    TemplateValue[] Values(Frame frame) => Array.ConvertAll(arguments, argument => argument.Evaluate(frame));

    KeyValuePair<string, TemplateValue>[] Named(Frame frame) => Array.ConvertAll(named, argument => KeyValuePair.Create(argument.Name, argument.Value.Evaluate(frame)));
}
