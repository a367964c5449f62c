namespace Chorale.Templates.Tests;

/// <summary>A text or an error, and nothing else.</summary>
static class Outcome
{
    public static (string? Text, TemplateErrorKind? Error) Of(ChatTemplate template, TemplateInput input)
    {
        try
        {
            return (template.Render(input), null);
        }
        catch (TemplateRenderException e)
        {
            return (null, e.Kind);
        }
    }
}
