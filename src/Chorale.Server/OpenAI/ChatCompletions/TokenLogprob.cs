namespace Chorale.Server;

/// <summary>A chosen id as text and bytes, and the ids that were most likely in its place.</summary>
/// <param name="Token">Its text; a part of a character is U+FFFD.</param>
/// <param name="Logprob">Natural logarithm; -9999 stands for minus infinity.</param>
/// <param name="Bytes">Its bytes, exact.</param>
/// <param name="TopLogprobs">Best first.</param>
sealed record TokenLogprob(string Token, float Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<TopLogprob> TopLogprobs);
