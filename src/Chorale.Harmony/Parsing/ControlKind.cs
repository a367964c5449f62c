namespace Chorale.Harmony;

/// <summary>What a control token means to the tolerant machine.</summary>
enum ControlKind
{
    Start,
    Message,
    Channel,
    Constrain,
    End,
    Return,
    Call,

    /// <summary><c>&lt;|endoftext|&gt;</c>, at which many engines stop.</summary>
    EndOfText,

    /// <summary>A special token that is none of Harmony's.</summary>
    Other,
}
