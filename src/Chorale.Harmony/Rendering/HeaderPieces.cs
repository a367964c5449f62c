using System.Buffers;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>The ids of the pieces that stand in nearly every header, encoded once.</summary>
sealed class HeaderPieces(Tokenizer tokenizer)
{
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

    public void EncodeConstraint(string format, IBufferWriter<int> destination) =>
        Encode(format == "json" ? _json : null, "", format, destination);

    /// <summary>Encodes a prefix and a text as the one piece they are.</summary>
    public void Encode(string prefix, string text, IBufferWriter<int> destination) => Encode(null, prefix, text, destination);

    void Encode(int[]? known, string prefix, string text, IBufferWriter<int> destination)
    {
        if (known is not null)
            destination.Write(known);
        else
            tokenizer.Encode(prefix.Length == 0 ? text : prefix + text, destination);
    }
}
