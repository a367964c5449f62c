using System.Text.Json;

namespace Chorale.Training;

/// <summary>Tells by a file's beginning and name how rows stand in it.</summary>
static class LayoutSniffer
{
    static readonly string[] LineEndings = [".jsonl", ".ndjson", ".jsonlines"];

    /// <param name="head">The beginning, or all of it.</param>
    /// <param name="name">The file's name, <c>.gz</c> or not.</param>
    /// <exception cref="DatasetException">A file of another kind.</exception>
    public static RecordLayout Tell(ReadOnlySpan<byte> head, string name)
    {
        if (head.StartsWith("PAR1"u8) || head.StartsWith("ARROW1"u8))
            throw new DatasetException($"'{name}' is a {(head[0] == 'P' ? "Parquet" : "Arrow")} file; expected JSON lines or JSON, as 'datasets' writes with to_json.");
        ReadOnlySpan<byte> text = Skip(head.StartsWith("\uFEFF"u8) ? head[3..] : head);
        if (text.IsEmpty)
            return RecordLayout.Lines;
        bool isLines = Array.Exists(LineEndings, ending => Bare(name).EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        return (char)text[0] switch
        {
            '<' => RecordLayout.Harmony,
            '[' => TellList(text, isLines),
            '{' when !isLines => TellObject(text),
            _ => RecordLayout.Lines,
        };
    }

    static string Bare(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8);

    /// <summary>A list of messages is a row itself; any other list holds rows.</summary>
    static RecordLayout TellList(ReadOnlySpan<byte> text, bool isLines)
    {
        bool isRow = BeginsWithMessage(text);
        if (!isRow && !(isLines && EndsItsLine(text)))
            return RecordLayout.Items;
        return isLines || EndsItsLine(text) ? RecordLayout.Lines : RecordLayout.Values;
    }

    static bool BeginsWithMessage(ReadOnlySpan<byte> list)
    {
        Utf8JsonReader reader = new(list, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = JsonText.MaxDepth }));
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType is not JsonTokenType.StartObject)
                    return false;
                if (reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.PropertyName && (reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("from"u8)))
                    return true;
            }
        }
        catch (JsonException)
        {
            return false;   // the row is refused when it is read
        }
        return false;
    }

    /// <summary>An object that its line does not close is spread over lines, unless the next line begins with another: then it is a bad row.</summary>
    static RecordLayout TellObject(ReadOnlySpan<byte> text)
    {
        int newline = text.IndexOf((byte)'\n');
        if (newline < 0 || EndsItsLine(text))
            return RecordLayout.Lines;
        return newline + 1 < text.Length && text[newline + 1] == '{' ? RecordLayout.Lines : RecordLayout.Values;
    }

    static bool EndsItsLine(ReadOnlySpan<byte> text)
    {
        int newline = text.IndexOf((byte)'\n');
        if (newline < 0)
            return true;
        int length = RecordReader.ValueLength(text[..newline], isAll: false);
        return length >= 0 && text[length..newline].Trim(" \t\r"u8).IsEmpty;
    }
}
