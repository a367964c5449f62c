using System.Buffers;
using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>What checking reports and fixing mends, decided in one place so that the two agree.</summary>
static class ConversationRules
{
    static readonly string[] DateForms =
    [
        "yyyy/MM/dd", "yyyy.MM.dd", "yyyyMMdd", "yyyy-M-d", "MMMM d, yyyy", "MMM d, yyyy", "d MMMM yyyy", "d MMM yyyy", "dddd, MMMM d, yyyy",
        "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Control characters that no text needs: all below U+0020 but tab and line breaks, and U+007F.</summary>
    public static SearchValues<char> ControlCharacters { get; } =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r')), '\u007F']);

    /// <summary>The first system message that is one and not somebody's instructions; -1 where there is none.</summary>
    public static int IndexOfSystem(IReadOnlyList<Message> messages)
    {
        for (int i = 0; i < messages.Count; i++)
            if (messages[i].Role == Role.System && !IsInstructions(messages[i]))
                return i;
        return -1;
    }

    /// <summary>Whether this is a system message of plain text in which nothing is Harmony's: a system prompt as other APIs have it.</summary>
    public static bool IsInstructions(Message message) =>
        message.Role == Role.System && message.Content.Count > 0 && message.Content.All(part => part is TextContent) && !SystemText.Of(message).IsHarmony;

    /// <summary>The first developer message, where anything but system messages stands before it; -1 where all is well.</summary>
    public static int IndexOfDisplacedDeveloper(IReadOnlyList<Message> messages)
    {
        bool isBehind = false;
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role == Role.Developer || IsInstructions(messages[i]))
                return isBehind && messages[i].Role == Role.Developer ? i : -1;
            isBehind |= messages[i].Role != Role.System;
        }
        return -1;
    }

    /// <summary>Whether a message and the one before it can become one: the same author, channel and kind, no calls, no results of two calls.</summary>
    public static bool CanMerge(IReadOnlyList<Message> messages, int index, CallPairs calls)
    {
        (Message first, Message second) = (messages[index - 1], messages[index]);
        if (first.Author != second.Author || first.Channel != second.Channel || first.ContentType != second.ContentType || first.Recipient != second.Recipient)
            return false;
        return first.Role switch
        {
            Role.System => false,
            Role.Tool => first.Author.Name is not null && calls[index - 1] is not null && calls[index] is null,
            _ => first.Recipient is null,
        };
    }

    /// <summary>The channel of an assistant message that names none.</summary>
    public static string DefaultChannel(Message message) => HarmonyCall.IsCall(message) ? Channels.Commentary : Channels.Final;

    /// <summary>A recipient, channel or name up to its first blank or control token.</summary>
    public static string CleanWord(string value)
    {
        int end = 0;
        while (end < value.Length && !char.IsWhiteSpace(value[end]) && !char.IsControl(value[end]) && !value.AsSpan(end).StartsWith("<|", StringComparison.Ordinal))
            end++;
        return value[..end];
    }

    /// <summary>The declared name that a recipient without or with the wrong namespace means; null where that is unclear.</summary>
    public static string? FullRecipient(string recipient, DeclaredTools tools) =>
        !recipient.Contains('.', StringComparison.Ordinal) ? tools.FullName(recipient)
        : tools.FullName(recipient) is { } full && full.EndsWith($".{recipient}", StringComparison.Ordinal) ? full
        : null;

    public static string? NearestChannel(string channel, IReadOnlyList<string> valid) =>
        valid.FirstOrDefault(known => known.StartsWith(channel, StringComparison.OrdinalIgnoreCase) || channel.Contains(known, StringComparison.OrdinalIgnoreCase));

    public static bool IsBuiltinNamespace(string name) => name is "browser" or "python";

    public static bool IsIsoDate(string date) => DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>A date written in a form that can be read in one way only; null for any other.</summary>
    public static DateOnly? ReadDate(string date) =>
        DateTime.TryParseExact(date.Trim(), DateForms, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime read) ? DateOnly.FromDateTime(read) : null;

    public static int IndexOfLoneSurrogate(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int next = text.AsSpan(at).IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
                return -1;
            at += next;
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out _, out int length) != OperationStatus.Done)
                return at;
            at += length;
        }
        return -1;
    }

    /// <summary>Where two messages run together because control tokens were stripped: <c>assistantfinal</c>; null where they don't.</summary>
    public static string? FindStripped(string text)
    {
        foreach (string glued in (ReadOnlySpan<string>)["assistantfinal", "assistantcommentary", "assistantanalysis"])
            if (text.Contains(glued, StringComparison.Ordinal))
                return glued;
        return null;
    }
}
