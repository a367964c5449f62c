namespace Chorale.Cli;

/// <summary>A line of a batch that cannot be answered; it becomes that line's <c>error</c>.</summary>
/// <param name="message">What is wrong, naming the field.</param>
public sealed class BatchException(string message) : Exception(message);
