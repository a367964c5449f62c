using System.Text;

namespace Chorale.Server;

/// <summary>The item of the answer that is being written.</summary>
/// <param name="Item">As it was added.</param>
/// <param name="Index">Its place in the answer.</param>
/// <param name="HasLogprobs">Whether the log-probabilities of its ids are told.</param>
sealed record OpenItem(OutputItem Item, int Index, bool HasLogprobs)
{
    public StringBuilder Text { get; } = new();

    public List<TokenLogprob> Logprobs { get; } = [];
}
