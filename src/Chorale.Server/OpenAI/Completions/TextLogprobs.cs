namespace Chorale.Server;

/// <summary>Log-probabilities in the form of Completions: lists side by side.</summary>
/// <param name="Tokens">The ids as text.</param>
/// <param name="TokenLogprobs">Their log-probabilities; null for ids of the prompt.</param>
/// <param name="TopLogprobs">For each the most likely ids, text to log-probability; null for ids of the prompt.</param>
/// <param name="TextOffset">Where the text of each begins, in characters of the answer.</param>
sealed record TextLogprobs(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<float?> TokenLogprobs,
    IReadOnlyList<IReadOnlyDictionary<string, float>?> TopLogprobs,
    IReadOnlyList<int> TextOffset);
