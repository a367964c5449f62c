namespace Chorale.Harmony.Tests;

public class RawCheckTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    const string Prefix = "<|start|>system<|message|>You are ChatGPT.\nCurrent date: 2025-06-28\n\n# Valid channels: analysis, commentary, final.<|end|><|start|>user<|message|>Hi<|end|>";

    /// <summary>Texts, and each finding as <c>code path</c>, with the parser's code behind a slash.</summary>
    public static TheoryData<string, string[]> Texts => new()
    {
        { $"{Prefix}<|start|>assistant<|channel|>final<|message|>Hi.<|return|>", [] },
        { $"{Prefix}<|start|>assistant", [] },
        { $"{Prefix}<|start|>assistant<|channel|>final<|message|>Hi.<|return|><|start|>user<|message|>Yo<|end|>", ["wrong_end tokens[42]"] },
        { "<|start|>user<|message|>Hi<|return|>", ["wrong_end tokens[4]", "missing_system messages"] },
        { $"{Prefix}<|start|>assistant<|channel|>final<|message|>Hi", ["malformed_harmony/missing_end tokens[41]"] },
        { $"{Prefix}<|start|>assistant<|channel|>final {{\"a\":1}}<|return|>", ["malformed_harmony/missing_message tokens[44]"] },
        { $"{Prefix}<|start|>assistant<|channel|>fina<|message|>4<|return|>", ["malformed_harmony/unknown_channel tokens[38]"] },
        { "<|start|>\nsystem\nKnowledge cutoff: 2025-08\n<|end|>\n<|start|>\nassistant\nchannel: final\n结果是4。\n<|end|>\n<|return|>",
            ["newline_in_header text[9]", "missing_message_token text[16]", "newline_in_header text[60]", "channel_as_text text[71]", "missing_message_token text[85]",
             "malformed_harmony/text_between_messages messages[1]", "malformed_harmony/text_between_messages messages[1]", "malformed_harmony/stray_end messages[1]",
             "missing_date messages[0].content", "missing_channel_list messages[0].content", "missing_user messages"] },
        { $"{Prefix}<start>assistant<|channel|>final<|message|>Hi.<|end|>", ["mistyped_control_token text[155]"] },
        { "<|im_start|>user\nHi<|im_end|><|im_start|>assistant\nYo<|im_end|>",
            ["mistyped_control_token text[0]", "mistyped_control_token text[19]", "mistyped_control_token text[29]", "mistyped_control_token text[53]",
             "newline_in_header text[12]", "missing_message_token text[16]", "newline_in_header text[41]", "missing_message_token text[50]",
             "missing_system messages", "missing_channel messages[1].channel"] },
        { "analysisWe need one word.assistantfinalfour", ["malformed_harmony/control_tokens_stripped text[0]", "missing_system messages", "missing_user messages"] },
    };

    [Theory, MemberData(nameof(Texts))]
    public void Each_text_has_its_findings(string text, string[] expected)
    {
        ConversationReport report = ConversationChecker.CheckText(Encoding, text, text.StartsWith('<') ? null : Role.Assistant);
        Assert.Equal(expected.Order(StringComparer.Ordinal),
            report.Findings.Select(finding => $"{FindingCodes.NameOf(finding.Code)}{(finding.Diagnostic is null ? "" : $"/{finding.Diagnostic}")} {finding.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Hand_written_Harmony_becomes_messages()
    {
        ConversationReport report = ConversationChecker.CheckText(Encoding,
            "<|start|>\nsystem\nKnowledge cutoff: 2025-08\n<|end|>\n<|start|>\nassistant\nchannel: final\n结果是4。\n<|end|>\n<|return|>");
        Assert.Equal([Message.FromText(Role.System, "Knowledge cutoff: 2025-08"), Message.Assistant("结果是4。", Channels.Final)], report.Conversation.Messages);
        Assert.Equal(8, report.Fixes.Count);
        Assert.True(report.HasErrors);
    }

    [Theory]
    [InlineData("<start>user<message>Hi<end><start>assistant<channel>final<message>Yo<end>")]
    [InlineData("＜|start|＞user＜|message|＞Hi＜|end|＞＜|start|＞assistant＜|channel|＞final＜|message|＞Yo＜|end|＞")]
    [InlineData("<｜start｜>user<｜message｜>Hi<｜end｜><｜start｜>assistant<｜channel｜>final<｜message｜>Yo<｜end｜>")]
    public void Markers_that_nearly_are_control_tokens_are_read_as_what_was_meant(string text)
    {
        ConversationReport report = ConversationChecker.CheckText(Encoding, text);
        Assert.Equal([Message.User("Hi"), Message.Assistant("Yo", Channels.Final)], report.Conversation.Messages);
        Assert.All(report.Findings.Where(finding => finding.Severity == FindingSeverity.Error), finding => Assert.Equal(FindingCode.MistypedControlToken, finding.Code));
    }

    [Theory]
    [InlineData("<|start|>assistant<|channel|>finalto=f<|channel|>")]
    [InlineData("<|start|>assistant to=f{<|channel|>")]
    [InlineData("<|start|>assistant<|channel|>final{\"a\":1}<|constrain|>")]
    public void A_header_whose_words_are_taken_apart_before_a_marker_is_read(string text) =>
        Assert.NotEmpty(ConversationChecker.CheckText(Encoding, text).Conversation.Messages);

    [Fact]
    public void Ids_and_text_are_checked_alike() =>
        Assert.All(Texts.Select(row => row.Data.Item1).Where(text => text.StartsWith("<|start|>user", StringComparison.Ordinal) || text.StartsWith(Prefix, StringComparison.Ordinal)).Where(text => !text.Contains("<start>", StringComparison.Ordinal)), text =>
            Assert.Equal(ConversationChecker.CheckText(Encoding, text).Findings, ConversationChecker.CheckIds(Encoding, Encoding.Tokenizer.EncodeWithSpecials(text)).Findings));
}
