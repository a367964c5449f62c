using System.Globalization;

namespace Chorale.Harmony;

/// <summary>Checks Harmony as ids or text: first how it is written, then the conversation that it makes.</summary>
static class RawCheck
{
    public static ConversationReport Ids(HarmonyEncoding encoding, ReadOnlySpan<int> ids, Role? role, CheckOptions options)
    {
        ids = ids[..TokenExplanation.PromptLength(encoding, ids)];
        HarmonyParser parser = encoding.CreateParser(role);
        parser.Push(ids);
        parser.Finish();
        List<Finding> findings = [];
        List<Fix> fixes = [];
        AddDiagnostics(parser, "tokens", ids.Length, findings, fixes);
        AddEnds(encoding, ids, parser, findings, fixes);
        return Report(parser, findings, fixes, options);
    }

    public static ConversationReport Text(HarmonyEncoding encoding, string text, Role? role, CheckOptions options)
    {
        HarmonyTextParser stripped = HarmonyTextParser.Parse(text, role);
        if (stripped.Form == HarmonyTextForm.Stripped)
        {
            List<Finding> findings = [];
            List<Fix> fixes = [];
            AddDiagnostics(stripped, "text", text.Length, findings, fixes);
            return Report(stripped, findings, fixes, options);
        }
        HandWritten mended = HandWritten.Mend(text);
        ConversationReport report = Ids(encoding, encoding.Tokenizer.EncodeWithSpecials(mended.Text), role, options);
        return mended.Findings.Count == 0 ? report : report with
        {
            Findings = [.. mended.Findings, .. report.Findings.Select(OfMessage)],
            Fixes = [.. mended.Fixes, .. report.Fixes],
        };
    }

    /// <summary>Behind a mended text the places of ids say nothing about the text that was given; the message does.</summary>
    static Finding OfMessage(Finding finding) => finding.TokenIndex is null ? finding
        : finding with { TokenIndex = null, Path = finding.MessageIndex is { } message ? $"messages[{message}]" : "messages" };

    static ConversationReport Report(HarmonyReader parser, List<Finding> findings, List<Fix> fixes, CheckOptions options)
    {
        Conversation conversation = Conversation.Of(parser.Messages);
        // The parser has told of channels and marks already, at the very id.
        HashSet<(FindingCode, int?)> told = [.. findings.Where(finding => finding.Diagnostic == "unknown_channel").Select(finding => (FindingCode.UnknownChannel, finding.MessageIndex))];
        findings.AddRange(new ConversationCheck(conversation, options).Run().Where(finding => !told.Contains((finding.Code, finding.MessageIndex))));
        return new() { Conversation = conversation, Findings = findings, Fixes = fixes };
    }

    static void AddDiagnostics(HarmonyReader parser, string places, int length, List<Finding> findings, List<Fix> fixes)
    {
        foreach (HarmonyDiagnostic diagnostic in parser.Diagnostics)
        {
            int? message = parser.Messages.Count == 0 ? null : Math.Min(diagnostic.MessageIndex, parser.Messages.Count - 1);
            findings.Add(new()
            {
                Code = FindingCode.MalformedHarmony,
                Severity = SeverityOf(diagnostic, length),
                MessageIndex = message,
                TokenIndex = places == "tokens" ? diagnostic.Index : null,
                Path = string.Create(CultureInfo.InvariantCulture, $"{places}[{diagnostic.Index}]"),
                Found = diagnostic.Found.Length == 0 ? $"{DiagnosticCodes.Describe(diagnostic.Code)}." : $"{DiagnosticCodes.Describe(diagnostic.Code)}: {Printable.Quote(diagnostic.Found)}.",
                Advice = $"Read as: {Printable.Escape(diagnostic.Done)}.",
                Diagnostic = diagnostic.Name,
                CanFix = true,
            });
            fixes.Add(new(FindingCode.MalformedHarmony, message, $"{DiagnosticCodes.Describe(diagnostic.Code)}: {Printable.Escape(diagnostic.Done)}."));
        }
    }

    /// <summary>What a completion cut by its limit has, and what is well-formed but unusual, is no error.</summary>
    static FindingSeverity SeverityOf(HarmonyDiagnostic diagnostic, int length) => diagnostic.Code switch
    {
        DiagnosticCode.MissingEnd when diagnostic.Index >= length => FindingSeverity.Warning,
        DiagnosticCode.TextBetweenMessages when string.IsNullOrWhiteSpace(diagnostic.Found) => FindingSeverity.Warning,
        DiagnosticCode.UnknownChannel or DiagnosticCode.CallNotEndedByCall or DiagnosticCode.CallWithoutRecipient or DiagnosticCode.RecipientIsNoTool => FindingSeverity.Warning,
        _ => FindingSeverity.Error,
    };

    /// <summary>In a history every message but a call ends in <c>&lt;|end|&gt;</c>; <c>&lt;|return|&gt;</c> closes the very last one at most.</summary>
    static void AddEnds(HarmonyEncoding encoding, ReadOnlySpan<int> ids, HarmonyParser parser, List<Finding> findings, List<Fix> fixes)
    {
        ControlTokens control = encoding.Control;
        for (int i = 0; i < parser.Spans.Count; i++)
        {
            int at = parser.Spans[i].End - 1;
            if (at < 0 || at >= ids.Length || !(ids[at] == control.Return || ids[at] == control.Call))
                continue;
            bool isAssistant = parser.Messages[i].Role == Role.Assistant;
            bool isWrong = !isAssistant || (ids[at] == control.Return && i < parser.Spans.Count - 1 && !HarmonyCall.IsCall(parser.Messages[i]));
            if (!isWrong)
                continue;
            string name = ids[at] == control.Return ? "<|return|>" : "<|call|>";
            findings.Add(new()
            {
                Code = FindingCode.WrongEnd,
                Severity = FindingCodes.SeverityOf(FindingCode.WrongEnd),
                MessageIndex = i,
                TokenIndex = at,
                Path = string.Create(CultureInfo.InvariantCulture, $"tokens[{at}]"),
                Found = isAssistant ? $"The message ends in {name}, but the conversation goes on." : $"The {Roles.NameOf(parser.Messages[i].Role)} message ends in {name}.",
                Advice = "In a history it ends in <|end|>: only the model writes the other two, to stop.",
                CanFix = true,
            });
            fixes.Add(new(FindingCode.WrongEnd, i, $"Ended the message in <|end|> instead of {name}."));
        }
    }
}
