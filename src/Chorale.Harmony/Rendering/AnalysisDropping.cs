namespace Chorale.Harmony;

/// <summary>A rule for leaving old reasoning out of a prompt. Whatever the rule, only messages on the channel analysis are dropped.</summary>
public enum AnalysisDropping
{
    /// <summary>
    /// openai-harmony's: where the last assistant message is on the channel final, what is on the channel analysis before
    /// the first message on final, of whatever role, is dropped. Later analysis stays, even after further finals. What was
    /// dropped comes back as soon as the last assistant message is no final any more, a call for instance.
    /// </summary>
    Harmony,

    /// <summary>Nothing is dropped.</summary>
    None,

    /// <summary>
    /// That of the chat template which gpt-oss is published with (since 2025-08-07): the assistant's reasoning is kept until it
    /// has answered, that is, until a later message of its own on the channel final that is no call. In training, where the
    /// last message is such an answer, the answer's own reasoning is kept too. Calls and results always stay, on whatever channel.
    /// </summary>
    Template,

    /// <summary>
    /// What is on the channel analysis, of whatever role, is dropped once a user message follows it: the turn that goes on keeps
    /// its reasoning, answered or not.
    /// </summary>
    PerTurn,
}
