namespace Chorale.Harmony;

/// <summary>A rule for leaving old reasoning out of a prompt.</summary>
public enum AnalysisDropping
{
    /// <summary>
    /// openai-harmony's: where the last assistant message is on the channel final, what is on the channel analysis before
    /// the first message on final, of whatever role, is dropped. Later analysis stays, even after further finals.
    /// </summary>
    Harmony,

    /// <summary>Nothing is dropped.</summary>
    None,
}
