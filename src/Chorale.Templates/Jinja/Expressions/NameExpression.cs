namespace Chorale.Templates;

/// <summary>A variable.</summary>
sealed class NameExpression(string name) : Expression
{
    Binding _binding;

    public string Name { get; } = name;

    public override void Collect(Scope scope) => scope.Load(Name);

    public override void Bind(Scope scope) => _binding = scope.Bind(Name);

    public override TemplateValue Evaluate(Frame frame) => frame.Read(_binding, Name);
}
