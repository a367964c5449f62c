using System.Text;

namespace Chorale.Tokenization;

/// <summary>Joins the bytes of ordinary and special tokens to one table by id.</summary>
static class IdBytes
{
    /// <summary>Puts the names of special tokens behind the ordinary tokens.</summary>
    /// <param name="ranks">Ordinary tokens, whose ids are their numbers.</param>
    /// <param name="specials">Special tokens; none has the id of an ordinary one.</param>
    public static TokenBytes WithSpecials(TokenBytes ranks, Dictionary<string, int> specials)
    {
        int count = specials.Count == 0 ? ranks.Count : Math.Max(ranks.Count, specials.Values.Max() + 1);
        byte[]?[] names = new byte[count - ranks.Count][];
        foreach ((string name, int id) in specials)
            names[id - ranks.Count] = Encoding.UTF8.GetBytes(name);

        int byteCount = ranks.Starts[^1];
        int[] starts = new int[count + 1];
        ranks.Starts.CopyTo(starts);
        for (int i = 0; i < names.Length; i++)
            starts[ranks.Count + i + 1] = starts[ranks.Count + i] + (names[i]?.Length ?? 0);
        byte[] block = new byte[starts[^1] + TokenBytes.Padding];
        ranks.Block[..byteCount].CopyTo(block);
        for (int i = 0; i < names.Length; i++)
            names[i]?.CopyTo(block, starts[ranks.Count + i]);
        return new TokenBytes(block, starts);
    }
}
