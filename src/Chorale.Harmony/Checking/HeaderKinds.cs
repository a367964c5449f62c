namespace Chorale.Harmony;

/// <summary>
/// Tells what each id of a header is. Ids and words don't end at the same places, so the words are found in the bytes, and an
/// id is what the word is in which its first byte that is no blank stands.
/// </summary>
static class HeaderKinds
{
    /// <summary>Fills the tokens from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static void Find(HarmonyEncoding encoding, ReadOnlySpan<int> ids, int start, int end, int message, bool isClosed, ExplainedToken[] tokens)
    {
        bool hasMarker = false;
        TokenKind section = TokenKind.Role;
        for (int at = start; at < end;)
        {
            if (TokenExplanation.Special(encoding, ids[at]) is { } special)
            {
                int id = ids[at];
                tokens[at] = new(at, id, special, message);
                at++;
                hasMarker |= special == TokenKind.Control;
                section = id == encoding.Control.Channel ? TokenKind.Channel : id == encoding.Control.Constrain ? TokenKind.ContentType : id == encoding.Control.Start ? TokenKind.Role : section;
                continue;
            }
            int textEnd = at;
            while (textEnd < end && TokenExplanation.Special(encoding, ids[textEnd]) is null)
                textEnd++;
            if (!isClosed && !hasMarker)
                section = TokenKind.Content;   // text without any header
            Words(encoding, ids, at, textEnd, message, section, isClosed, tokens);
            at = textEnd;
        }
    }

    static void Words(HarmonyEncoding encoding, ReadOnlySpan<int> ids, int start, int end, int message, TokenKind section, bool isClosed, ExplainedToken[] tokens)
    {
        TokenKind word = section;
        bool isInWord = false, isFirst = true;
        for (int at = start; at < end; at++)
        {
            encoding.Tokenizer.TryGetBytes(ids[at], out ReadOnlySpan<byte> bytes);
            TokenKind? kind = null;
            for (int i = 0; i < bytes.Length; i++)
            {
                bool isBlank = bytes[i] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
                if (isBlank)
                {
                    isInWord = false;
                    continue;
                }
                if (!isInWord)
                {
                    word = KindOf(IsRecipient(encoding, ids, at, i, end), isFirst, section, isClosed);
                    isFirst &= word == TokenKind.Recipient;
                    isInWord = true;
                }
                kind ??= word;
            }
            tokens[at] = new(at, ids[at], kind ?? (section == TokenKind.Content || (!isClosed && !isFirst) ? TokenKind.Content : word), message);
        }
    }

    static TokenKind KindOf(bool isRecipient, bool isFirst, TokenKind section, bool isClosed)
    {
        if (section == TokenKind.Content)
            return TokenKind.Content;
        if (isRecipient)
            return TokenKind.Recipient;
        if (isFirst)
            return section;
        return !isClosed ? TokenKind.Content : section == TokenKind.Channel ? TokenKind.ContentType : TokenKind.Free;
    }

    /// <summary>Whether <c>to=</c> stands here, which may be spread over a few ids.</summary>
    static bool IsRecipient(HarmonyEncoding encoding, ReadOnlySpan<int> ids, int at, int offset, int end)
    {
        ReadOnlySpan<byte> expected = "to="u8;
        for (; at < end; at++, offset = 0)
        {
            encoding.Tokenizer.TryGetBytes(ids[at], out ReadOnlySpan<byte> bytes);
            bytes = bytes[offset..];
            int common = bytes.CommonPrefixLength(expected);
            if (common == expected.Length)
                return true;
            if (common < bytes.Length)
                return false;
            expected = expected[common..];
        }
        return false;
    }
}
