namespace Chorale.Server;

/// <summary>The store of responses cannot be reached, and could not be for as many tries as it is given.</summary>
sealed class StoreUnavailableException(string message, Exception? innerException = null) : IOException(message, innerException);
