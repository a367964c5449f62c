using System.Runtime.InteropServices;

namespace Chorale.Inference;

/// <summary>What a generator has done since it was made, and what it holds at present.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GeneratorStatistics
{
    /// <summary>Answers in the making.</summary>
    public int Running { get; init; }

    /// <summary>Requests that wait for a place.</summary>
    public int Waiting { get; init; }

    /// <summary>Passes through the model.</summary>
    public long Steps { get; init; }

    /// <summary>Ids of prompts, those found in the cache included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Ids of prompts that were in the cache and not computed again.</summary>
    public long CachedPromptTokens { get; init; }

    /// <summary>Requests that found a part of their prompt in the cache.</summary>
    public long CacheHits { get; init; }

    /// <summary>Idle sequences that had to go to keep within <see cref="GeneratorOptions.CacheBytes"/>.</summary>
    public long CacheEvictions { get; init; }

    /// <summary>Sequences kept for requests to come.</summary>
    public int IdleSequences { get; init; }

    /// <summary>Bytes of their keys and values.</summary>
    public long IdleBytes { get; init; }

    /// <summary>Bytes of the keys and values of answers in the making.</summary>
    public long RunningBytes { get; init; }

    /// <summary>Generated ids, forced ones included.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Ids that a constraint forced, which no logits were needed for.</summary>
    public long ForcedTokens { get; init; }

    /// <summary>Ids chosen from the logits of the allowed ids alone.</summary>
    public long SelectedTokens { get; init; }

    /// <summary>Ids guessed ahead.</summary>
    public long ProposedTokens { get; init; }

    /// <summary>Guessed ids that turned out right.</summary>
    public long AcceptedTokens { get; init; }
}
