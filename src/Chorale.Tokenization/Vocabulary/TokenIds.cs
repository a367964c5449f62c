namespace Chorale.Tokenization;

/// <summary>A vocabulary as a model numbers it: merged tokens, special tokens, and ids that nothing uses.</summary>
sealed class TokenIds
{
    readonly ulong[] _special;

    /// <summary>Joins what was read.</summary>
    /// <param name="encoder">Turns ordinary text to ids.</param>
    /// <param name="bytes">The bytes of each id; ids without bytes are unused.</param>
    /// <param name="specials">Special tokens by name.</param>
    /// <param name="userDefined">Tokens by name that are found in ordinary text too, as published files define them.</param>
    public TokenIds(BytePairEncoder encoder, TokenBytes bytes, Dictionary<string, int> specials, Dictionary<string, int> userDefined)
    {
        Encoder = encoder;
        Bytes = bytes;
        Specials = specials.AsReadOnly();
        UserDefined = userDefined;
        for (int id = 0; id < bytes.Count; id++)
            MaxLength = Math.Max(MaxLength, bytes.Length(id));
        _special = new ulong[(bytes.Count / 64) + 1];
        foreach (int id in specials.Values)
            _special[id >> 6] |= 1UL << id;
    }

    public BytePairEncoder Encoder { get; }

    public TokenBytes Bytes { get; }

    /// <summary>How many bytes the longest token has.</summary>
    public int MaxLength { get; }

    public System.Collections.ObjectModel.ReadOnlyDictionary<string, int> Specials { get; }

    public Dictionary<string, int> UserDefined { get; }

    public bool IsSpecial(int id) => (uint)id < (uint)Bytes.Count && (_special[id >> 6] >> id & 1) != 0;

    public bool TryGetBytes(int id, out ReadOnlySpan<byte> bytes)
    {
        bytes = (uint)id < (uint)Bytes.Count ? Bytes[id] : default;
        return !bytes.IsEmpty;
    }
}
