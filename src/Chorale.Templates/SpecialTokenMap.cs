namespace Chorale.Templates;

static class SpecialTokenMap
{
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);
}
