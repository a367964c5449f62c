namespace Chorale.Agents;

/// <summary>Why a run ended.</summary>
public enum AgentFinish
{
    /// <summary>The model answered.</summary>
    Answered,

    /// <summary>The model went on calling after as many rounds as it may; its last calls were not run.</summary>
    RoundLimit,

    /// <summary>The limit of ids of a turn was reached.</summary>
    MaxTokens,

    /// <summary>The context is full.</summary>
    ContextLength,
}
