using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Templates;

namespace Chorale.Cli;

/// <summary>One run of <c>chorale template lint</c>: finds, prints, counts.</summary>
sealed class TemplateLintRun(CliHost host, ChatTemplate template, DateOnly date, int most, bool asJson)
{
    readonly TemplateLinter _linter = new(template, new TemplateInput { Messages = TemplateValue.None, Date = date });
    readonly StyledLines _lines = new(host);
    readonly SortedDictionary<string, int> _codes = new(StringComparer.Ordinal);
    int _conversations;
    int _shown;

    public int Errors { get; private set; }

    public int Warnings { get; private set; }

    public void LintTemplate()
    {
        foreach (TemplateFinding finding in _linter.LintTemplate())
            Tell(finding, line: null);
    }

    /// <summary>Reads JSON lines; a file that ends in <c>.json</c> is one conversation, or a list of them.</summary>
    public async Task LintDataAsync(string file, CancellationToken cancellationToken)
    {
        if (file != "-" && !File.Exists(file))
            throw new CliException($"'{file}' does not exist.");
        if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            LintWhole(await File.ReadAllBytesAsync(file, cancellationToken));
            return;
        }
        await using Stream stream = file == "-" ? host.Input : File.OpenRead(file);
        InputLines lines = new(stream);
        int number = 0;
        while (await lines.NextAsync(cancellationToken) is { } line)
        {
            number++;
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                LintLine(line, number);
        }
    }

    public void Finish()
    {
        if (!asJson)
        {
            if (_conversations > 0)
            {
                string codes = string.Join(", ", _codes.Select(code => string.Create(CultureInfo.InvariantCulture, $"{code.Key} {code.Value}")));
                _lines.Append(string.Create(CultureInfo.InvariantCulture, $"{_conversations} conversations: {(codes.Length == 0 ? "nothing found" : codes)}")).Line();
            }
            _lines.Append(string.Create(CultureInfo.InvariantCulture, $"{Errors} errors, {Warnings} warnings")).Line();
        }
        _lines.Flush();
    }

    void LintWhole(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json.AsSpan().StartsWith("\uFEFF"u8) ? json.AsMemory(3) : json, TemplateLines.ReadOptions);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array || (root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object && root[0].TryGetProperty("role"u8, out _)))
        {
            LintConversation(root, number: 1);
            return;
        }
        int number = 0;
        foreach (JsonElement conversation in root.EnumerateArray())
            LintConversation(conversation, ++number);
    }

    void LintLine(ReadOnlyMemory<byte> line, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, TemplateLines.ReadOptions);
            LintConversation(document.RootElement, number);
        }
        catch (JsonException e)
        {
            _conversations++;
            TellBad($"Not JSON: {CliErrors.OneLine(e.Message)}", number);
        }
    }

    void LintConversation(JsonElement conversation, int number)
    {
        _conversations++;
        try
        {
            foreach (TemplateFinding finding in _linter.LintConversation(TemplateLines.ReadInput(conversation, date)))
                Tell(finding, number);
        }
        catch (BatchException e)
        {
            TellBad(CliErrors.OneLine(e.Message), number);
        }
    }

    void TellBad(string reason, int number) => Tell(new TemplateFinding("bad_line", TemplateFindingSeverity.Error, reason), number);

    void Tell(TemplateFinding finding, int? line)
    {
        Errors += finding.Severity == TemplateFindingSeverity.Error ? 1 : 0;
        Warnings += finding.Severity == TemplateFindingSeverity.Warning ? 1 : 0;
        if (line is not null)
        {
            _codes[finding.Code] = _codes.GetValueOrDefault(finding.Code) + 1;
            if (++_shown > most)
                return;
        }
        if (asJson)
            WriteJson(finding, line);
        else
            Write(finding, line);
    }

    void Write(TemplateFinding finding, int? line)
    {
        (string word, string style) = finding.Severity switch
        {
            TemplateFindingSeverity.Error => ("error", "red"),
            TemplateFindingSeverity.Warning => ("warning", "yellow"),
            _ => ("info", "dim"),
        };
        string place = line is null ? "" : string.Create(CultureInfo.InvariantCulture, $" line {line}{(finding.MessageIndex is { } index ? string.Create(CultureInfo.InvariantCulture, $", messages[{index}]") : "")}");
        _lines.Append(word, style).Append($" {finding.Code}{place}").Line();
        _lines.Append("  ").Append(Printable.Escape(finding.Message)).Line();
    }

    void WriteJson(TemplateFinding finding, int? line)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, JsonWriting.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("code", finding.Code);
            writer.WriteString("severity", finding.Severity switch { TemplateFindingSeverity.Error => "error", TemplateFindingSeverity.Warning => "warning", _ => "info" });
            writer.WriteString("message", WellFormed.Of(finding.Message));
            if (line is { } number)
                writer.WriteNumber("line", number);
            if (finding.MessageIndex is { } index)
                writer.WriteNumber("message_index", index);
            writer.WriteEndObject();
        }
        JsonSafe.Write(host, buffer.ToArray());
        host.Out.WriteLine();
    }
}
