namespace Chorale.Harmony;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know; nothing is wrong.</summary>
    Info,

    /// <summary>It renders, but the model was not trained on this, or it is not what was meant.</summary>
    Warning,

    /// <summary>It cannot be rendered, or it is not Harmony.</summary>
    Error,
}
