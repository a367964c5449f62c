namespace Chorale.Server;

/// <summary>A prompt of Completions.</summary>
/// <param name="Ids">What the model is given.</param>
/// <param name="Text">What the client wrote; null where it sent ids.</param>
sealed record TextPrompt(int[] Ids, string? Text);
