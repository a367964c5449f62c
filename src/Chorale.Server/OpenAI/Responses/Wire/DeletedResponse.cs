namespace Chorale.Server;

/// <summary>That a response was deleted.</summary>
sealed record DeletedResponse(string Id)
{
    public string Object { get; } = "response";

    public bool Deleted { get; } = true;
}
