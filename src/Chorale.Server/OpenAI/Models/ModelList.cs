namespace Chorale.Server;

/// <summary>What is served, in two forms: OpenAI's, and the catalogue that coding agents read.</summary>
sealed record ModelList(IReadOnlyList<ModelEntry> Data, IReadOnlyList<ModelCatalogEntry> Models)
{
    public string Object => "list";
}
