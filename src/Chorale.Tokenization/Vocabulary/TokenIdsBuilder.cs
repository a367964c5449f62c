using System.Globalization;
using System.Text;

namespace Chorale.Tokenization;

/// <summary>Finds out how tokens come about, from ranks or from a list of merges, and numbers them by time.</summary>
/// <remarks>
/// Tokens are taken in the order of their ranks or merges. When a pair's turn comes, all older merges are known, so the
/// pair makes its token exactly if it is stable under them (<see cref="MergeTree.IsStable"/>): no merging has to be run.
/// That needs parts older than their token, as every trained vocabulary has them; others are refused.
/// </remarks>
sealed class TokenIdsBuilder
{
    const int NotMerged = -1;

    readonly IReadOnlyList<byte[]?> _tokens;
    readonly TokenBytes _bytes;
    readonly PieceTable _idOfBytes;
    readonly int[] _tokenOfId;
    readonly List<int> _idOfToken = [];
    readonly MergeTree _merges;

    /// <summary>Starts with the single bytes.</summary>
    /// <param name="tokens">The bytes of ordinary tokens by id; null for all other ids.</param>
    /// <param name="name">What the file calls the list, for messages.</param>
    TokenIdsBuilder(IReadOnlyList<byte[]?> tokens, string name)
    {
        _tokens = tokens;
        _bytes = TokenBytes.Join(tokens);
        _idOfBytes = new PieceTable(_bytes, tokens.Count);
        _tokenOfId = new int[tokens.Count];
        Array.Fill(_tokenOfId, NotMerged);
        int ordinaryCount = 0;
        for (int id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] is not { } token)
                continue;
            ordinaryCount++;
            if (token.Length > VocabularyLimits.MaxTokenBytes)
                throw new VocabularyFormatException($"{name} {id}", $"a token of {token.Length} bytes", $"at most {VocabularyLimits.MaxTokenBytes}");
            if (!_idOfBytes.TryAdd(id))
                throw new VocabularyFormatException($"{name} {id}", $"{Describe(token)} again", "each token once");
            if (token.Length == 1)
                AddToken(id);
        }
        if (_idOfToken.Count != MergeTree.FirstMerged)
            throw new VocabularyFormatException(name, $"{_idOfToken.Count} tokens of a single byte", "one for each of the 256 bytes");
        _merges = new MergeTree(ordinaryCount);
    }

    /// <summary>The vocabulary of a rank file: two neighbours merge where their bytes are a token, the lowest rank first.</summary>
    public static TokenIds FromRanks(IReadOnlyList<byte[]?> tokens, IReadOnlyDictionary<string, int> specials)
    {
        TokenIdsBuilder builder = new(tokens, "Rank");
        for (int id = 0; id < tokens.Count; id++)
        {
            if (builder.FindPair(id, onlyStable: true) is var (left, right))
                builder.AddMerge(id, left, right);
        }
        List<int> wholeOnly = [];
        for (int id = 0; id < tokens.Count; id++)
        {
            if (builder._tokenOfId[id] != NotMerged)
                continue;
            if (builder.FindPair(id, onlyStable: false) is var (left, right))
                throw PartsTooYoung($"Rank {id}", tokens[id]!, builder, left, right);
            wholeOnly.Add(id);
        }

        Dictionary<string, int> names = new(StringComparer.Ordinal);
        foreach ((string name, int id) in specials)
        {
            if (id is < 0 or > VocabularyLimits.MaxId || (id < tokens.Count && tokens[id] is not null))
                throw new VocabularyFormatException($"Special token '{name}'", $"id {id}", $"a free id up to {VocabularyLimits.MaxId}");
            names.Add(name, id);
        }
        return builder.Build(wholeOnly, names, userDefined: new Dictionary<string, int>(StringComparer.Ordinal));
    }

    /// <summary>The vocabulary of lists: only listed pairs merge, in the order of the list.</summary>
    public static TokenIds FromMerges(VocabularyContent content)
    {
        TokenIdsBuilder builder = new(content.Tokens, content.TokensName);
        byte[] spelled = new byte[256];
        List<(int Merge, int Id, int Left, int Right)> early = [];
        PairTable seen = new(content.Merges.Count);
        for (int merge = 0; merge < content.Merges.Count; merge++)
        {
            (int left, int right, int id) = builder.FindMerge(content, merge, ref spelled);
            if (seen.Find(left, right) != PairTable.Never)
                throw new VocabularyFormatException($"{content.MergesName}[{merge}]", $"'{content.Merges[merge]}' again", "each merge once");
            seen.Add(left, right, id);
            if (builder._tokenOfId[id] != NotMerged)
                continue;
            if (builder._tokenOfId[left] == NotMerged || builder._tokenOfId[right] == NotMerged)
                early.Add((merge, id, left, right));
            else if (builder._merges.IsStable(builder._tokenOfId[left], builder._tokenOfId[right]))
                builder.AddMerge(id, left, right);
        }
        foreach ((int merge, int id, int left, int right) in early)
        {
            if (builder._tokenOfId[id] == NotMerged && builder._tokenOfId[left] != NotMerged && builder._tokenOfId[right] != NotMerged)
                throw PartsTooYoung($"{content.MergesName}[{merge}]", content.Tokens[id]!, builder, left, right);
        }

        List<int> wholeOnly = [];
        if (content.WholePiecesMatch)
            wholeOnly.AddRange(Enumerable.Range(0, content.Tokens.Count).Where(id => content.Tokens[id] is not null && builder._tokenOfId[id] == NotMerged));
        return builder.Build(wholeOnly, content.Specials, content.UserDefined);
    }

    /// <summary>Two tokens that together have the bytes of a third, and are made by merges.</summary>
    (int Left, int Right)? FindPair(int id, bool onlyStable)
    {
        int start = _bytes.Starts[id];
        int length = _bytes.Length(id);
        for (int cut = 1; cut < length; cut++)
        {
            int left = _idOfBytes.Find(_bytes.Block, start, cut);
            if (left < 0 || _tokenOfId[left] == NotMerged)
                continue;
            int right = _idOfBytes.Find(_bytes.Block, start + cut, length - cut);
            if (right < 0 || _tokenOfId[right] == NotMerged)
                continue;
            if (!onlyStable || _merges.IsStable(_tokenOfId[left], _tokenOfId[right]))
                return (left, right);
        }
        return null;
    }

    (int Left, int Right, int Merged) FindMerge(VocabularyContent content, int merge, ref byte[] spelled)
    {
        string text = content.Merges[merge];
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0 || space == text.Length - 1)
            throw new VocabularyFormatException($"{content.MergesName}[{merge}]", $"'{text}'", "two tokens with a space between them");
        if (spelled.Length < text.Length + PieceTable.Padding)
            spelled = new byte[text.Length + PieceTable.Padding];
        int length = text.Length - 1;
        if (!ByteLevelSpelling.TryRead(text.AsSpan(0, space), spelled) || !ByteLevelSpelling.TryRead(text.AsSpan(space + 1), spelled.AsSpan(space)))
            throw new VocabularyFormatException($"{content.MergesName}[{merge}]", $"'{text}'", "bytes in the byte-level spelling");
        int left = _idOfBytes.Find(spelled, 0, space);
        int right = _idOfBytes.Find(spelled, space, length - space);
        int merged = _idOfBytes.Find(spelled, 0, length);
        if (left < 0 || right < 0 || merged < 0)
        {
            string missing = left < 0 ? text[..space] : right < 0 ? text[(space + 1)..] : text.Remove(space, 1);
            throw new VocabularyFormatException(
                $"{content.MergesName}[{merge}]", $"'{text}' with '{missing}', which is no token", "a merge of two tokens to a third");
        }
        return (left, right, merged);
    }

    void AddMerge(int id, int left, int right)
    {
        _merges.Add(_tokenOfId[left], _tokenOfId[right]);
        AddToken(id);
    }

    void AddToken(int id)
    {
        _tokenOfId[id] = _idOfToken.Count;
        _idOfToken.Add(id);
    }

    TokenIds Build(List<int> wholeOnly, Dictionary<string, int> specials, Dictionary<string, int> userDefined)
    {
        _idOfToken.AddRange(wholeOnly);
        bool sameNumbers = true;
        for (int token = 0; token < _idOfToken.Count; token++)
            sameNumbers &= _idOfToken[token] == token;

        BytePairVocabulary vocabulary = new(TokenBytes.Join([.. _idOfToken.Select(id => _tokens[id])]), _idOfToken.Count, _merges);
        List<byte[]?> all = [.. _tokens];
        foreach ((string name, int id) in specials.Concat(userDefined))
        {
            while (all.Count <= id)
                all.Add(null);
            all[id] = Encoding.UTF8.GetBytes(name);
        }
        BytePairEncoder encoder = new(vocabulary, sameNumbers ? null : [.. _idOfToken]);
        return new TokenIds(encoder, TokenBytes.Join(all), specials, userDefined);
    }

    static VocabularyFormatException PartsTooYoung(string where, byte[] token, TokenIdsBuilder builder, int left, int right) =>
        new(where, $"{Describe(token)} with the parts {Describe(builder._tokens[left]!)} and {Describe(builder._tokens[right]!)}, one of which is merged later", "parts that are merged before their whole");

    static string Describe(byte[] token) =>
        string.Create(CultureInfo.InvariantCulture, $"'{ByteLevelSpelling.Write(token)}'");
}
