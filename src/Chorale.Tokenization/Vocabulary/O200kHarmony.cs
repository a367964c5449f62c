using System.Globalization;

namespace Chorale.Tokenization;

/// <summary>The built-in vocabulary: the ranks of o200k_base and the special tokens of Harmony.</summary>
static class O200kHarmony
{
    const int FirstReserved = 200000;
    const int LastReserved = 201088;

    public static TokenIds Load()
    {
        Dictionary<string, int> specials = Specials();
        BytePairVocabulary ranks = EmbeddedRanks.Read(EmbeddedResource.Read(EmbeddedRanks.ResourceName), specials);
        return new TokenIds(
            new BytePairEncoder(ranks, ids: null), ranks.Tokens, specials, userDefined: new Dictionary<string, int>(StringComparer.Ordinal));
    }

    /// <summary>1,091 names; ids without a name of their own are <c>&lt;|reserved_ID|&gt;</c>.</summary>
    public static Dictionary<string, int> Specials()
    {
        Dictionary<string, int> specials = new(LastReserved - FirstReserved + 3, StringComparer.Ordinal)
        {
            ["<|startoftext|>"] = 199998,
            ["<|endoftext|>"] = 199999,
        };
        for (int id = FirstReserved; id <= LastReserved; id++)
        {
            string name = id switch
            {
                200002 => "<|return|>",
                200003 => "<|constrain|>",
                200005 => "<|channel|>",
                200006 => "<|start|>",
                200007 => "<|end|>",
                200008 => "<|message|>",
                200012 => "<|call|>",
                _ => string.Create(CultureInfo.InvariantCulture, $"<|reserved_{id}|>"),
            };
            specials.Add(name, id);
        }
        return specials;
    }
}
