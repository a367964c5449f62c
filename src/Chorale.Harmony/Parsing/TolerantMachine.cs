using System.Globalization;
using System.Text;

namespace Chorale.Harmony;

/// <summary>
/// Harmony as models really write it, read so that nothing fails and nothing is lost: all text ends up in a message, or
/// quoted in a diagnostic. It takes bytes of text and control tokens, one by one, and knows no vocabulary.
/// </summary>
/// <remarks>
/// A message opens with its header and closes at an end token, at the next header, or where the stream ends. What comes
/// before <c>&lt;|message|&gt;</c> is collected; if that never comes, <see cref="HeaderReader"/> tells what of it was content. A
/// header that has grown too long for one is taken for content on the way, so that long text without a header streams too.
/// </remarks>
sealed class TolerantMachine : HarmonyMachine
{
    /// <summary>A header with text that cannot be one is content from this size on, or from a doubling of it.</summary>
    const int FirstLook = 192;

    /// <summary>No header is longer.</summary>
    const int LongestHeader = 4096;

    readonly Role? _given;
    readonly HeaderBuffer _header = new();
    readonly TextBuffer _content;
    HeaderReading _reading = Nobody;
    bool _hasStart;
    bool _isFirst;
    int _headerIndex;
    int _contentIndex;
    int _controlLength;
    int _nextLook = FirstLook;

    /// <summary>A machine at the beginning of a stream.</summary>
    /// <param name="role">The role of the first message where its <c>&lt;|start|&gt;role</c> was in the prompt; null where there is none.</param>
    /// <param name="contentCapacity">How many UTF-16 units the content holds before it grows.</param>
    public TolerantMachine(Role? role, int contentCapacity)
    {
        _given = role;
        _content = new(contentCapacity);
        if (role is not null)
        {
            State = ParserState.Header;
            _isFirst = true;
        }
    }

    static HeaderReading Nobody { get; } = new();

    public override Author? Author => State == ParserState.Content ? _reading.Author : null;

    public override Role? Role => State == ParserState.Content ? _reading.Author.Role : _isFirst ? _given : null;

    public override string? Channel => State == ParserState.Content ? _reading.Channel : null;

    public override string? Recipient => State == ParserState.Content ? _reading.Recipient : null;

    public override string? ContentType => State == ParserState.Content ? _reading.ContentType : null;

    public override bool HasDelta => !_content.Delta.IsEmpty;

    public override ReadOnlySpan<char> Delta => _content.Delta;

    public override ReadOnlySpan<char> Content => _content.Text;

    Role DefaultRole => _given ?? Harmony.Role.Assistant;

    /// <summary>What comes from here on is the delta.</summary>
    public void BeginDelta() => _content.BeginDelta();

    /// <summary>Takes the bytes of an id in content; they are the delta.</summary>
    public void AppendContent(ReadOnlySpan<byte> bytes, int index)
    {
        _content.BeginDelta();
        if (!_content.TryAppend(bytes))
            ReportBad(index, length: 1);
    }

    /// <summary>Takes text that stands at a place of the stream; in a header one character, or one id, at a time.</summary>
    public void Text(ReadOnlySpan<byte> bytes, int index)
    {
        if (State == ParserState.Content)
        {
            if (!_content.TryAppend(bytes))
                ReportBad(index, length: 1);
            return;
        }
        if (State == ParserState.ExpectStart)
            OpenHeader(index, hasStart: false);
        _header.AddText(bytes, index);
        if (_header.Size >= _nextLook)
            LookForContent(index);
    }

    /// <summary>Takes an id that has no bytes.</summary>
    public void Unknown(int id, int index)
    {
        string number = ((uint)id).ToString(CultureInfo.InvariantCulture);
        bool isContent = State == ParserState.Content;
        Report(DiagnosticCode.UnknownToken, index, 1, number, isContent ? "U+FFFD stands for it" : "left out");
        if (!isContent)
            return;
        FlushHeld(index);
        _content.Append("\uFFFD");
    }

    /// <summary>Takes a control token.</summary>
    /// <param name="kind">What it means.</param>
    /// <param name="spelling">Its text.</param>
    /// <param name="index">Its place.</param>
    /// <param name="length">How many places it takes: 1, or for text its units.</param>
    public void Control(ControlKind kind, string spelling, int index, int length)
    {
        _controlLength = length;
        if (State == ParserState.Content)
            ControlInContent(kind, spelling, index);
        else if (State == ParserState.ExpectStart && IsEnd(kind))
            Report(DiagnosticCode.StrayEnd, index, _controlLength, spelling, "left out");
        else if (kind == ControlKind.Start)
            Start(spelling, index);
        else
            ControlInHeader(kind, spelling, index);
    }

