namespace Chorale.Harmony;

/// <summary>What the bad input of this library's readers, renderer and parser gives.</summary>
public abstract class HarmonyException : Exception
{
    private protected HarmonyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
