namespace Chorale.Server;

/// <summary>A model as OpenAI lists it, with the context under the names that clients look for.</summary>
/// <param name="Id">What requests name.</param>
/// <param name="Created">When it was loaded, in seconds since 1970.</param>
/// <param name="ContextLength">How many ids prompt and answer may hold together.</param>
sealed record ModelEntry(string Id, long Created, int ContextLength)
{
    public string Object => "model";

    public string OwnedBy => "chorale";

    /// <summary>The same as vLLM names it.</summary>
    public int MaxModelLen => ContextLength;
}
