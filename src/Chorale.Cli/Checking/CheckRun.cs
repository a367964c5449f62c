using System.Globalization;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>Checks one conversation after the other as the command line says.</summary>
sealed class CheckRun(CliHost host, HarmonyEncoding encoding)
{
    public required string Role { get; init; }

    public required CheckOptions Options { get; init; }

    public required RenderOptions Rendering { get; init; }

    public bool Fix { get; init; }

    public bool Strict { get; init; }

    public bool Tokens { get; init; }

    public bool Layout { get; init; }

    public bool Json { get; init; }

    /// <summary>Checks one and prints it; false where it fails.</summary>
    public bool Check(CheckInput input)
    {
        ConversationReport report = input.Check(encoding, Role, Options);
        FixedConversation? mended = null;
        if (Fix && report.Conversation.Messages.Count > 0)
        {
            FixedConversation changed = ConversationFixer.Fix(report.Conversation, Options);
            mended = changed with { Fixes = [.. report.Fixes, .. changed.Fixes] };
            report = ConversationChecker.Check(mended.Conversation, Options);
        }
        (TokenAnalysis? analysis, RenderReport? rendering) = Analyze(input, report, mended);
        if (Json)
            CheckWriter.WriteJson(host, input, report, mended, analysis, rendering, Layout, encoding);
        else if (Fix)
            PrintFixed(input, report, mended);
        else
            Print(input, report, analysis, rendering);
        return !report.HasErrors && !(Strict && report.Count(FindingSeverity.Warning) > 0);
    }

    (TokenAnalysis? Analysis, RenderReport? Rendering) Analyze(CheckInput input, ConversationReport report, FixedConversation? mended)
    {
        if (!Tokens && !Layout)
            return default;
        if (input.Json is null && mended is null)
            return (TokenAnalysis.Of(encoding, input.ToIds(encoding, Rendering), input.FirstRole(Role, encoding)), null);
        Conversation conversation = mended?.Conversation ?? report.Conversation;
        if (report.HasErrors || conversation.Messages.Count == 0)
            return default;   // it cannot be rendered, which the findings tell
        return (TokenAnalysis.Of(encoding, conversation, Rendering), encoding.DescribeRendering(conversation, Rendering));
    }

    void Print(CheckInput input, ConversationReport report, TokenAnalysis? analysis, RenderReport? rendering)
    {
        StyledLines lines = new(host);
        CheckWriter.WriteFindings(lines, Prefix(input), report);
        if (analysis is not null && Tokens)
            CheckWriter.WriteTokens(lines, analysis);
        if (analysis is not null && Layout)
            CheckWriter.WriteLayout(lines, encoding, rendering, analysis);
        lines.Flush();
    }

    void PrintFixed(CheckInput input, ConversationReport report, FixedConversation? mended)
    {
        if (mended is not null)
        {
            host.Out.WriteLine(JsonSafe.Escape(ConversationJson.Write(mended.Conversation)));
            CheckWriter.WriteFixes(host.Error, Prefix(input), mended.Fixes);
        }
        foreach (Finding finding in report.Findings)
            host.Error.WriteLine($"{Prefix(input)}{finding}");
    }

    static string Prefix(CheckInput input) => input.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"line {line}: ") : "";
}
