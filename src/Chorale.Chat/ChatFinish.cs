namespace Chorale.Chat;

/// <summary>Why a turn ended.</summary>
public enum ChatFinish
{
    /// <summary>The model ended its answer.</summary>
    Stop,

    /// <summary>The model calls a tool and waits for its result.</summary>
    ToolCall,

    /// <summary>The limit of <see cref="ChatSessionOptions.MaxTokens"/> was reached; the last message is cut.</summary>
    MaxTokens,

    /// <summary>Prompt and answer fill the context; the last message is cut.</summary>
    ContextLength,

    /// <summary>The caller stopped the turn; the last message is cut.</summary>
    Cancelled,
}
