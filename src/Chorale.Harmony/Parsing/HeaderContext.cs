namespace Chorale.Harmony;

/// <summary>What is known of a header before its text is read.</summary>
/// <param name="HasStart">Whether it began with <c>&lt;|start|&gt;</c>, so that it must name a role.</param>
/// <param name="Role">The role otherwise.</param>
/// <param name="IsCompletion">Whether the model wrote it: then it is the assistant's whatever stands in the role's place.</param>
/// <param name="IsClosed">Whether <c>&lt;|message|&gt;</c> followed; otherwise what is no header is content.</param>
readonly record struct HeaderContext(bool HasStart, Role Role, bool IsCompletion, bool IsClosed);
