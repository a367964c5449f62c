namespace Chorale.Grammar;

/// <summary>A grammar, regular expression or schema that cannot be enforced as it stands; known before anything is generated.</summary>
public class GrammarException : Exception
{
    /// <summary>An error with what was found and what was expected.</summary>
    public GrammarException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
