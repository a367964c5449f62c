namespace Chorale.Harmony;

/// <summary>What stands before <c>&lt;|message|&gt;</c>, read from its text by the official rules.</summary>
/// <param name="Author">The role, and for a tool the name.</param>
/// <param name="Recipient">Null where there is none.</param>
/// <param name="Channel">Null where there is none.</param>
/// <param name="ContentType">With its <c>&lt;|constrain|&gt;</c>; null where there is none.</param>
/// <param name="Rest">The words that have no place in a header, joined by a space; null where there are none.</param>
readonly record struct MessageHeader(Author Author, string? Recipient, string? Channel, string? ContentType, string? Rest)
{
    static readonly char[] AsciiWhiteSpace = [' ', '\t', '\n', '\f', '\r'];

    /// <summary>Reads a header.</summary>
    /// <param name="text">The header's tokens as text.</param>
    /// <param name="role">The role, where it is known beforehand; otherwise the first word is.</param>
    /// <param name="isWhole">False for a header that a stop token cut off: then only role and channel are read from it.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="header">The header, where nothing is.</param>
    public static bool TryRead(string text, Role? role, bool isWhole, out string? error, out MessageHeader header)
    {
        header = default;
        if (!TryCutChannel(ref text, out string? channel))
        {
            error = "channel marker present but no channel value found in header";
            return false;
        }
        text = text.Trim().Replace(ControlTokens.ConstrainName, $" {ControlTokens.ConstrainName}", StringComparison.Ordinal);
        ReadOnlySpan<string> words = text.Split(AsciiWhiteSpace, StringSplitOptions.RemoveEmptyEntries);
        if (!TryReadAuthor(ref words, role, out error, out Author author))
            return false;

        string? recipient = null, type = null;
        if (isWhole && words.Length > 0)
        {
            bool isRecipient = words.Length == 1 || words[^1].StartsWith("to=", StringComparison.Ordinal);
            if (!isRecipient)
            {
                type = words[^1];
                words = words[..^1];
            }
            recipient = WithoutTo(words[^1]);
            words = words[..^1];
        }
        string? rest = words.Length > 0 ? string.Join(' ', words) : null;
        header = new(author, recipient, channel, type, rest);
        return true;
    }

    /// <summary>Takes the first marker and its value out of the text, without a space in their place.</summary>
    static bool TryCutChannel(ref string text, out string? channel)
    {
        channel = null;
        int marker = text.IndexOf(ControlTokens.ChannelName, StringComparison.Ordinal);
        if (marker < 0)
            return true;
        int start = marker + ControlTokens.ChannelName.Length;
        int end = start;
        while (end < text.Length && text[end] != '<' && !char.IsWhiteSpace(text[end]))
            end++;
        if (end == start)
            return false;
        channel = Channels.Intern(text[start..end]);
        text = string.Concat(text.AsSpan(0, marker), text.AsSpan(end));
        return true;
    }

    static bool TryReadAuthor(ref ReadOnlySpan<string> words, Role? known, out string? error, out Author author)
    {
        error = null;
        author = default;
        string? name = null;
        if (known is not { } role)
        {
            if (words.IsEmpty)
            {
                error = "message header did not contain a role";
                return false;
            }
            name = words[0];
            if (!Roles.TryParse(name, out role))
            {
                // An unknown word is a tool where something follows it, or where it is itself a recipient.
                if (words.Length == 1 && !name.StartsWith("to=", StringComparison.Ordinal))
                {
                    error = $"Unknown role: {name}";
                    return false;
                }
                words = words[1..];
                role = Role.Tool;
            }
        }
        if (words is [{ } first, ..] && first == Roles.NameOf(role))
            words = words[1..];
        author = new(role, role == Role.Tool ? name : null);
        return true;
    }

    static string WithoutTo(string word) => word.StartsWith("to=", StringComparison.Ordinal) ? word[3..] : word;
}
