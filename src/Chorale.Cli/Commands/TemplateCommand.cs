using System.CommandLine;

namespace Chorale.Cli;

/// <summary><c>chorale template</c>: what chat templates make of conversations.</summary>
static class TemplateCommand
{
    public static Command Create(CliHost host) => new("template", "Render chat templates, and see what they do.")
    {
        TemplateRenderCommand.Create(host),
        TemplateLintCommand.Create(host),
        TemplateDiffCommand.Create(host),
    };
}
