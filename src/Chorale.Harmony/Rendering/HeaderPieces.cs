using System.Buffers;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>The ids of the pieces that stand in nearly every header, encoded once.</summary>
sealed class HeaderPieces(Tokenizer tokenizer)
{
    const int StackCharacters = 128;

    readonly int[][] _roles = [.. Enum.GetValues<Role>().Select(role => tokenizer.Encode(Roles.NameOf(role)))];
    readonly int[] _analysis = tokenizer.Encode(Channels.Analysis);
    readonly int[] _commentary = tokenizer.Encode(Channels.Commentary);
    readonly int[] _final = tokenizer.Encode(Channels.Final);
    readonly int[] _json = tokenizer.Encode("json");
    readonly int[] _space = tokenizer.Encode(" ");
    readonly int[] _toAssistant = tokenizer.Encode(" to=assistant");

    public ReadOnlySpan<int> Space => _space;

    public ReadOnlySpan<int> Role(Role role) =>
        (uint)role < (uint)_roles.Length ? _roles[(int)role] : throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role.");

    public void EncodeChannel(string channel, IBufferWriter<int> destination) => Encode(channel switch
    {
        Channels.Analysis => _analysis,
        Channels.Commentary => _commentary,
        Channels.Final => _final,
        _ => null,
    }, "", channel, destination);

    public void EncodeRecipient(string recipient, IBufferWriter<int> destination) =>
        Encode(recipient == "assistant" ? _toAssistant : null, " to=", recipient, destination);

    public void EncodeConstraint(ReadOnlySpan<char> format, IBufferWriter<int> destination)
    {
        if (format is "json")
            destination.Write(_json);
        else
            tokenizer.Encode(format, destination);
    }

    /// <summary>Encodes a prefix and a text as the one piece they are.</summary>
    public void Encode(string prefix, string text, IBufferWriter<int> destination) => Encode(null, prefix, text, destination);

    void Encode(int[]? known, string prefix, string text, IBufferWriter<int> destination)
    {
        if (known is not null)
            destination.Write(known);
        else if (prefix.Length == 0)
            tokenizer.Encode(text, destination);
        else if (prefix.Length + text.Length <= StackCharacters)
            EncodeJoined(prefix, text, stackalloc char[StackCharacters], destination);
        else
            tokenizer.Encode(prefix + text, destination);
    }

    void EncodeJoined(string prefix, string text, Span<char> joined, IBufferWriter<int> destination)
    {
        prefix.CopyTo(joined);
        text.CopyTo(joined[prefix.Length..]);
        tokenizer.Encode(joined[..(prefix.Length + text.Length)], destination);
    }
}
