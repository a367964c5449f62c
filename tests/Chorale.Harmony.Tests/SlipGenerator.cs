namespace Chorale.Harmony.Tests;

/// <summary>Ids as they should not be: random ones, and completions that were damaged id by id.</summary>
sealed class SlipGenerator(HarmonyEncoding encoding, IReadOnlyList<int[]> completions, Random random)
{
    readonly int[] _control = [.. encoding.Tokenizer.SpecialTokens.Where(special => Common.Contains(special.Key)).Select(special => special.Value)];
    readonly int[] _words = [.. Words.SelectMany(word => encoding.Tokenizer.Encode(word))];
    readonly int _size = encoding.Tokenizer.VocabularySize;

    static readonly string[] Common = ["<|start|>", "<|message|>", "<|channel|>", "<|constrain|>", "<|end|>", "<|return|>", "<|call|>", "<|endoftext|>", "<|reserved_200014|>"];

    static readonly string[] Words =
    [
        "assistant", "user", "system", "developer", "tool", "analysis", "commentary", "final", " to=", "functions", ".get_weather", "json", " code", " ", "\n", "{\"a\": 1}", "python", "channel:", " assistant", " final",
    ];

    /// <summary>Random ids: control tokens, words of headers, text, pieces of characters, numbers that no vocabulary has.</summary>
    public int[] Random(int length)
    {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++)
            ids[i] = Any();
        return ids;
    }

    /// <summary>A piece of a completion with ids dropped, doubled, swapped, inserted, and cut anywhere.</summary>
    public int[] Mutated(int maxLength)
    {
        int[] whole = completions[random.Next(completions.Count)];
        List<int> ids = [.. whole.Take(random.Next(1, Math.Min(maxLength, whole.Length) + 1))];
        for (int slips = random.Next(1, 6); slips > 0 && ids.Count > 1; slips--)
        {
            // Half of the slips hit where the control tokens are: a random place would nearly always be content.
            int at = random.Next(2) == 0 ? random.Next(ids.Count) : NearControl(ids);
            switch (random.Next(5))
            {
                case 0:
                    ids.RemoveAt(at);
                    break;
                case 1:
                    ids.Insert(at, ids[at]);
                    break;
                case 2:
                    int other = Math.Min(at + 1, ids.Count - 1);
                    (ids[at], ids[other]) = (ids[other], ids[at]);
                    break;
                case 3:
                    ids.Insert(at, Any());
                    break;
                default:
                    ids[at] = Any();
                    break;
            }
        }
        return [.. ids];
    }

    int NearControl(List<int> ids)
    {
        int from = random.Next(ids.Count);
        int at = ids.FindIndex(from, id => encoding.Tokenizer.IsSpecial(id));
        return Math.Clamp((at < 0 ? from : at) + random.Next(-1, 2), 0, ids.Count - 1);
    }

    int Any() => random.Next(12) switch
    {
        < 4 => _control[random.Next(_control.Length)],
        < 8 => _words[random.Next(_words.Length)],
        8 => random.Next(256),
        9 => random.Next(10) switch { 0 => -1, 1 => int.MinValue, 2 => int.MaxValue, _ => _size + random.Next(3) },
        _ => random.Next(_size),
    };
}
