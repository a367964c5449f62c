using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Chorale.Tokenization;

namespace Chorale.Harmony;

/// <summary>openai-harmony 0.0.8's parser, strict and not, error for error. After an error it can go on: it stands where its state says.</summary>
sealed class OfficialMachine : HarmonyMachine
{
    readonly Tokenizer _tokenizer;
    readonly ControlTokens _control;
    readonly bool _strict;
    readonly ArrayBufferWriter<int> _headerIds = new();
    readonly ArrayBufferWriter<byte> _headerBytes = new();
    readonly ContentBuffer _content;
    Role? _nextRole;
    int _start;
    int _contentStart;
    MessageHeader _header;

    public OfficialMachine(HarmonyEncoding encoding, Role? role, bool strict, int contentCapacity)
    {
        _tokenizer = encoding.Tokenizer;
        _control = encoding.Control;
        _strict = strict;
        _content = new ContentBuffer(contentCapacity);
        _nextRole = role;
        State = role is null ? ParserState.ExpectStart : ParserState.Header;
    }

    public override Role? Role => State == ParserState.Content ? _header.Author.Role : _nextRole;

    public override Author? Author => State == ParserState.Content ? _header.Author : null;

    public override string? Channel => State == ParserState.Content ? _header.Channel : null;

    public override string? Recipient => State == ParserState.Content ? _header.Recipient : null;

    public override string? ContentType => State == ParserState.Content ? _header.ContentType : null;

    public override bool HasDelta => _content.HasDelta;

    public override ReadOnlySpan<char> Delta => _content.Delta;

    public override ReadOnlySpan<char> Content => _content.Text;

    /// <summary>Takes the next id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="index">Its place among all that were pushed.</param>
    /// <exception cref="HarmonyParseException">The id is refused here.</exception>
    public void Push(int id, int index)
    {
        if (State == ParserState.Content)
        {
            if (_control.IsStop(id))
                Complete(index + 1);
            else if (_tokenizer.TryGetBytes(id, out ReadOnlySpan<byte> bytes))
                _content.Append(bytes);
            else
                _content.Block();
        }
        else if (State == ParserState.Header)
        {
            PushToHeader(id, index);
        }
        else if (id == _control.Start)
        {
            _start = index;
            State = ParserState.Header;
        }
        else
        {
            Fail($"Unexpected token {(uint)id} while expecting start token {(uint)_control.Start}", index);
        }
    }

    /// <summary>The stream ends here; content that has no stop token is a message all the same.</summary>
    /// <exception cref="HarmonyParseException">The stream ends inside a header.</exception>
    public override void Finish(int end)
    {
        if (State == ParserState.Content)
            Complete(end);
        else if (State == ParserState.Header)
            throw new HarmonyParseException("Unexpected EOS while waiting for message header to complete", end);
    }

    void Complete(int end)
    {
        int shown = _content.Text.Length;
        Add(_header, _content.Finish(), shown, new(_start, _contentStart, end));
    }

    void Add(in MessageHeader header, string text, int shown, MessageSpan span)
    {
        Spans.Add(span);
        Shown.Add(shown);
        Messages.Add(Message.FromText(header.Author, text) with
        {
            Recipient = header.Recipient,
            Channel = header.Channel,
            ContentType = header.ContentType,
        });
        State = ParserState.ExpectStart;
    }

    void PushToHeader(int id, int index)
    {
        if (id == _control.Message)
        {
            EndHeader(index);
        }
        else if (!_strict && _control.IsStop(id))
        {
            CutHeader(index);
        }
        else
        {
            _headerIds.GetSpan(1)[0] = id;
            _headerIds.Advance(1);
        }
    }

    /// <summary>At <c>&lt;|message|&gt;</c>: a header that cannot be read leaves the parser between messages, its role still set.</summary>
    void EndHeader(int index)
    {
        bool isText = TryDecodeHeader(out string text, out string? problem);
        _headerIds.ResetWrittenCount();
        State = ParserState.ExpectStart;
        if (!isText)
            Fail("could not decode header", index, problem);
        if (!MessageHeader.TryRead(text, _nextRole, isWhole: true, out string? error, out MessageHeader header))
            Fail(error, index);
        if (header.Rest is not null)
            Fail($"unexpected tokens remaining in message header: Some({RustDebug.Quote(header.Rest)})", index);
        _header = header;
        _contentStart = index + 1;
        _nextRole = null;
        State = ParserState.Content;
    }

    /// <summary>
    /// At a stop token, where that is allowed: the channel is read and the rest is content, if the role was given;
    /// otherwise the message is lost. An error leaves the parser in the header.
    /// </summary>
    void CutHeader(int index)
    {
        if (_nextRole is { } role && _headerIds.WrittenCount > 0)
        {
            if (!TryDecodeHeader(out string text, out string? problem))
                Fail(problem, index);
            if (!MessageHeader.TryRead(text, role, isWhole: false, out string? error, out MessageHeader header))
                Fail(error, index);
            Add(header, header.Rest ?? "", shown: 0, new(_start, index, index + 1));
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
    static void Fail(string? error, int index, string? detail = null) => throw new HarmonyParseException(error ?? "", index, detail);
}
