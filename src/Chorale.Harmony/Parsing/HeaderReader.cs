namespace Chorale.Harmony;

/// <summary>
/// Reads a header as a person would: word by word, each to the place it must have meant. A well-formed header gives what
/// the official parser gives and no diagnostics.
/// </summary>
sealed class HeaderReader
{
    const string ChannelLabel = "channel:";

    readonly HeaderContext _context;
    readonly List<HarmonyDiagnostic> _diagnostics;
    readonly int _messageIndex;
    readonly List<HeaderRun> _runs;
    readonly List<HeaderItem> _items;
    readonly List<HeaderItem> _leftover = [];
    int _at;
    Author _author;
    string? _recipient;
    string? _channel;
    string? _contentType;
    string _body = "";

    HeaderReader(HeaderBuffer header, HeaderContext context, List<HarmonyDiagnostic> diagnostics, int messageIndex)
    {
        _context = context;
        _diagnostics = diagnostics;
        _messageIndex = messageIndex;
        _runs = header.Runs();
        _items = header.Items(_runs, readSpelled: context.HasStart || context.IsClosed || header.HasMarkers);
    }

    /// <summary>Reads a header.</summary>
    /// <param name="header">Its text and control tokens.</param>
    /// <param name="context">What is known of it.</param>
    /// <param name="diagnostics">Takes what was wrong.</param>
    /// <param name="messageIndex">The message's index, for the diagnostics.</param>
    public static HeaderReading Read(HeaderBuffer header, HeaderContext context, List<HarmonyDiagnostic> diagnostics, int messageIndex)
    {
        HeaderReader reader = new(header, context, diagnostics, messageIndex);
        return reader.Read();
    }

    /// <summary>
    /// How much of the text before a header's first control token is no header; 0 for none, and for one word that a
    /// recipient could be.
    /// </summary>
    /// <param name="header">A header without <c>&lt;|start|&gt;</c> and control tokens.</param>
    public static int FreeLength(HeaderBuffer header)
    {
        List<HeaderRun> runs = header.Runs();
        List<HeaderItem> items = header.Items(runs, readSpelled: false);
        bool endsInType = items.Count > 1 && HeaderWords.IsRecipient(items[^2].Text);   // any word behind a recipient
        int first = endsInType ? items.Count - 2 : items.Count;
        while (first > 0 && IsHeaderWord(items[first - 1].Text))
            first--;
        bool mayBeRecipient = first == 1 && IsName(items[0].Text);
        return first == 0 || mayBeRecipient ? 0 : first == items.Count ? runs[0].Text.Length : items[first].Offset;
    }

    /// <summary>Whether a header holds no more than its role.</summary>
    public static bool SaysNothing(HeaderBuffer header) =>
        !header.HasMarkers && header.Items(header.Runs(), readSpelled: false).TrueForAll(item => Roles.TryParse(item.Text, out _));

    /// <summary>Whether text that stands alone holds nothing but white space and words of a header.</summary>
    public static bool IsHeaderOnly(string text) => Array.TrueForAll(Words(text), IsHeaderWord);

    /// <summary>Whether text without control tokens says to whom it goes before anything else.</summary>
    public static bool BeginsWithRecipient(string text) =>
        Words(text).TakeWhile(IsHeaderWord).Any(word => HeaderWords.IsRecipient(word));

    static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    HeaderReading Read()
    {
        foreach (HeaderRun run in _runs)
            foreach ((int index, string hex) in run.Bad)
                Report(DiagnosticCode.InvalidUtf8, index, 1, hex, "U+FFFD stands for what is no character");
        ReadAuthor();
        int markers = _items.Count(item => item.Marker is not null);
        while (_at < _items.Count && (_context.IsClosed || markers > 0))
        {
            HeaderItem item = _items[_at++];
            markers -= item.Marker is null ? 0 : 1;
            ReadItem(item);
        }
        PlaceLeftover();
        if (!_context.IsClosed)
            ReadBody();
        CheckRecipient();
        return new()
        {
            Author = _author,
            Recipient = _recipient,
            Channel = _channel,
            ContentType = _contentType,
            Body = _body,
        };
    }