    /// <summary>Takes content as it is; only while there is a message to take it.</summary>
    public void AppendText(ReadOnlySpan<char> text) => _content.Append(text);

    /// <summary>Opens a message that no control token opened.</summary>
    public void Open(HeaderReading reading, int start, int contentStart)
    {
        _headerIndex = start;
        _reading = reading;
        EnterContent(contentStart);
    }

    /// <summary>Closes a message that no control token closed, where one is open.</summary>
    public void Close(int index)
    {
        if (State == ParserState.Content)
            Complete(index, index);
    }

    /// <summary>Tells what was wrong before it came here.</summary>
    public void Report(DiagnosticCode code, int index, int length, string found, string done) =>
        Diagnostics.Add(new(code, index, length, Messages.Count, found, done));

    /// <summary>The stream ends here.</summary>
    /// <param name="end">How much there was of it.</param>
    public override void Finish(int end)
    {
        _content.BeginDelta();
        if (State == ParserState.Content)
        {
            Report(DiagnosticCode.MissingEnd, end, 0, "", "the message ends with the stream");
            Complete(end, end);
        }
        else if (State == ParserState.Header)
        {
            CutHeader(end, CutBy.EndOfStream);
        }
        if (Messages.Count == 0 && end > 0)
        {
            Report(DiagnosticCode.EmptyTurn, 0, end, "", "an empty message stands for it");
            Add(new() { Author = DefaultRole, Channel = Channels.Final }, "", new(0, end, end));
        }
        State = ParserState.ExpectStart;
        _content.Release();
    }

    void Start(string spelling, int index)
    {
        if (State == ParserState.Header)
        {
            if (_hasStart && HeaderReader.SaysNothing(_header))
                DropHeader(DiagnosticCode.RepeatedStart, spelling, index);
            else if (!(_isFirst && _header.IsEmpty))
                CutHeader(index, CutBy.Start);
        }
        OpenHeader(index, hasStart: true);
    }

    void ControlInContent(ControlKind kind, string spelling, int index)
    {
        switch (kind)
        {
            case ControlKind.End or ControlKind.Return or ControlKind.Call:
                ReportEnd(kind, spelling, index);
                Complete(index, index + _controlLength);
                break;
            case ControlKind.EndOfText:
                Report(DiagnosticCode.EndOfText, index, _controlLength, spelling, "the message ends here");
                Complete(index, index + _controlLength);
                break;
            case ControlKind.Start:
                EndUnfinished(index);
                OpenHeader(index, hasStart: true);
                break;
            case ControlKind.Channel:
                Role role = _reading.Author.Role;
                EndUnfinished(index);
                Report(DiagnosticCode.MissingStart, index, 0, "", $"a message of the {Roles.NameOf(role)} begins here");
                OpenHeader(index, hasStart: false);
                _header.AddMarker(kind, spelling, index, _controlLength);
                break;
            case ControlKind.Message or ControlKind.Constrain:
                Report(DiagnosticCode.StrayControlToken, index, _controlLength, spelling, "left out");
                break;
            default:
                Report(DiagnosticCode.ControlTokenInContent, index, _controlLength, spelling, "its spelling is kept as text");
                FlushHeld(index);
                _content.Append(spelling);
                break;
        }
    }

    void ControlInHeader(ControlKind kind, string spelling, int index)
    {
        if (State == ParserState.ExpectStart)
        {
            Report(DiagnosticCode.MissingStart, index, 0, "", $"a message of the {Roles.NameOf(DefaultRole)} begins here");
            OpenHeader(index, hasStart: false);
        }
        switch (kind)
        {
            case ControlKind.Message:
                EndFreeText(index);
                CloseHeader(index + _controlLength);
                break;
            case ControlKind.Channel or ControlKind.Constrain:
                EndFreeText(index);
                AddMarker(kind, spelling, index);
                break;
            case ControlKind.Other:
                AddMarker(kind, spelling, index);
                break;
            default:
                if (kind == ControlKind.EndOfText)
                    Report(DiagnosticCode.EndOfText, index, _controlLength, spelling, "the message ends here");
                CutHeader(index, CutBy.EndToken, kind, spelling);
                break;
        }
    }

    void AddMarker(ControlKind kind, string spelling, int index)
    {
        _header.AddMarker(kind, spelling, index, _controlLength);
        if (_header.Size >= _nextLook)
            LookForContent(index);
    }

