namespace Chorale.Templates;

/// <summary>How much a finding matters.</summary>
public enum TemplateFindingSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Something is lost, doubled or not learnt.</summary>
    Warning,

    /// <summary>A conversation cannot be rendered.</summary>
    Error,
}
