namespace Chorale.Templates;

/// <summary>A piece of a rendered text, and where it comes from.</summary>
/// <param name="Text">Never empty.</param>
/// <param name="IsTemplate">Whether it is the template's own, a literal of it or a special token; otherwise the caller's.</param>
/// <param name="IsTrained">Whether it stands inside <c>{% generation %}</c>.</param>
public readonly record struct TemplatePiece(string Text, bool IsTemplate, bool IsTrained);
