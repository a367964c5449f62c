namespace Chorale.Server;

/// <summary>A response that is being made was deleted, or ended by another process: what it still says is not kept.</summary>
sealed class ResponseGoneException(string id) : Exception($"Response '{id}' was deleted, or ended by another process.")
{
    public string Id { get; } = id;
}
