using Chorale.Templates;

namespace Chorale.Cli;

/// <summary>Templates as command lines name them.</summary>
static class TemplateNames
{
    /// <summary>A built-in template, or one out of a file or folder.</summary>
    public static ChatTemplate Find(string name)
    {
        if (ChatTemplate.Names.Contains(name, StringComparer.Ordinal))
            return ChatTemplate.Named(name);
        if (!File.Exists(name) && !Directory.Exists(name))
            throw new CliException($"'{name}' is neither a built-in template ({string.Join(", ", ChatTemplate.Names)}) nor a file.");
        try
        {
            return ChatTemplate.LoadFile(name);
        }
        catch (TemplateSyntaxException e)
        {
            throw new CliException($"'{name}': {CliErrors.OneLine(e.Message)}");
        }
    }
}
