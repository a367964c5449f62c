namespace Chorale.Training;

/// <summary>A data set that cannot be built: a bad row where none may be, or a file of another kind.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error.</summary>
    public DatasetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
