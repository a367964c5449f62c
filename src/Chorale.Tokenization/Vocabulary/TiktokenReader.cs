using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Chorale.Tokenization;

/// <summary>Reads a <c>.tiktoken</c> file: a token in Base64, a space and its rank on each line, in any order.</summary>
static class TiktokenReader
{
    const int MaxFileLength = 256 << 20;

    public static TokenIds Read(Stream source, IReadOnlyDictionary<string, int> specials)
    {
        byte[] file = ReadAll(source);
        List<byte[]?> tokens = [];
        int position = 0;
        int line = 0;
        while (position < file.Length)
        {
            line++;
            ReadOnlySpan<byte> rest = file.AsSpan(position);
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = end < 0 ? rest : rest[..end];
            position += end < 0 ? rest.Length : end + 1;
            text = text.EndsWith("\r"u8) ? text[..^1] : text;
            if (!text.IsEmpty)
                AddLine(text, line, tokens);
        }
        for (int rank = 0; rank < tokens.Count; rank++)
        {
            if (tokens[rank] is null)
                throw new VocabularyFormatException($"Rank {rank}", "no token", $"one for each rank up to {tokens.Count - 1}");
        }
        return TokenIdsBuilder.FromRanks(tokens, specials);
    }

    static void AddLine(ReadOnlySpan<byte> text, int line, List<byte[]?> tokens)
    {
        int space = text.IndexOf((byte)' ');
        byte[]? bytes = space > 0 ? FromBase64(text[..space]) : null;
        if (bytes is null || !TryParseRank(text[(space + 1)..], out int rank))
            throw new VocabularyFormatException($"Line {line}", Quote(text), "'base64 rank'");
        if (rank > VocabularyLimits.MaxId)
            throw new VocabularyFormatException($"Line {line}", $"rank {rank}", $"a rank of at most {VocabularyLimits.MaxId}");
        while (tokens.Count <= rank)
            tokens.Add(null);
        if (tokens[rank] is not null)
            throw new VocabularyFormatException($"Line {line}", $"rank {rank} again", "each rank once");
        tokens[rank] = bytes;
    }

    static byte[]? FromBase64(ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.IsValid(text) && Base64.DecodeFromUtf8(text, bytes, out int consumed, out int written) == System.Buffers.OperationStatus.Done
            && consumed == text.Length && written > 0 ? bytes[..written] : null;
    }

    static bool TryParseRank(ReadOnlySpan<byte> text, out int rank) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rank);

    static string Quote(ReadOnlySpan<byte> text) =>
        $"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 60)])}{(text.Length > 60 ? "…" : "")}'";

    static byte[] ReadAll(Stream source)
    {
        using MemoryStream copy = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            copy.Write(buffer, 0, read);
            if (copy.Length > MaxFileLength)
                throw new VocabularyFormatException("File", "more than 256 MiB", "a rank file");
        }
        return copy.ToArray();
    }
}
