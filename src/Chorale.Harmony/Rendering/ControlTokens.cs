using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>The ids of Harmony's control tokens in a vocabulary.</summary>
sealed class ControlTokens
{
    /// <summary>The spelling that a message's content type starts with where its format is constrained.</summary>
    internal const string ConstrainName = "<|constrain|>";

    internal const string ChannelName = "<|channel|>";

    public ControlTokens(Tokenizer tokenizer)
    {
        Start = Find(tokenizer, "<|start|>");
        Message = Find(tokenizer, "<|message|>");
        End = Find(tokenizer, "<|end|>");
        Return = Find(tokenizer, "<|return|>");
        Call = Find(tokenizer, "<|call|>");
        Channel = Find(tokenizer, ChannelName);
        Constrain = Find(tokenizer, ConstrainName);
    }

    public int Start { get; }

    public int Message { get; }

    public int End { get; }

    public int Return { get; }

    public int Call { get; }

    public int Channel { get; }

    public int Constrain { get; }

    /// <summary>Whether the id ends a message.</summary>
    public bool IsStop(int id) => id == End || id == Return || id == Call;

    static int Find(Tokenizer tokenizer, string name) =>
        tokenizer.TryGetSpecial(name, out int id) ? id
            : throw new ArgumentException($"The vocabulary has no special token '{name}', which Harmony needs.", nameof(tokenizer));
}
