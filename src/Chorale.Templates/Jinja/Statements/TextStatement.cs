namespace Chorale.Templates;

/// <summary>Text between tags.</summary>
sealed class TextStatement(string text, int line) : Statement(line)
{
    public override void Collect(Scope scope)
    {
    }

    public override void Bind(Scope scope)
    {
    }

    public override void Run(Frame frame) => frame.Output.Template(text);
}
