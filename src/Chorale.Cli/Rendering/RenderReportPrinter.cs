using System.Globalization;
using System.Text.Json;
using Chorale.Harmony;
using Spectre.Console;

namespace Chorale.Cli;

/// <summary>A <see cref="RenderReport"/> for people, and as JSON.</summary>
static class RenderReportPrinter
{
    public static void Print(CliHost host, RenderReport report)
    {
        IAnsiConsole console = Terminal.CreateForError(host);
        Table table = new Table().Border(TableBorder.Simple).AddColumns("#", "author", "to", "channel", "ids", "", "why");
        table.Columns[0].RightAligned();
        table.Columns[4].RightAligned();
        foreach (RenderedMessage message in report.Messages)
        {
            table.AddRow(
                Number(message.Index),
                Markup.Escape(AuthorOf(message.Message)),
                Markup.Escape(message.Message.Recipient ?? ""),
                Markup.Escape(message.Message.Channel ?? ""),
                message.Ids is { } ids ? Number(ids) : "",
                message.IsKept ? "kept" : "[yellow]dropped[/]",
                Markup.Escape(message.Explanation));
        }
        console.Write(table);
        string start = report.StartIds > 0 ? $", {Number(report.StartIds)} of them the start of the next message" : "";
        host.Error.WriteLine($"{Number(report.TotalIds)} ids{start}; rule {AnalysisDroppings.NameOf(report.Rule)}: {Number(report.DroppedCount)} of {Number(report.Messages.Count)} messages dropped, {Number(report.SavedIds)} ids saved");
    }

    /// <summary>Writes the property <c>report</c>.</summary>
    public static void Write(Utf8JsonWriter writer, RenderReport report)
    {
        writer.WriteStartObject("report");
        writer.WriteString("rule", AnalysisDroppings.NameOf(report.Rule));
        writer.WriteString("for", JsonNamingPolicy.SnakeCaseLower.ConvertName(report.Purpose.ToString()));
        writer.WriteNumber("total_ids", report.TotalIds);
        writer.WriteNumber("start_ids", report.StartIds);
        writer.WriteNumber("saved_ids", report.SavedIds);
        writer.WriteNumber("dropped", report.DroppedCount);
        writer.WriteStartArray("messages");
        foreach (RenderedMessage message in report.Messages)
            Write(writer, message);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    static void Write(Utf8JsonWriter writer, RenderedMessage message)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", message.Index);
        writer.WriteString("role", Roles.NameOf(message.Message.Role));
        if (message.Message.Author.Name is { } name)
            writer.WriteString("name", name);
        if (message.Message.Recipient is { } recipient)
            writer.WriteString("recipient", recipient);
        if (message.Message.Channel is { } channel)
            writer.WriteString("channel", channel);
        writer.WriteBoolean("kept", message.IsKept);
        writer.WriteString("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(message.Reason.ToString()));
        writer.WriteString("why", message.Explanation);
        if (message.Ids is { } ids)
            writer.WriteNumber("ids", ids);
        writer.WriteEndObject();
    }

    static string AuthorOf(Message message) =>
        message.Role == Role.Tool ? message.Author.Name ?? Roles.NameOf(Role.Tool)
        : message.Author.Name is { } name ? $"{Roles.NameOf(message.Role)}:{name}"
        : Roles.NameOf(message.Role);

    static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
