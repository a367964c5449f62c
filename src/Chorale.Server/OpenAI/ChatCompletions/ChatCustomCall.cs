namespace Chorale.Server;

/// <summary>The custom tool that is called, and with what text.</summary>
/// <param name="Name">Its name; in a stream on the first piece only.</param>
/// <param name="Input">Text, or a piece of it.</param>
sealed record ChatCustomCall(string? Name, string Input);
