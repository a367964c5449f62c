using System.Globalization;
using Chorale.Chat;
using Chorale.Inference;
using Chorale.Tokenization;

namespace Chorale.Cli;

/// <summary>What <c>--vocab</c> names: a GGUF model, a <c>tokenizer.json</c> or a <c>.tiktoken</c> file, told apart by how it begins.</summary>
static class VocabularyFile
{
    /// <summary>Loads it; null is o200k_harmony.</summary>
    public static Tokenizer Load(FileInfo? file)
    {
        if (file is null)
            return Tokenizer.O200kHarmony;
        if (!file.Exists)
            throw new CliException($"'{file}' does not exist.");
        Span<byte> head = stackalloc byte[4];
        using FileStream stream = file.OpenRead();
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        try
        {
            if (head[..read].SequenceEqual("GGUF"u8))
            {
                using Checkpoint gguf = Checkpoint.Open(file.FullName);
                return ModelVocabulary.Load(gguf.Metadata);
            }
            return head[..read].Trim(" \t\r\n\uFEFF"u8) is [(byte)'{', ..] ? Tokenizer.FromTokenizerJson(stream) : ReadTiktoken(stream);
        }
        catch (VocabularyFormatException e)
        {
            throw new CliException($"'{file}': {e.Message}");
        }
    }

    /// <summary>
    /// Such a file holds ranks only. The control tokens follow them in the order of o200k_harmony, which for its own ranks is o200k_harmony.
    /// </summary>
    static Tokenizer ReadTiktoken(FileStream stream)
    {
        int ranks = 0;
        using (StreamReader lines = new(stream, leaveOpen: true))
        {
            while (lines.ReadLine() is { } line)
                ranks += line.Length > 0 ? 1 : 0;
        }
        stream.Position = 0;
        IReadOnlyDictionary<string, int> harmony = Tokenizer.O200kHarmony.SpecialTokens;
        int shift = ranks - harmony.Values.Min();
        return Tokenizer.FromTiktoken(stream, harmony.ToDictionary(special => NameAt(special.Key, special.Value + shift), special => special.Value + shift, StringComparer.Ordinal));
    }

    /// <summary>A reserved token's name holds its own id.</summary>
    static string NameAt(string name, int id) =>
        name.StartsWith("<|reserved_", StringComparison.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"<|reserved_{id}|>") : name;
}
