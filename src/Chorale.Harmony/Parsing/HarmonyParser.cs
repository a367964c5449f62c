using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>
/// Turns ids into messages, pushed one by one or in any chunks, with the same result. Takes any id: an unknown one, as
/// everything above 2^31 on the wire, is negative here and printed unsigned. Not for several threads at once.
/// </summary>
/// <remarks>
/// In <see cref="ParserMode.Tolerant"/> nothing throws and nothing is lost: each id is in a message's text, is a control
/// token that did its work, or is quoted in <see cref="HarmonyReader.Diagnostics"/>. In the two official modes the errors, and
/// what is accepted, are openai-harmony 0.0.8's; after an error the parser can go on where <see cref="HarmonyReader.State"/>
/// says. Linear in the number of ids, and in content nothing is allocated for an id.
/// </remarks>
public sealed class HarmonyParser : HarmonyReader
{
    readonly Tokenizer _tokenizer;
    readonly ControlTokens _control;
    readonly HarmonyMachine _machine;
    readonly OfficialMachine? _official;
    readonly TolerantMachine? _tolerant;

    internal HarmonyParser(HarmonyEncoding encoding, Role? role, ParserMode mode, int contentCapacity = 256)
        : this(encoding, mode, mode switch
        {
            ParserMode.Tolerant => new TolerantMachine(role, contentCapacity),
            ParserMode.Strict or ParserMode.NonStrict => new OfficialMachine(encoding, role, mode == ParserMode.Strict, contentCapacity),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a mode."),
        })
    {
    }

    HarmonyParser(HarmonyEncoding encoding, ParserMode mode, HarmonyMachine machine)
        : base(machine)
    {
        _tokenizer = encoding.Tokenizer;
        _control = encoding.Control;
        _machine = machine;
        _official = machine as OfficialMachine;
        _tolerant = machine as TolerantMachine;
        Mode = mode;
    }

    /// <summary>What it does where the model left the format.</summary>
    public ParserMode Mode { get; }

    /// <summary>How many ids were pushed, refused ones included.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Takes the next id.</summary>
    /// <exception cref="HarmonyParseException">The id is refused here; never in <see cref="ParserMode.Tolerant"/>.</exception>
    public void Push(int id)
    {
        if (_tolerant is { State: ParserState.Content } && !_control.MayBeSpecial(id) && _tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes))
        {
            _tolerant.AppendContent(bytes, TokenCount++);   // nearly every id goes this way
            return;
        }
        _tolerant?.BeginDelta();
        Take(id);
    }

    /// <summary>Takes the next ids.</summary>
    /// <exception cref="HarmonyParseException">An id is refused, and those after it were not taken; never in <see cref="ParserMode.Tolerant"/>.</exception>
    public void Push(ReadOnlySpan<int> ids)
    {
        _tolerant?.BeginDelta();
        foreach (int id in ids)
            Take(id);
    }

    /// <summary>Says that the stream ends here; what is still open becomes a message.</summary>
    /// <exception cref="HarmonyParseException">The stream ends inside a header; never in <see cref="ParserMode.Tolerant"/>.</exception>
    public void Finish() => _machine.Finish(TokenCount);

    void Take(int id)
    {
        int index = TokenCount++;
        if (_tolerant is null)
            _official!.Push(id, index);
        else if (_control.TryGetKind(id, out ControlKind kind))
            _tolerant.Control(kind, _control.SpellingOf(id), index, length: 1);
        else if (_tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes))
            _tolerant.Text(bytes, index);
        else
            _tolerant.Unknown(id, index);
    }
}
