namespace Chorale.Templates;

/// <summary>What lint found, about a template or about a conversation under it.</summary>
/// <param name="Code">Its name, in snake_case.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">What was found and what follows from it.</param>
/// <param name="MessageIndex">The message of the conversation, from 0; null where it is about none.</param>
public sealed record TemplateFinding(string Code, TemplateFindingSeverity Severity, string Message, int? MessageIndex = null);
