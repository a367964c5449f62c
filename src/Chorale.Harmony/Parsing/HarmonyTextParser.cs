using System.Buffers;
using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Reads Harmony from text, for engines that give text and not ids: control tokens spelled out, or stripped. It is the
/// tolerant parser: nothing throws, nothing is lost, and the pieces that the text comes in do not matter. Not for several
/// threads at once.
/// </summary>
/// <remarks>
/// Text cannot tell a control token from its spelling in a message's content; where ids can be had, <see cref="HarmonyParser"/> is
/// the better way. The places in diagnostics count UTF-16 units. A push may complete several messages;
/// <see cref="HarmonyReader.LastDelta"/> is what it added to the one that is still open.
/// </remarks>
public sealed class HarmonyTextParser : HarmonyReader
{
    readonly TolerantMachine _machine;
    char[] _pending = new char[256];
    int _pendingCount;
    HarmonyTextForm _form;

    /// <summary>A parser of text.</summary>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt, as with a completion; null where it is in the text.</param>
    /// <param name="form">How Harmony stands in the text.</param>
    public HarmonyTextParser(Role? role = null, HarmonyTextForm form = HarmonyTextForm.Auto)
        : this(new TolerantMachine(role, contentCapacity: 256), form)
    {
        if (!Enum.IsDefined(form))
            throw new ArgumentOutOfRangeException(nameof(form), form, "Not a form of text.");
    }

    HarmonyTextParser(TolerantMachine machine, HarmonyTextForm form)
        : base(machine)
    {
        _machine = machine;
        _form = form;
        if (form == HarmonyTextForm.Stripped)
            ReportStripped();
    }

    /// <summary>How the text is being read; <see cref="HarmonyTextForm.Auto"/> until its beginning has told.</summary>
    public HarmonyTextForm Form => _form;

    /// <summary>How many UTF-16 units were pushed.</summary>
    public int CharCount { get; private set; }

    /// <summary>Parses text that is all there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt; null where it is in the text.</param>
    /// <param name="form">How Harmony stands in the text.</param>
    /// <returns>The parser at its end: messages and diagnostics.</returns>
    public static HarmonyTextParser Parse(ReadOnlySpan<char> text, Role? role = null, HarmonyTextForm form = HarmonyTextForm.Auto)
    {
        HarmonyTextParser parser = new(role, form);
        parser.Push(text);
        parser.Finish();
        return parser;
    }

    /// <summary>Takes the next piece of text; it may end anywhere.</summary>
    public void Push(ReadOnlySpan<char> text)
    {
        _machine.BeginDelta();
        if (_pendingCount + text.Length > _pending.Length)
            Array.Resize(ref _pending, Math.Max(2 * _pending.Length, _pendingCount + text.Length));
        text.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += text.Length;
        CharCount += text.Length;
        Take(isAll: false);
    }

    /// <summary>Says that the text ends here; what is still open becomes a message.</summary>
    public void Finish()
    {
        _machine.BeginDelta();
        Take(isAll: true);
        if (_form == HarmonyTextForm.Stripped)
            _machine.Close(CharCount);
        _machine.Finish(CharCount);
    }

    /// <summary>Takes what is pending, but for an end whose meaning what follows may change.</summary>
    void Take(bool isAll)
    {
        int at = 0;
        while (at < _pendingCount)
        {
            ReadOnlySpan<char> rest = _pending.AsSpan(at, _pendingCount - at);
            if (_form == HarmonyTextForm.Auto && !TryTellForm(rest, isAll))
                break;
            int taken = _form == HarmonyTextForm.Stripped ? TakeStripped(rest, at, isAll) : TakeMarked(rest, at, isAll);
            if (taken == 0)
                break;
            at += taken;
        }
        _pending.AsSpan(at, _pendingCount - at).CopyTo(_pending);
        _pendingCount -= at;
    }

    int IndexOf(int at) => CharCount - _pendingCount + at;

    /// <summary>Stripped text begins with a channel's name stuck to a word, or with a recipient behind it.</summary>
    bool TryTellForm(ReadOnlySpan<char> text, bool isAll)
    {
        StrippedHeader.Result result = StrippedHeader.Read(text, isAll, needsAssistant: false, out HeaderReading? header, out int length);
        if (result == StrippedHeader.Result.NeedsMore || (result == StrippedHeader.Result.Found && length == text.Length && !isAll))
            return false;
        bool isStuck = length < text.Length && (char.IsLetterOrDigit(text[length]) || (text[length] is not ('<' or '\'' or '-' or '_') && text[0] == 'a' && text.StartsWith("assistant")));
        bool isStripped = result == StrippedHeader.Result.Found && header!.Channel is not null && (header.Recipient is not null || isStuck);
        _form = isStripped ? HarmonyTextForm.Stripped : HarmonyTextForm.Marked;
        if (isStripped)
            ReportStripped();
        return true;
    }

