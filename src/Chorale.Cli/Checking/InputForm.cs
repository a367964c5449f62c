namespace Chorale.Cli;

/// <summary>What a file for <c>check</c> and <c>explain</c> holds.</summary>
enum InputForm
{
    /// <summary>A conversation as JSON, or a list of messages.</summary>
    Conversation,

    /// <summary>JSON lines, each a conversation.</summary>
    Jsonl,

    /// <summary>Harmony as text, its control tokens spelled out or stripped.</summary>
    Text,

    /// <summary>Token ids.</summary>
    Ids,
}
