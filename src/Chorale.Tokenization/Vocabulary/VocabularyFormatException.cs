namespace Chorale.Tokenization;

/// <summary>A vocabulary cannot be used; the message says where, what was found there and what was expected.</summary>
public sealed class VocabularyFormatException : FormatException
{
    public VocabularyFormatException(string where, string found, string expected, Exception? cause = null)
        : base($"{where}: found {found}, expected {expected}.", cause)
    {
        Where = where;
        Found = found;
        Expected = expected;
    }

    /// <summary>The line, JSON path or list entry.</summary>
    public string Where { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }

    /// <summary>What should stand there.</summary>
    public string Expected { get; }
}