    void ReportStripped() =>
        _machine.Report(DiagnosticCode.ControlTokensStripped, 0, 0, "", "channels and recipients are told by their words");

    int TakeMarked(ReadOnlySpan<char> text, int at, bool isAll)
    {
        if (text[0] == '<')
        {
            foreach ((string spelling, ControlKind kind) in ControlTokens.Kinds)
            {
                if (text.StartsWith(spelling))
                {
                    _machine.Control(kind, spelling, IndexOf(at), spelling.Length);
                    return spelling.Length;
                }
                if (!isAll && spelling.AsSpan().StartsWith(text))
                    return 0;
            }
        }
        int next = text[1..].IndexOf('<');
        return TakeText(next < 0 ? text : text[..(next + 1)], at, isAll || next >= 0);
    }

    int TakeStripped(ReadOnlySpan<char> text, int at, bool isAll)
    {
        bool isOpen = _machine.State == ParserState.Content;
        int boundary = isOpen ? StrippedHeader.Find(text) : 0;
        int marker = FindMarker(text[..Math.Min(boundary + 2, text.Length)], isAll);
        if (marker == 0 && text.Length == 1)
            return 0;
        if (marker == 0)
        {
            // Control tokens after all: from here on they count.
            _machine.Close(IndexOf(at));
            _form = HarmonyTextForm.Marked;
            return TakeMarked(text, at, isAll);
        }
        if (marker < boundary)
            boundary = marker;
        if (boundary > 0)
            return TakeText(text[..boundary], at, isAll || boundary < text.Length);

        StrippedHeader.Result result = StrippedHeader.Read(text, isAll, needsAssistant: isOpen, out HeaderReading? header, out int length);
        if (result == StrippedHeader.Result.NeedsMore)
            return 0;
        if (result == StrippedHeader.Result.Found)
        {
            _machine.Close(IndexOf(at));
            _machine.Open(header!, IndexOf(at), IndexOf(at + length));
            return length;
        }
        if (!isOpen)
            _machine.Open(new() { Author = Harmony.Role.Assistant, Channel = Channels.Final }, IndexOf(at), IndexOf(at));
        int first = text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
        return TakeText(text[..first], at, isAll || text.Length > 1);
    }

    /// <summary>Where a control token may begin; the text's length where none does.</summary>
    static int FindMarker(ReadOnlySpan<char> text, bool isAll)
    {
        int marker = text.IndexOf("<|");
        return marker >= 0 ? marker : !isAll && text.EndsWith('<') ? text.Length - 1 : text.Length;
    }

    /// <summary>Takes text; a first half of a surrogate pair waits for the second.</summary>
    int TakeText(ReadOnlySpan<char> text, int at, bool isAll)
    {
        int taken = 0;
        Span<byte> bytes = stackalloc byte[4];
        while (taken < text.Length)
        {
            ReadOnlySpan<char> rest = text[taken..];
            if (_machine.State == ParserState.Content)
            {
                int plain = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
                plain = plain < 0 ? rest.Length : plain;
                _machine.AppendText(rest[..plain]);
                taken += plain;
                if (plain == rest.Length)
                    return taken;
                rest = rest[plain..];
            }
            if (char.IsHighSurrogate(rest[0]) && rest.Length == 1 && !isAll)
                return taken;
            bool isWhole = Rune.DecodeFromUtf16(rest, out Rune rune, out _) == OperationStatus.Done;
            if (!isWhole)
                _machine.Report(DiagnosticCode.InvalidUtf8, IndexOf(at + taken), 1, ((int)rest[0]).ToString("x4", CultureInfo.InvariantCulture), "U+FFFD stands for half of a surrogate pair");
            int count = (isWhole ? rune : Rune.ReplacementChar).EncodeToUtf8(bytes);
            _machine.Text(bytes[..count], IndexOf(at + taken));
            taken += isWhole ? rune.Utf16SequenceLength : 1;
        }
        return taken;
    }
}
