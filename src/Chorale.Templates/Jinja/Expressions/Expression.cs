namespace Chorale.Templates;

/// <summary>An expression of a template.</summary>
abstract class Expression
{
    /// <summary>How deep expressions may nest.</summary>
    public const int MaxDepth = 100;

    readonly Expression[] _parts;

    /// <summary>An expression made of others.</summary>
    /// <param name="parts">Those that it evaluates.</param>
    protected Expression(params Expression[] parts)
    {
        _parts = parts;
        Cost = 1;
        foreach (Expression part in parts)
        {
            Cost += part.Cost;
            Depth = Math.Max(Depth, part.Depth + 1);
        }
    }

    /// <summary>How many expressions it consists of.</summary>
    public int Cost { get; }

    /// <summary>How deep expressions nest in it.</summary>
    public int Depth { get; }

    /// <summary>Notes the names that it reads.</summary>
    public virtual void Collect(Scope scope)
    {
        foreach (Expression part in _parts)
            part.Collect(scope);
    }

    /// <summary>Finds where the values of its names are.</summary>
    public virtual void Bind(Scope scope)
    {
        foreach (Expression part in _parts)
            part.Bind(scope);
    }

    public abstract TemplateValue Evaluate(Frame frame);

    /// <summary>Whether its value is true.</summary>
    public virtual bool Test(Frame frame) => Evaluate(frame).IsTrue;

    /// <summary>Appends its value as <c>str(x)</c>.</summary>
    public virtual void Print(Frame frame, Output output) => PythonText.Write(output, Evaluate(frame));
}