    void OpenHeader(int index, bool hasStart)
    {
        _header.Clear();
        _hasStart = hasStart;
        _isFirst = false;
        _headerIndex = index;
        _nextLook = FirstLook;
        State = ParserState.Header;
    }

    HeaderContext Context(bool isClosed) => new(_hasStart, DefaultRole, _given == Harmony.Role.Assistant, isClosed);

    void CloseHeader(int contentIndex)
    {
        _reading = HeaderReader.Read(_header, Context(isClosed: true), Diagnostics, Messages.Count);
        EnterContent(contentIndex);
    }

    void EnterContent(int index)
    {
        _contentIndex = index;
        _header.Clear();
        _isFirst = false;
        State = ParserState.Content;
    }

    /// <summary>A header that has grown long: where it holds what cannot be header, its content has begun.</summary>
    void LookForContent(int index)
    {
        if (_header.EndsInsideCharacter)
            return;
        _nextLook *= 2;
        List<HarmonyDiagnostic> found = [];
        HeaderReading reading = ReadUnclosed(found);
        if (reading.Body.Length == 0 && _header.Size < LongestHeader)
            return;
        Diagnostics.AddRange(found);
        ReportUnclosed(reading, index);
        _reading = WithChannel(reading);
        EnterContent(index + 1);
        _content.Append(reading.Body);
    }

    /// <summary>A header without <c>&lt;|message|&gt;</c>. Text that has no control token at all is no header, unless it says to whom it goes.</summary>
    HeaderReading ReadUnclosed(List<HarmonyDiagnostic> diagnostics)
    {
        if (!_hasStart && !_header.HasMarkers)
        {
            string text = LooseText(diagnostics);
            if (!HeaderReader.BeginsWithRecipient(text))
                return new() { Author = DefaultRole, Body = text.TrimStart() };
        }
        return HeaderReader.Read(_header, Context(isClosed: false), diagnostics, Messages.Count);
    }

    /// <summary>The text of a header without control tokens.</summary>
    string LooseText(List<HarmonyDiagnostic> diagnostics)
    {
        if (_header.Runs() is not [{ } run])
            return "";
        foreach ((int index, string hex) in run.Bad)
            diagnostics.Add(new(DiagnosticCode.InvalidUtf8, index, 1, Messages.Count, hex, "U+FFFD stands for what is no character"));
        return run.Text;
    }

    static HeaderReading WithChannel(HeaderReading reading) =>
        !reading.SaysSomething ? reading with { Channel = Channels.Final } : reading;

    void ReportUnclosed(HeaderReading reading, int index)
    {
        if (reading.SaysSomething)
            Report(DiagnosticCode.MissingMessage, index, 0, "", "what is no header is the message's content");
        else
            Report(DiagnosticCode.MissingHeader, _header.IsEmpty ? _headerIndex : _header.FirstIndex, 0, "", "it is the assistant's message on the channel final");
    }

    /// <summary>Before the first control token of a message without <c>&lt;|start|&gt;</c>: what is no header is a message of its own.</summary>
    void EndFreeText(int index)
    {
        if (_hasStart || _header.HasMarkers || _header.IsEmpty)
            return;
        int free = HeaderReader.FreeLength(_header);
        if (free == 0)
            return;
        string text = LooseText(Diagnostics);
        string words = text[..free].Trim();
        string header = text[free..];
        int first = header.Length > 0 ? _header.Runs()[0].IndexAt(free) : index;
        if (words.Length > 0)
        {
            Report(DiagnosticCode.MissingHeader, _header.FirstIndex, 0, "", "it is the assistant's message on the channel final");
            Add(new() { Author = DefaultRole, Channel = Channels.Final }, words, new(_headerIndex, first, first));
        }
        OpenHeader(first, hasStart: false);
        if (header.Length > 0)
            _header.AddText(Encoding.UTF8.GetBytes(header), first);
    }

