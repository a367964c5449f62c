namespace Chorale.Server;

/// <summary>The function that is called, and with what.</summary>
/// <param name="Name">Its name; in a stream on the first piece only.</param>
/// <param name="Arguments">JSON as text, or a piece of it.</param>
sealed record ChatFunction(string? Name, string Arguments);
