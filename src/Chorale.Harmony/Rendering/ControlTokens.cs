using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>The ids of Harmony's control tokens in a vocabulary.</summary>
sealed class ControlTokens
{
    /// <summary>The spelling that a message's content type starts with where its format is constrained.</summary>
    internal const string ConstrainName = "<|constrain|>";

    internal const string ChannelName = "<|channel|>";

    /// <summary>Each kind but <see cref="ControlKind.Other"/> by its spelling.</summary>
    internal static readonly IReadOnlyDictionary<string, ControlKind> Kinds = new Dictionary<string, ControlKind>(StringComparer.Ordinal)
    {
        ["<|start|>"] = ControlKind.Start,
        ["<|message|>"] = ControlKind.Message,
        [ChannelName] = ControlKind.Channel,
        [ConstrainName] = ControlKind.Constrain,
        ["<|end|>"] = ControlKind.End,
        ["<|return|>"] = ControlKind.Return,
        ["<|call|>"] = ControlKind.Call,
        ["<|endoftext|>"] = ControlKind.EndOfText,
    };

    readonly Dictionary<int, string> _spellings;
    readonly int _lowest;
    readonly uint _range;

    public ControlTokens(Tokenizer tokenizer)
    {
        Start = Find(tokenizer, "<|start|>");
        Message = Find(tokenizer, "<|message|>");
        End = Find(tokenizer, "<|end|>");
        Return = Find(tokenizer, "<|return|>");
        Call = Find(tokenizer, "<|call|>");
        Channel = Find(tokenizer, ChannelName);
        Constrain = Find(tokenizer, ConstrainName);
        _spellings = tokenizer.SpecialTokens.ToDictionary(special => special.Value, special => special.Key);
        _lowest = _spellings.Keys.Min();
        _range = (uint)(_spellings.Keys.Max() - _lowest);
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

    /// <summary>False for ids that surely are no special tokens.</summary>
    public bool MayBeSpecial(int id) => (uint)(id - _lowest) <= _range;

    /// <summary>What a special token is to Harmony; false for text and for unknown ids.</summary>
    public bool TryGetKind(int id, out ControlKind kind)
    {
        kind = ControlKind.Other;
        if (!MayBeSpecial(id) || !_spellings.TryGetValue(id, out string? spelling))
            return false;
        kind = Kinds.GetValueOrDefault(spelling, ControlKind.Other);
        return true;
    }

    /// <summary>A special token as text.</summary>
    public string SpellingOf(int id) => _spellings[id];

    static int Find(Tokenizer tokenizer, string name) =>
        tokenizer.TryGetSpecial(name, out int id) ? id
            : throw new ArgumentException($"The vocabulary has no special token '{name}', which Harmony needs.", nameof(tokenizer));
}
