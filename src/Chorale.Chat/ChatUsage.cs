using System.Runtime.InteropServices;
using Chorale.Harmony;

namespace Chorale.Chat;

/// <summary>
/// What a turn cost, counted in ids. Each generated id belongs to the message that it is part of, header and end included, and so to
/// that message's channel: the four counts add up to <see cref="CompletionTokens"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChatUsage
{
    /// <summary>Ids of the rendered prompt.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Ids of the prompt that the engine still knew and did not compute again.</summary>
    public int CachedPromptTokens { get; init; }

    /// <summary>Generated ids on the channel <c>analysis</c>.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>Generated ids on the channel <c>commentary</c>: preambles and calls.</summary>
    public int CommentaryTokens { get; init; }

    /// <summary>Generated ids on the channel <c>final</c>.</summary>
    public int FinalTokens { get; init; }

    /// <summary>Generated ids of messages without a channel or on another one, and of headers that never closed.</summary>
    public int OtherTokens { get; init; }

    /// <summary>All generated ids, the stop id included.</summary>
    public int CompletionTokens => ReasoningTokens + CommentaryTokens + FinalTokens + OtherTokens;

    /// <summary>Prompt and answer together.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>Both turns' counts.</summary>
    public static ChatUsage operator +(ChatUsage left, ChatUsage right) => left.Add(right);

    /// <summary>Both turns' counts.</summary>
    public ChatUsage Add(ChatUsage other) => new()
    {
        PromptTokens = PromptTokens + other.PromptTokens,
        CachedPromptTokens = CachedPromptTokens + other.CachedPromptTokens,
        ReasoningTokens = ReasoningTokens + other.ReasoningTokens,
        CommentaryTokens = CommentaryTokens + other.CommentaryTokens,
        FinalTokens = FinalTokens + other.FinalTokens,
        OtherTokens = OtherTokens + other.OtherTokens,
    };

    internal ChatUsage Count(string? channel, int ids) => channel switch
    {
        Channels.Analysis => this with { ReasoningTokens = ReasoningTokens + ids },
        Channels.Commentary => this with { CommentaryTokens = CommentaryTokens + ids },
        Channels.Final => this with { FinalTokens = FinalTokens + ids },
        _ => this with { OtherTokens = OtherTokens + ids },
    };
}
