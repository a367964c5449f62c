using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>
/// Turns ids into messages, pushed one by one or in any chunks, with the same result. Takes any id: an unknown one, as
/// everything above 2^31 on the wire, is negative here and printed unsigned. Not for several threads at once.
/// </summary>
/// <remarks>
/// The errors, and what is accepted, are openai-harmony 0.0.8's. After an error the parser can go on: it stands where
/// <see cref="State"/> says. Linear in the number of ids, and in content nothing is allocated for an id.
/// </remarks>
public sealed class HarmonyParser
{
    readonly Tokenizer _tokenizer;
    readonly ControlTokens _control;
    readonly bool _strict;
    readonly List<Message> _messages = [];
    readonly ArrayBufferWriter<int> _headerIds = new();
    readonly ArrayBufferWriter<byte> _headerBytes = new();
    readonly ContentBuffer _content;
    Role? _nextRole;
    MessageHeader _header;

    internal HarmonyParser(HarmonyEncoding encoding, Role? role, bool strict, int contentCapacity = 256)
    {
        _tokenizer = encoding.Tokenizer;
        _control = encoding.Control;
        _strict = strict;
        _content = new ContentBuffer(contentCapacity);
        _nextRole = role;
        State = role is null ? ParserState.ExpectStart : ParserState.Header;
    }

    /// <summary>Where the parser stands.</summary>
    public ParserState State { get; private set; }

    /// <summary>The current message's role, from <c>&lt;|message|&gt;</c> on; before that the role that was given, if it was.</summary>
    public Role? Role => State == ParserState.Content ? _header.Author.Role : _nextRole;

    /// <summary>The current message's author; null before <c>&lt;|message|&gt;</c>.</summary>
    public Author? Author => State == ParserState.Content ? _header.Author : null;

    /// <summary>The current message's channel; null where it has none, and before <c>&lt;|message|&gt;</c>.</summary>
    public string? Channel => State == ParserState.Content ? _header.Channel : null;

    /// <summary>The current message's recipient; null where it has none, and before <c>&lt;|message|&gt;</c>.</summary>
    public string? Recipient => State == ParserState.Content ? _header.Recipient : null;

    /// <summary>The current message's content type; null where it has none, and before <c>&lt;|message|&gt;</c>.</summary>
    public string? ContentType => State == ParserState.Content ? _header.ContentType : null;

    /// <summary>Whether the last id added to the content; a character cut off by a token's end is held back.</summary>
    public bool HasDelta => _content.HasDelta;

    /// <summary>What the last id added to the content; valid until the next push.</summary>
    public ReadOnlySpan<char> LastDelta => _content.Delta;

    /// <summary>The current message's content so far, the sum of its deltas; valid until the next push.</summary>
    public ReadOnlySpan<char> Content => _content.Text;

    /// <summary>
    /// What the last complete message holds beyond its deltas: the official rules hold bytes back that are not UTF-8, and
    /// add them only when the message ends. Empty for nearly every message; changes when the next one is complete.
    /// </summary>
    public string Remainder { get; private set; } = "";

    /// <summary>The messages that are complete; grows as more are pushed.</summary>
    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>How many ids were pushed, refused ones included.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Takes the next id.</summary>
    /// <exception cref="HarmonyParseException">The id is refused here.</exception>
    public void Push(int id)
    {
        TokenCount++;
        if (State == ParserState.Content)
        {
            if (_control.IsStop(id))
                Complete();
            else if (_tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes))
                _content.Append(bytes);
            else
                _content.Block();
        }
        else if (State == ParserState.Header)
        {
            PushToHeader(id);
        }
        else if (id == _control.Start)
        {
            State = ParserState.Header;
        }
        else
        {
            Fail($"Unexpected token {(uint)id} while expecting start token {(uint)_control.Start}");
        }
    }

    /// <summary>Takes the next ids.</summary>
    /// <exception cref="HarmonyParseException">An id is refused; those after it were not taken.</exception>
    public void Push(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
            Push(id);
    }

    /// <summary>Says that the stream ends here; content that has no stop token is a message all the same.</summary>
    /// <exception cref="HarmonyParseException">The stream ends inside a header.</exception>
    public void Finish()
    {
        if (State == ParserState.Content)
            Complete();
        else if (State == ParserState.Header)
            throw new HarmonyParseException("Unexpected EOS while waiting for message header to complete", TokenCount);
    }

    void Complete()
    {
        int shown = _content.Text.Length;
        Add(_header, _content.Finish(), shown);
    }

    void Add(in MessageHeader header, string text, int shown)
    {
        Remainder = text[shown..];
        _messages.Add(Message.FromText(header.Author, text) with
        {
            Recipient = header.Recipient,
            Channel = header.Channel,
            ContentType = header.ContentType,
        });
        State = ParserState.ExpectStart;
    }

    void PushToHeader(int id)
    {
        if (id == _control.Message)
        {
            EndHeader();
        }
        else if (!_strict && _control.IsStop(id))
        {
            CutHeader();
        }
        else
        {
            _headerIds.GetSpan(1)[0] = id;
            _headerIds.Advance(1);
        }
    }

    /// <summary>At <c>&lt;|message|&gt;</c>: a header that cannot be read leaves the parser between messages, its role still set.</summary>
    void EndHeader()
    {
        bool isText = TryDecodeHeader(out string text, out string? problem);
        _headerIds.ResetWrittenCount();
        State = ParserState.ExpectStart;
        if (!isText)
            Fail("could not decode header", problem);
        if (!MessageHeader.TryRead(text, _nextRole, isWhole: true, out string? error, out MessageHeader header))
            Fail(error);
        if (header.Rest is not null)
            Fail($"unexpected tokens remaining in message header: Some({RustDebug.Quote(header.Rest)})");
        _header = header;
        _nextRole = null;
        State = ParserState.Content;
    }

    /// <summary>
    /// At a stop token, where that is allowed: the channel is read and the rest is content, if the role was given;
    /// otherwise the message is lost. An error leaves the parser in the header.
    /// </summary>
    void CutHeader()
    {
        if (_nextRole is { } role && _headerIds.WrittenCount > 0)
        {
            if (!TryDecodeHeader(out string text, out string? problem))
                Fail(problem);
            if (!MessageHeader.TryRead(text, role, isWhole: false, out string? error, out MessageHeader header))
                Fail(error);
            Add(header, header.Rest ?? "", shown: 0);
        }
        _headerIds.ResetWrittenCount();
        _nextRole = null;
        State = ParserState.ExpectStart;
    }

    bool TryDecodeHeader(out string text, [NotNullWhen(false)] out string? problem)
    {
        _headerBytes.ResetWrittenCount();
        foreach (int id in _headerIds.WrittenSpan)
        {
            if (!_tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes))
            {
                text = "";
                problem = string.Create(CultureInfo.InvariantCulture, $"Could not decode tokens: Invalid token error: Invalid token for decoding: {(uint)id}");
                return false;
            }
            _headerBytes.Write(bytes);
        }
        bool isText = StrictUtf8.TryDecode(_headerBytes.WrittenSpan, out text, out string? error);
        problem = isText ? null : $"Could not decode tokens: Invalid utf-8 sequence: {error}";
        return isText;
    }

    [DoesNotReturn]
    void Fail(string? error, string? detail = null) => throw new HarmonyParseException(error ?? "", TokenCount - 1, detail);
}
