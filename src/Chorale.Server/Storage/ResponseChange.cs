namespace Chorale.Server;

/// <summary>What becomes of a stored response together with events that are added to it.</summary>
/// <param name="Status">How far it is now.</param>
/// <param name="Response">The response object in UTF-8.</param>
sealed record ResponseChange(ResponseStatus Status, ReadOnlyMemory<byte> Response);
