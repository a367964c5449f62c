using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>A report as lines for a person, or as JSON for a program.</summary>
static class CheckWriter
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1024 };

    /// <summary>The findings, one above the other, and how many there are.</summary>
    public static void WriteFindings(StyledLines lines, string prefix, ConversationReport report)
    {
        foreach (Finding finding in report.Findings)
        {
            string severity = NameOf(finding.Severity);
            lines.Append(prefix).Append(severity, finding.Severity switch { FindingSeverity.Error => "red", FindingSeverity.Warning => "yellow", _ => "blue" });
            lines.Append($" {FindingCodes.NameOf(finding.Code)}");
            if (finding.Diagnostic is not null)
                lines.Append($"/{finding.Diagnostic}");
            lines.Append(" ").Append(finding.Path, "grey").Line();
            lines.Append("  ").Append(finding.Found).Line();
            lines.Append("  ").Append(finding.Advice, "grey").Append(finding.CanFix ? " (--fix does)" : "", "grey").Line();
        }
        lines.Append($"{prefix}{Summary(report)}").Line();
    }

    static string Summary(ConversationReport report)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Counted(report.Conversation.Messages.Count, "message")}");
        if (report.RoleCounts.Count > 0)
            text.Append(" (").AppendJoin(", ", report.RoleCounts.Select(count => $"{Roles.NameOf(count.Key)} {count.Value}")).Append(')');
        text.Append(": ").Append(Counted(report.Count(FindingSeverity.Error), "error")).Append(", ").Append(Counted(report.Count(FindingSeverity.Warning), "warning"))
            .Append(", ").Append(Counted(report.Count(FindingSeverity.Info), "note"));
        int fixable = report.Findings.Count(finding => finding.CanFix);
        if (fixable > 0)
            text.Append(CultureInfo.InvariantCulture, $"; --fix mends {fixable}");
        return text.ToString();
    }

    public static string Counted(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    public static void WriteFixes(TextWriter error, string prefix, IReadOnlyList<Fix> fixes)
    {
        foreach (Fix fix in fixes)
            error.WriteLine($"{prefix}fixed {FindingCodes.NameOf(fix.Code)}{(fix.MessageIndex is { } index ? string.Create(CultureInfo.InvariantCulture, $" messages[{index}]") : "")}: {fix.Done}");
    }

    /// <summary>What is in the prompt and what it costs.</summary>
    public static void WriteTokens(StyledLines lines, TokenAnalysis analysis)
    {
        lines.Append(string.Create(CultureInfo.InvariantCulture, $"{analysis.TotalIds} ids")).Line();
        foreach (PromptPart part in analysis.Parts)
            lines.Append(string.Create(CultureInfo.InvariantCulture, $"  {part.Ids,8} {100.0 * part.Ids / Math.Max(1, analysis.TotalIds),5:F1} %  {Printable.Escape(part.Name)}")).Line();
        lines.Append("special tokens: ").Append(string.Join(", ", analysis.Specials.OrderByDescending(special => special.Value).ThenBy(special => special.Key, StringComparer.Ordinal)
            .Select(special => string.Create(CultureInfo.InvariantCulture, $"{special.Key} {special.Value}")))).Line();
        lines.Append("assistant by channel: ").Append(string.Join(", ", analysis.ChannelIds.OrderBy(channel => channel.Key, StringComparer.Ordinal)
            .Select(channel => string.Create(CultureInfo.InvariantCulture, $"{(channel.Key.Length == 0 ? "none" : Printable.Escape(channel.Key))} {channel.Value}")))).Line();
    }

    /// <summary>Each message: where it stands in the prompt, or why it does not.</summary>
    public static void WriteLayout(StyledLines lines, HarmonyEncoding encoding, RenderReport? rendering, TokenAnalysis analysis)
    {
        Dictionary<int, AnalyzedMessage> places = analysis.Messages.ToDictionary(message => message.Index);
        int[] ids = [.. analysis.Ids];
        IEnumerable<int> all = rendering is null ? places.Keys.Order() : rendering.Messages.Select(message => message.Index);
        foreach (int index in all)
        {
            if (!places.TryGetValue(index, out AnalyzedMessage? place))
            {
                RenderedMessage dropped = rendering!.Messages[index];
                lines.Append(string.Create(CultureInfo.InvariantCulture, $"messages[{index}]  dropped, {dropped.Ids} ids: {dropped.Explanation}"), "grey").Line();
                continue;
            }
            lines.Append(string.Create(CultureInfo.InvariantCulture, $"messages[{index}]  ids {place.Start} to {place.End - 1}: {place.HeaderIds} header, {place.ContentIds} content"), "bold").Line();
            lines.Append("  ").Append(Printable.Escape(encoding.Tokenizer.DecodeLossy(ids.AsSpan(place.Start, place.Ids)))).Line();
        }
    }

    /// <summary>One object of JSON in one line.</summary>
    public static void WriteJson(CliHost host, CheckInput input, ConversationReport report, FixedConversation? mended, TokenAnalysis? analysis, RenderReport? rendering, bool withLayout, HarmonyEncoding encoding)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            writer.WriteStartObject();
            if (input.Line is { } line)
                writer.WriteNumber("line", line);
            writer.WriteNumber("errors", report.Count(FindingSeverity.Error));
            writer.WriteNumber("warnings", report.Count(FindingSeverity.Warning));
            writer.WriteNumber("infos", report.Count(FindingSeverity.Info));
            writer.WriteStartObject("roles");
            foreach ((Role role, int count) in report.RoleCounts)
                writer.WriteNumber(Roles.NameOf(role), count);
            writer.WriteEndObject();
            writer.WriteStartObject("channels");
            foreach ((string channel, int count) in report.ChannelCounts)
                writer.WriteNumber(channel, count);
            writer.WriteEndObject();
            if (mended is not null)
                WriteFixed(writer, mended);
            writer.WriteStartArray("findings");
            foreach (Finding finding in report.Findings)
                WriteFinding(writer, finding);
            writer.WriteEndArray();
            if (analysis is not null)
                WriteAnalysis(writer, analysis, withLayout ? encoding : null);
            if (rendering is not null && withLayout)
                WriteDropped(writer, rendering);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        JsonSafe.Write(host, buffer.WrittenSpan);
    }

    static void WriteFixed(Utf8JsonWriter writer, FixedConversation mended)
    {
        ArrayBufferWriter<byte> conversation = new();
        ConversationJson.Write(mended.Conversation, conversation);
        writer.WritePropertyName("conversation");
        writer.WriteRawValue(conversation.WrittenSpan, skipInputValidation: true);
        writer.WriteStartArray("fixes");
        foreach (Fix fix in mended.Fixes)
        {
            writer.WriteStartObject();
            writer.WriteString("code", FindingCodes.NameOf(fix.Code));
            if (fix.MessageIndex is { } index)
                writer.WriteNumber("message", index);
            writer.WriteString("done", fix.Done);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void WriteFinding(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("code", FindingCodes.NameOf(finding.Code));
        writer.WriteString("severity", NameOf(finding.Severity));
        if (finding.MessageIndex is { } message)
            writer.WriteNumber("message", message);
        if (finding.TokenIndex is { } token)
            writer.WriteNumber("index", token);
        writer.WriteString("path", finding.Path);
        if (finding.Diagnostic is { } diagnostic)
            writer.WriteString("diagnostic", diagnostic);
        writer.WriteString("found", finding.Found);
        writer.WriteString("advice", finding.Advice);
        writer.WriteBoolean("fixable", finding.CanFix);
        writer.WriteEndObject();
    }

    static void WriteAnalysis(Utf8JsonWriter writer, TokenAnalysis analysis, HarmonyEncoding? withText)
    {
        writer.WriteStartObject("tokens");
        writer.WriteNumber("total", analysis.TotalIds);
        WriteCounts(writer, "specials", analysis.Specials);
        WriteCounts(writer, "channels", analysis.ChannelIds);
        writer.WriteStartObject("parts");
        foreach (PromptPart part in analysis.Parts)
            writer.WriteNumber(part.Name, part.Ids);
        writer.WriteEndObject();
        int[] ids = [.. analysis.Ids];
        writer.WriteStartArray("messages");
        foreach (AnalyzedMessage message in analysis.Messages)
        {
            writer.WriteStartObject();
            writer.WriteNumber("message", message.Index);
            writer.WriteString("role", Roles.NameOf(message.Message.Role));
            if (message.Message.Channel is { } channel)
                writer.WriteString("channel", channel);
            writer.WriteNumber("start", message.Start);
            writer.WriteNumber("header", message.HeaderIds);
            writer.WriteNumber("content", message.ContentIds);
            writer.WriteNumber("ids", message.Ids);
            if (withText is not null)
                writer.WriteString("text", withText.Tokenizer.DecodeLossy(ids.AsSpan(message.Start, message.Ids)));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    static void WriteCounts(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, int> counts)
    {
        writer.WriteStartObject(name);
        foreach ((string key, int count) in counts.OrderBy(count => count.Key, StringComparer.Ordinal))
            writer.WriteNumber(key, count);
        writer.WriteEndObject();
    }

    static void WriteDropped(Utf8JsonWriter writer, RenderReport rendering)
    {
        writer.WriteStartArray("dropped");
        foreach (RenderedMessage message in rendering.Messages.Where(message => !message.IsKept))
        {
            writer.WriteStartObject();
            writer.WriteNumber("message", message.Index);
            if (message.Ids is { } ids)
                writer.WriteNumber("ids", ids);
            writer.WriteString("reason", message.Explanation);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static string NameOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "info",
    };
}