    /// <summary>A header at whose end there is no <c>&lt;|message|&gt;</c> but an end token, another message, or nothing.</summary>
    void CutHeader(int index, CutBy cut, ControlKind end = ControlKind.End, string spelling = "")
    {
        bool isEnded = cut == CutBy.EndToken;
        bool isLoose = !_hasStart && !_header.HasMarkers;
        if (isLoose && (!_isFirst || cut == CutBy.Start) && TryDropLoose(index, isEnded, spelling))
            return;
        List<HarmonyDiagnostic> found = [];
        HeaderReading reading = ReadUnclosed(found);
        reading = reading with { Body = reading.Body.TrimEnd() };
        bool isNothing = reading.Body.Length == 0 && !reading.SaysSomething;
        bool isAnybodys = !isEnded || (!_hasStart && !_isFirst);   // nobody began a message that ends here
        if (isNothing && isAnybodys && (Messages.Count > 0 || _header.IsEmpty))
        {
            if (_hasStart || !_header.IsEmpty)
                DropHeader(DiagnosticCode.HeaderCut, spelling, index);
            CloseMessage();
            return;
        }
        Diagnostics.AddRange(found);
        if (reading.Body.Length > 0)
            ReportUnclosed(reading, index);
        else
            Report(DiagnosticCode.HeaderCut, index, 0, "", "what it named is kept");
        _reading = WithChannel(reading);
        if (isEnded && end is not ControlKind.EndOfText)
            ReportEnd(end, spelling, index);
        Add(_reading, reading.Body, new(_headerIndex, index, isEnded ? index + _controlLength : index));
        CloseMessage();
    }

    /// <summary>Between messages white space, and words that can only be a header's, are no message.</summary>
    bool TryDropLoose(int index, bool isEnded, string spelling)
    {
        string text = LooseText([]);
        if (!HeaderReader.IsHeaderOnly(text) || HeaderReader.BeginsWithRecipient(text))
            return false;
        if (text.Length > 0)
            Report(DiagnosticCode.TextBetweenMessages, _header.FirstIndex, _header.Span, text, "left out");
        if (isEnded)
            Report(DiagnosticCode.StrayEnd, index, _controlLength, spelling, "left out");
        CloseMessage();
        return true;
    }

    /// <summary>Leaves a header out that says nothing, and tells what it held.</summary>
    void DropHeader(DiagnosticCode code, string found, int index)
    {
        string held = string.Concat(_hasStart ? "<|start|>" : "", _header.Spelled());
        Report(code, _hasStart ? _headerIndex : _header.FirstIndex, index - _headerIndex, found.Length > 0 ? $"{held}{found}" : held, code == DiagnosticCode.RepeatedStart ? "the header begins at the last" : "left out");
        _header.Clear();
    }

    void EndUnfinished(int index)
    {
        bool isNothing = _content.IsEmpty && !_reading.SaysSomething;
        Report(DiagnosticCode.MissingEnd, index, 0, isNothing ? "assistant" : "", isNothing ? "the message is empty and left out" : "the message ends here");
        if (isNothing)
            CloseMessage();
        else
            Complete(index, index);
    }

    void Complete(int index, int end)
    {
        int shown = _content.ShownLength;
        FlushHeld(index);
        string text = new(_content.Text);
        Add(_reading, text, new(_headerIndex, _contentIndex, end), shown);
        CloseMessage();
    }

    void CloseMessage()
    {
        _content.Clear();
        _header.Clear();
        _isFirst = false;
        State = ParserState.ExpectStart;
    }

    void Add(HeaderReading header, string text, MessageSpan span, int shown = 0)
    {
        Spans.Add(span);
        Shown.Add(shown);
        Messages.Add(new()
        {
            Author = header.Author,
            Content = new EquatableList<ContentPart>([new TextContent(text)]),
            Recipient = header.Recipient,
            Channel = header.Channel,
            ContentType = header.ContentType,
        });
    }

    void ReportEnd(ControlKind kind, string spelling, int index)
    {
        if (_reading.Author.Role != Harmony.Role.Assistant)
            return;
        bool isCall = HarmonyCall.IsTool(_reading.Recipient);
        if (kind == ControlKind.Call && _reading.Recipient is null)
            Report(DiagnosticCode.CallWithoutRecipient, index, _controlLength, spelling, "it is a message like any other");
        else if (kind != ControlKind.Call && isCall)
            Report(DiagnosticCode.CallNotEndedByCall, index, _controlLength, spelling, "it is a call all the same");
    }

    /// <summary>Nothing completes a character that was cut off any more.</summary>
    void FlushHeld(int index)
    {
        _content.Flush();
        if (!_content.Bad.IsEmpty)
            ReportBad(index, length: 0);
    }

    void ReportBad(int index, int length) =>
        Report(DiagnosticCode.InvalidUtf8, index, length, Convert.ToHexStringLower(_content.Bad), "U+FFFD stands for what is no character");

    static bool IsEnd(ControlKind kind) => kind is ControlKind.End or ControlKind.Return or ControlKind.Call or ControlKind.EndOfText;

    /// <summary>What stands where a header should have had its <c>&lt;|message|&gt;</c>.</summary>
    enum CutBy
    {
        EndToken,
        Start,
        EndOfStream,
    }
}
