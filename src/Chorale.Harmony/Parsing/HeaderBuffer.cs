using System.Buffers;
using System.Text;

namespace Chorale.Harmony;

/// <summary>A header as it comes in: bytes of text and control tokens in order, each with its place in the stream.</summary>
sealed class HeaderBuffer
{
    readonly ArrayBufferWriter<byte> _bytes = new();
    readonly List<Entry> _entries = [];
    int _markers;

    /// <summary>How much there is: bytes of text, and a few for each control token.</summary>
    public int Size => _bytes.WrittenCount + (8 * _markers);

    public bool IsEmpty => _entries.Count == 0;

    public bool HasMarkers => _markers > 0;

    /// <summary>Whether the text ends before its last character does.</summary>
    public bool EndsInsideCharacter =>
        Rune.DecodeLastFromUtf8(_bytes.WrittenSpan, out _, out _) == OperationStatus.NeedMoreData && !_bytes.WrittenSpan.IsEmpty;

    /// <summary>The place of the first entry.</summary>
    public int FirstIndex => _entries[0].Index;

    /// <summary>The places from the first entry to the last.</summary>
    public int Span => _entries.Count == 0 ? 0 : _entries[^1].Index - _entries[0].Index + _entries[^1].Length;

    public void AddText(ReadOnlySpan<byte> text, int index)
    {
        _entries.Add(new(null, "", index, 1, _bytes.WrittenCount));
        _bytes.Write(text);
    }

    public void AddMarker(ControlKind kind, string spelling, int index, int length)
    {
        _entries.Add(new(kind, spelling, index, length, _bytes.WrittenCount));
        _markers++;
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        _entries.Clear();
        _markers = 0;
    }

    /// <summary>All of it as text, control tokens spelled out; U+FFFD stands for bad bytes.</summary>
    public string Spelled()
    {
        StringBuilder text = new();
        for (int i = 0; i < _entries.Count; i++)
        {
            text.Append(_entries[i].Spelling);
            bool beginsText = _entries[i].Marker is null && (i == 0 || _entries[i - 1].Marker is not null);
            if (!beginsText)
                continue;
            int next = _entries.FindIndex(i, entry => entry.Marker is not null);
            int end = next < 0 ? _bytes.WrittenCount : _entries[next].Start;
            text.Append(Encoding.UTF8.GetString(_bytes.WrittenSpan[_entries[i].Start..end]));
        }
        return text.ToString();
    }

    /// <summary>The unbroken pieces of text, decoded.</summary>
    public List<HeaderRun> Runs()
    {
        List<HeaderRun> runs = [];
        for (int i = 0; i < _entries.Count;)
        {
            if (_entries[i].Marker is not null)
            {
                i++;
                continue;
            }
            int first = i;
            while (i < _entries.Count && _entries[i].Marker is null)
                i++;
            runs.Add(Decode(first, i));
        }
        return runs;
    }

    /// <summary>Words and control tokens in order.</summary>
    /// <param name="runs">What <see cref="Runs"/> gave.</param>
    /// <param name="readSpelled">Whether <c>&lt;|channel|&gt;</c> and <c>&lt;|constrain|&gt;</c> count where they are spelled out too.</param>
    public List<HeaderItem> Items(List<HeaderRun> runs, bool readSpelled)
    {
        List<HeaderItem> items = [];
        int run = 0;
        for (int i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Marker is { } marker)
                items.Add(new(marker, _entries[i].Spelling, _entries[i].Index, _entries[i].Length, IsGlued: true, Run: -1, Offset: 0));
            else if (i == 0 || _entries[i - 1].Marker is not null)
                Split(runs[run], run++, readSpelled, items);
        }
        return items;
    }

    static void Split(HeaderRun run, int number, bool readSpelled, List<HeaderItem> items)
    {
        string text = run.Text;
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            int start = at;
            ControlKind? marker = readSpelled ? Spelled(text, at) : null;
            if (marker is { } kind)
            {
                at += SpellingOf(kind).Length;
            }
            else
            {
                while (at < text.Length && !char.IsWhiteSpace(text[at]) && !(readSpelled && Spelled(text, at) is not null))
                    at++;
            }
            bool glued = start == 0 || !char.IsWhiteSpace(text[start - 1]);
            items.Add(new(marker, text[start..at], run.IndexAt(start), run.IndexAt(at - 1) - run.IndexAt(start) + 1, glued, number, start));
        }
    }

    static ControlKind? Spelled(string text, int at) =>
        text[at] != '<' ? null
            : At(text, at, ControlTokens.ChannelName) ? ControlKind.Channel
            : At(text, at, ControlTokens.ConstrainName) ? ControlKind.Constrain
            : null;

    static bool At(string text, int at, string name) => text.AsSpan(at).StartsWith(name, StringComparison.Ordinal);

    static string SpellingOf(ControlKind kind) => kind == ControlKind.Channel ? ControlTokens.ChannelName : ControlTokens.ConstrainName;

    HeaderRun Decode(int first, int end)
    {
        int startOfRun = _entries[first].Start;
        int endOfRun = end < _entries.Count ? _entries[end].Start : _bytes.WrittenCount;
        ReadOnlySpan<byte> bytes = _bytes.WrittenSpan[startOfRun..endOfRun];
        StringBuilder text = new(bytes.Length);
        List<int> indices = new(bytes.Length);
        List<(int Index, string Hex)> bad = [];
        Span<char> units = stackalloc char[2];
        for (int at = 0, entry = first; at < bytes.Length;)
        {
            while (entry + 1 < end && _entries[entry + 1].Start - startOfRun <= at)
                entry++;
            OperationStatus status = Rune.DecodeFromUtf8(bytes[at..], out Rune rune, out int length);
            int count = rune.EncodeToUtf16(units);
            text.Append(units[..count]);
            for (int i = 0; i < count; i++)
                indices.Add(_entries[entry].Index);
            if (status != OperationStatus.Done)
                bad.Add((_entries[entry].Index, Convert.ToHexStringLower(bytes.Slice(at, length))));
            at += length;
        }
        return new(text.ToString(), indices, bad);
    }

    readonly record struct Entry(ControlKind? Marker, string Spelling, int Index, int Length, int Start);
}
