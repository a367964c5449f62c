namespace Chorale.Server;

/// <summary>An id that could have stood in a place.</summary>
/// <inheritdoc cref="TokenLogprob" path="/param"/>
sealed record TopLogprob(string Token, float Logprob, IReadOnlyList<int> Bytes);
