using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>How samples are cut out of a conversation.</summary>
public sealed record SampleOptions
{
    /// <summary>A sample for each turn, all of it learnt, of any length.</summary>
    public static SampleOptions Default { get; } = new();

    /// <summary>Which messages of the last turn are learnt.</summary>
    public LearntPieces Learn { get; init; }

    /// <summary>How many ids a sample may have; null is any number.</summary>
    public int? MaxTokens { get; init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A sample has at least one id."); }

    /// <summary>What becomes of longer ones.</summary>
    public LengthLimit Limit { get; init; }

    /// <summary>Whether there is a sample for the last turn only, not for each.</summary>
    public bool LastTurnOnly { get; init; }

    /// <summary>How tools are written.</summary>
    public SchemaStyle Schemas { get; init; }
}