    void ReadAuthor()
    {
        _author = _context.Role;
        if (!_context.HasStart)
        {
            SkipRepeatedRole(isSilent: true);   // the official parser takes the role again where it was given
            return;
        }
        if (_items is not [{ Marker: null } first, ..])
        {
            Report(DiagnosticCode.RoleMissing, _items.Count > 0 ? _items[0].Index : null, 0, "", "it is the assistant's");
            _author = Role.Assistant;
            return;
        }
        string word = first.Text;
        if (Roles.TryParse(word, out Role role))
        {
            _at = 1;
            _author = new(role, role == Role.Tool ? word : null);
        }
        else if (!TryReadNamedRole(word) && !TryReadGluedRole(first) && !TryReadRoleless(first))
        {
            ReadToolName(first);
        }
        SkipRepeatedRole(isSilent: false);
    }

    /// <summary><c>role:name</c>, as authors with a name are rendered.</summary>
    bool TryReadNamedRole(string word)
    {
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == word.Length - 1 || !Roles.TryParse(word[..colon], out Role role) || role == Role.Tool)
            return false;
        _at = 1;
        _author = new(role, word[(colon + 1)..]);
        return true;
    }

    /// <summary><c>assistantassistant</c>, <c>assistantfinal</c>, <c>assistantto=f</c>, <c>Assistant</c>.</summary>
    bool TryReadGluedRole(HeaderItem first)
    {
        foreach (Role role in Enum.GetValues<Role>())
        {
            string name = Roles.NameOf(role);
            if (!first.Text.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                continue;
            string rest = first.Text[name.Length..];
            bool isRepeated = rest.StartsWith(name, StringComparison.Ordinal);
            while (rest.StartsWith(name, StringComparison.Ordinal))
                rest = rest[name.Length..];
            if (rest.Length == 0)
            {
                ReportItem(isRepeated ? DiagnosticCode.RepeatedRole : DiagnosticCode.RoleRepaired, first, $"read as {name}");
            }
            else if (HeaderWords.IsRecipient(rest) || Array.Exists(HeaderWords.Channels, channel => rest.StartsWith(channel, StringComparison.Ordinal)))
            {
                ReportItem(DiagnosticCode.RoleRepaired, first, $"read as {name}, and what is stuck to it on its own");
                _items[0] = first with { Text = rest, Offset = first.Offset + first.Text.Length - rest.Length };
                _author = role;
                return true;
            }
            else
            {
                continue;
            }
            _at = 1;
            _author = role;
            return true;
        }
        return false;
    }

    /// <summary>A channel or a recipient in the role's place: the assistant's.</summary>
    bool TryReadRoleless(HeaderItem first)
    {
        if (HeaderWords.IsChannel(first.Text))
        {
            _at = 1;
            _channel = Channels.Intern(first.Text);
            ReportItem(DiagnosticCode.ChannelAsRole, first, "it is the assistant's message on that channel");
        }
        else if (HeaderWords.IsRecipient(first.Text))
        {
            Report(DiagnosticCode.RoleMissing, first.Index, 0, "", "it is the assistant's");
        }
        else
        {
            return false;
        }
        _author = Role.Assistant;
        return true;
    }

    /// <summary>
    /// A word that is no role. In a conversation it names the tool that speaks. A model, though, speaks for itself: there
    /// it is a tool only where a recipient says so, otherwise the tool that is called, or no header at all.
    /// </summary>
    void ReadToolName(HeaderItem first)
    {
        bool hasRecipient = _items.Exists(item => item.Marker is null && HeaderWords.IsRecipient(item.Text));
        bool isHeader = _context.IsClosed || _items.Exists(item => item.Marker is not null);
        if (isHeader && (hasRecipient || !_context.IsCompletion))
        {
            _at = 1;
            _author = new(Role.Tool, first.Text);
            return;
        }
        _author = Role.Assistant;
        if (isHeader && IsName(first.Text))
        {
            _at = 1;
            _recipient = first.Text;
            ReportItem(DiagnosticCode.ToolAsRole, first, "it is a call of that tool");
        }
        else
        {
            Report(DiagnosticCode.RoleMissing, first.Index, 0, "", "it is the assistant's");
        }
    }

    void SkipRepeatedRole(bool isSilent)
    {
        string role = Roles.NameOf(_author.Role);
        for (; _at < _items.Count && _items[_at] is { Marker: null } item && item.Text == role; _at++, isSilent = false)
            if (!isSilent)
                ReportItem(DiagnosticCode.RepeatedRole, item, "once is enough");
    }

    void ReadItem(HeaderItem item)
    {
        switch (item.Marker)
        {
            case ControlKind.Channel:
                ReadChannel(item);
                break;
            case ControlKind.Constrain:
                ReadConstraint(item);
                break;
            case not null:
                ReportItem(DiagnosticCode.StrayControlToken, item, "left out");
                break;
            default:
                if (!TryReadWord(item))
                    _leftover.Add(item);
                break;
        }
    }

    /// <summary>Behind <c>&lt;|channel|&gt;</c>: the next word, where it can be a channel.</summary>
    void ReadChannel(HeaderItem marker)
    {
        HeaderItem? next = _at < _items.Count ? _items[_at] : null;
        bool isValue = next is { Marker: null } word && !HeaderWords.IsRecipient(word.Text) && (word.IsGlued || HeaderWords.IsChannel(word.Text));
        if (!isValue)
        {
            ReportItem(DiagnosticCode.ChannelMissing, marker, "the message has none");
            return;
        }
        HeaderItem value = next!.Value;
        _at++;
        string name = ReadChannelName(ref value);
        if (!value.IsGlued)
            ReportItem(DiagnosticCode.ChannelRepaired, value, $"read as {name}, without the space before it");
        if (_channel is null)
        {
            _channel = Channels.Intern(name);
            if (!HeaderWords.IsChannel(name))
                ReportItem(DiagnosticCode.UnknownChannel, value, "kept as written");
        }
        else
        {
            bool isBetter = name != _channel && (HeaderWords.IsChannel(name) || !HeaderWords.IsChannel(_channel));
            ReportItem(DiagnosticCode.RepeatedChannel, isBetter ? value with { Text = _channel } : value, isBetter ? $"left out: '{name}' behind it counts" : "left out: the first counts");
            _channel = isBetter ? Channels.Intern(name) : _channel;
        }
    }

    /// <summary>A channel's word, freed of what is stuck to it; what follows it without a space is put back as a word.</summary>
    string ReadChannelName(ref HeaderItem value)
    {
        int bracket = value.Text.IndexOf('<', StringComparison.Ordinal);
        if (bracket > 0)
        {
            _items.Insert(_at, value with { Text = value.Text[bracket..], Offset = value.Offset + bracket });
            value = value with { Text = value.Text[..bracket] };
        }
        string word = value.Text;
        if (HeaderWords.IsChannel(word))
            return word;
        foreach (string known in HeaderWords.Channels)
        {
            if (!word.StartsWith(known, StringComparison.Ordinal))
                continue;
            string rest = word[known.Length..];
            bool isRecipient = HeaderWords.IsRecipient(rest);
            bool isBody = !_context.IsClosed && BeginsContent(value, known.Length, rest);
            if (isRecipient || isBody)
            {
                ReportItem(DiagnosticCode.ChannelRepaired, value, $"read as {known}, and what is stuck to it on its own");
                _items.Insert(_at, value with { Text = rest, Offset = value.Offset + known.Length });
                value = value with { Text = known };
                return known;
            }
        }
        if (ChannelWithin(word) is not { } within)
            return word;
        ReportItem(DiagnosticCode.ChannelRepaired, value, $"read as {within}");
        return within;
    }

    /// <summary>
    /// Whether what is stuck to a channel in a header that never closed is the content's first word: it does not look like the
    /// same word, or an id of its own begins with it and more words follow.
    /// </summary>
    bool BeginsContent(HeaderItem word, int at, string rest)
    {
        if (!char.IsAsciiLetterLower(rest[0]) && rest[0] is not ('_' or '-'))
            return true;
        HeaderRun run = _runs[word.Run];
        bool isOwnId = run.IndexAt(word.Offset + at) != run.IndexAt(word.Offset + at - 1);
        return isOwnId && _at < _items.Count && _items[_at] is { Marker: null };
    }

    /// <summary>
    /// The one known channel that a word is made of, once or again and again, but for case and what is no letter
    /// (<c>––commentary</c>), or with its beginning said twice (<c>commentcommentary</c>).
    /// </summary>
    static string? ChannelWithin(string word)
    {
        string letters = string.Concat(word.Where(char.IsLetter));
        return Array.Find(HeaderWords.Channels, known => letters.Length > 0 && IsRepetitionOf(known, letters))
            ?? Array.Find(HeaderWords.Channels, known => word.EndsWith(known, StringComparison.Ordinal) && known.StartsWith(word[..^known.Length], StringComparison.Ordinal));
    }

    /// <summary>Behind <c>&lt;|constrain|&gt;</c>: the next word is the content type.</summary>
    void ReadConstraint(HeaderItem marker)
    {
        HeaderItem? next = _at < _items.Count ? _items[_at] : null;
        if (next is { Marker: ControlKind.Constrain })
        {
            ReportItem(DiagnosticCode.StrayControlToken, marker, "left out: it stands twice");
            return;
        }
        string type = ControlTokens.ConstrainName;
        if (next is { Marker: null } word && !HeaderWords.IsRecipient(word.Text))
        {
            int length = _context.IsClosed ? word.Text.Length : TypeLength(word);
            if (!_context.IsClosed && length == 0)
            {
                ReportItem(DiagnosticCode.StrayControlToken, marker, "left out: no content type follows");
                return;
            }
            _at++;
            type += word.Text[..length];
            if (length < word.Text.Length)
                _items.Insert(_at, word with { Text = word.Text[length..], Offset = word.Offset + length });
            if (!word.IsGlued)
                ReportItem(DiagnosticCode.ContentTypeRepaired, word, $"read as {type}");
        }
        if (_contentType is null)
            _contentType = type;
        else if (_contentType != type)
            ReportItem(DiagnosticCode.HeaderGarbage, marker with { Text = type }, $"left out: the content type is '{_contentType}'");
    }

    /// <summary>In a header that never closed the content follows at once: <c>json{"a":1}</c>, <c>json Hello</c>.</summary>
    int TypeLength(HeaderItem word)
    {
        string? known = Array.Find(HeaderWords.ContentTypes, type => word.Text.StartsWith(type, StringComparison.Ordinal));
        if (known is not null && (word.Text.Length == known.Length || !char.IsAsciiLetterOrDigit(word.Text[known.Length])))
            return known.Length;
        return _at == _items.Count - 1 && IsName(word.Text) ? word.Text.Length : 0;
    }

    bool TryReadWord(HeaderItem item)
    {
        string word = item.Text;
        if (HeaderWords.IsRecipient(word))
        {
            ReadRecipient(item);
        }
        else if (word == ChannelLabel && _channel is null && _at < _items.Count && HeaderWords.IsChannel(_items[_at].Text))
        {
            _channel = Channels.Intern(_items[_at++].Text);
            ReportItem(DiagnosticCode.ChannelWithoutMarker, item with { Text = $"{word} {_channel}" }, "it is the channel");
        }
        else if (word == Roles.NameOf(_author.Role))
        {
            ReportItem(DiagnosticCode.RepeatedRole, item, "once is enough");
        }
        else if (HeaderWords.IsChannel(word) && (_channel is null || _channel == word))
        {
            ReportItem(_channel is null ? DiagnosticCode.ChannelWithoutMarker : DiagnosticCode.RepeatedChannel, item, _channel is null ? "it is the channel" : "once is enough");
            _channel = Channels.Intern(word);
        }
        else if (_contentType is null && HeaderWords.IsContentType(word))
        {
            _contentType = word;
        }
        else
        {
            return false;
        }
        return true;
    }

    void ReadRecipient(HeaderItem item)
    {
        string name = item.Text[HeaderWords.To.Length..];
        if (!_context.IsClosed && name.IndexOfAny(['{', '[', '(']) is >= 0 and int brace)
        {
            _items.Insert(_at, item with { Text = name[brace..], Offset = item.Offset + HeaderWords.To.Length + brace });
            name = name[..brace];
        }
        if (name.Length == 0)
        {
            HeaderItem? next = _at < _items.Count ? _items[_at] : null;
            if (next is { Marker: not null })
            {
                ReportItem(DiagnosticCode.RecipientIsControlToken, item with { Text = item.Text + next.Value.Text, Length = item.Length + next.Value.Length }, "the message has no recipient");
                return;
            }
            if (next is not { } word || HeaderWords.IsRecipient(word.Text) || !IsName(word.Text) || IsHeaderWord(word.Text))
            {
                ReportItem(DiagnosticCode.RecipientMissing, item, "the message has no recipient");
                return;
            }
            _at++;
            name = word.Text;
            ReportItem(DiagnosticCode.RecipientMissing, word, "the word behind it is the recipient");
        }
        if (_recipient is null)
        {
            _recipient = name;
            return;
        }
        bool isBetter = !HarmonyCall.IsTool(_recipient) && HarmonyCall.IsTool(name);
        ReportItem(DiagnosticCode.RepeatedRecipient, isBetter ? item with { Text = $"to={_recipient}" } : item, isBetter ? $"left out: '{name}' behind it counts" : "left out: the first counts");
        _recipient = isBetter ? name : _recipient;
    }

    /// <summary>Words without a mark: a content type behind a recipient, a recipient without <c>to=</c>, or garbage.</summary>
    void PlaceLeftover()
    {
        if (_leftover.Count == 0)
            return;
        if (_leftover is [{ } only])
        {
            if (_recipient is not null && _contentType is null && _context.IsClosed && only.Text[0] != '<')
            {
                _contentType = only.Text;
                return;
            }
            if (_recipient is null && IsName(only.Text) && (only.Text.Contains('.', StringComparison.Ordinal) || _contentType is not null || _channel == Channels.Commentary))
            {
                _recipient = only.Text;
                ReportItem(DiagnosticCode.RecipientWithoutTo, only, "it is the recipient");
                return;
            }
        }
        HeaderItem first = _leftover[0];
        Report(DiagnosticCode.HeaderGarbage, first.Index, _leftover[^1].Index + _leftover[^1].Length - first.Index, string.Join(' ', _leftover.Select(item => item.Text)), "left out");
    }

    /// <summary>Behind the last control token of a header that never closed: what can be header, and then the content.</summary>
    void ReadBody()
    {
        while (_at < _items.Count)
        {
            HeaderItem item = _items[_at];
            bool isHeader = HeaderWords.IsRecipient(item.Text)
                || (item.Text == ChannelLabel && _channel is null && _at + 1 < _items.Count && HeaderWords.IsChannel(_items[_at + 1].Text))
                || (_context.HasStart && _channel is null && HeaderWords.IsChannel(item.Text))
                || (_recipient is not null && _contentType is null && TypeLength(item) > 0 && HeaderWords.IsContentType(item.Text[..TypeLength(item)]));
            if (!isHeader)
                break;
            _at++;
            if (TypeLength(item) is > 0 and int length && length < item.Text.Length && !HeaderWords.IsRecipient(item.Text))
            {
                _items.Insert(_at, item with { Text = item.Text[length..], Offset = item.Offset + length });
                item = item with { Text = item.Text[..length] };
            }
            TryReadWord(item);
        }
        if (_at < _items.Count)
            _body = _runs[_items[_at].Run].Text[_items[_at].Offset..];
    }

    void CheckRecipient()
    {
        if (_author.Role == Role.Assistant && _recipient == "assistant")
            Report(DiagnosticCode.RecipientIsNoTool, _items.Find(item => HeaderWords.IsRecipient(item.Text)) is { Text: not null } at ? at.Index : null, 1, "to=assistant", "kept as written, but it is no call");
    }

    static bool IsHeaderWord(string word) =>
        HeaderWords.IsRecipient(word) || HeaderWords.IsChannel(word) || HeaderWords.IsContentType(word) || Roles.TryParse(word, out _)
            || IsStartLookalike(word);

    /// <summary><c>&lt;start&gt;assistant</c>: a start token as people mistype it.</summary>
    static bool IsStartLookalike(string word)
    {
        foreach (string start in (ReadOnlySpan<string>)["<start>", "<|start|>", "<|start>"])
            if (word.StartsWith(start, StringComparison.Ordinal))
                return word.Length == start.Length || Roles.TryParse(word[start.Length..], out _);
        return false;
    }

    /// <summary>Whether a word can be a tool's name: letters, digits, <c>_</c>, <c>-</c> and <c>.</c>, not beginning with a digit.</summary>
    static bool IsName(string word) =>
        word.Length > 0 && (char.IsLetter(word[0]) || word[0] == '_') && word.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.');

    static bool IsRepetitionOf(string unit, string text)
    {
        if (text.Length % unit.Length != 0)
            return false;
        for (int at = 0; at < text.Length; at += unit.Length)
            if (!text.AsSpan(at, unit.Length).Equals(unit, StringComparison.OrdinalIgnoreCase))
                return false;
        return true;
    }

    void ReportItem(DiagnosticCode code, HeaderItem item, string done) => Report(code, item.Index, item.Length, item.Text, done);

    void Report(DiagnosticCode code, int? index, int length, string found, string done) =>
        _diagnostics.Add(new(code, index ?? (_items.Count > 0 ? _items[0].Index : 0), length, _messageIndex, found, done));
}
