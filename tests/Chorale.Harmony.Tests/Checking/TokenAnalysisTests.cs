using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class TokenAnalysisTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    static readonly Conversation Example = Conversation.Of(
        Message.System(SystemContent.Default.WithDate(new(2025, 6, 28)).WithBrowser().WithPython()),
        Message.Developer(new DeveloperContent { Instructions = "# Tools\n\n## fake\n\nSay 안녕 🎉." }.WithFunctions(
            new ToolDescription("f", "First line.\nSecond line.", JsonSchema.Parse("""{"type":"object","properties":{"a":{"type":"string","description":"An a."}}}""")),
            new ToolDescription("g", "Takes nothing."))),
        Message.User("Hi"),
        Message.Assistant("Hm.", Channels.Analysis),
        Message.FunctionCall("functions.f", "{}"),
        Message.ToolResult(Message.FunctionCall("functions.f", "{}"), "ok"),
        Message.Assistant("Done.", Channels.Final));

    [Fact]
    public void Each_part_of_a_prompt_has_its_cost()
    {
        TokenAnalysis analysis = TokenAnalysis.Of(Encoding, Example, RenderOptions.KeepAnalysis);
        Assert.Equal(
            ["system", "system.tools", "system.tools.browser", "system.tools.browser.search", "system.tools.browser.open", "system.tools.browser.find", "system.tools.python", "headers",
             "developer.instructions", "developer.tools", "developer.tools.functions", "developer.tools.functions.f", "developer.tools.functions.g",
             "history.user", "history.assistant.analysis", "history.assistant.commentary.calls", "history.tool.functions.f", "history.assistant.final", "next"],
            analysis.Parts.Select(part => part.Name));
        Assert.Equal(analysis.TotalIds, analysis.Parts.Sum(part => part.Ids));
        Assert.Equal(Encoding.RenderForCompletion(Example, options: RenderOptions.KeepAnalysis), analysis.Ids);
        int instructions = Encoding.Tokenizer.Count("# Instructions\n\n# Tools\n\n## fake\n\nSay 안녕 🎉.");
        Assert.InRange(analysis.Parts.Single(part => part.Name == "developer.instructions").Ids, instructions, instructions + 1);
        Assert.Equal(8, analysis.Specials["<|start|>"]);
        Assert.Equal(1, analysis.Specials["<|call|>"]);
    }

    [Fact]
    public void Response_formats_and_results_have_their_cost()
    {
        DeveloperContent content = new DeveloperContent { Instructions = "Be brief." }
            .WithFunctions(new ToolDescription("f", "F."), new ToolDescription("g", "G.") { Returns = JsonSchema.Parse("""{"type":"object","properties":{"a":{"type":"string"}}}""") }, new ToolDescription("h", "H."))
            .WithResponseFormats(new ResponseFormat("answer", JsonSchema.Parse("""{"type":"object"}"""), "One."), new ResponseFormat("list", JsonSchema.Parse("""{"type":"array"}""")));
        TokenAnalysis analysis = TokenAnalysis.Of(Encoding, Conversation.Of(Message.Developer(content)), new RenderOptions { Schemas = SchemaStyle.Complete });
        Assert.Equal(
            ["developer.instructions", "developer.tools", "developer.tools.functions", "developer.tools.functions.f", "developer.tools.functions.g", "developer.tools.functions.h",
             "developer.response_formats", "developer.response_formats.answer", "developer.response_formats.list", "headers", "next"],
            analysis.Parts.Select(part => part.Name));
        Assert.Equal(analysis.TotalIds, analysis.Parts.Sum(part => part.Ids));
    }

    [Fact]
    public void Each_message_has_its_place()
    {
        TokenAnalysis analysis = TokenAnalysis.Of(Encoding, Example);
        int[] ids = [.. analysis.Ids];
        Assert.Equal([0, 1, 2, 4, 5, 6], analysis.Messages.Select(message => message.Index));   // 3 is dropped
        Assert.All(analysis.Messages, message => Assert.Equal(Encoding.RenderMessage(message.Message, hasFunctionTools: true), ids[message.Start..message.End]));
        Assert.All(analysis.Messages, message => Assert.Equal(message.Ids, message.HeaderIds + message.ContentIds + 1));
    }

    [Fact]
    public void Recorded_prompts_add_up_from_messages_and_from_ids() =>
        Recorded.All(Recorded.Cases("render.jsonl").Where(recorded => recorded.Op == "render" && recorded.Error is null && recorded.Request.TryGetProperty("conversation", out _)).Where((_, index) => index % 3 == 0), recorded =>
        {
            Conversation conversation = ConversationJson.Read(recorded.Json("conversation"));
            TokenAnalysis analysis = TokenAnalysis.Of(Encoding, conversation);
            Assert.Equal(analysis.TotalIds, analysis.Parts.Sum(part => part.Ids));
            TokenAnalysis raw = TokenAnalysis.Of(Encoding, analysis.Ids.ToArray());
            Assert.Equal(raw.TotalIds, raw.Parts.Sum(part => part.Ids));
            Assert.Equal(raw.Specials.OrderBy(special => special.Key, StringComparer.Ordinal), analysis.Specials.OrderBy(special => special.Key, StringComparer.Ordinal));
        });

    [Fact]
    public void What_was_rendered_is_explained_as_it_was_built()
    {
        int[] ids = Encoding.RenderForCompletion(Example, options: RenderOptions.KeepAnalysis);
        TokenExplanation explanation = TokenExplanation.Of(Encoding, ids);
        Assert.Empty(explanation.Diagnostics);
        Assert.Equal(Example.Messages.Count, explanation.Messages.Count);
        for (int i = 0; i < explanation.Messages.Count; i++)
        {
            Message message = explanation.Messages[i];
            Assert.Equal(message.Text, Text(i, TokenKind.Content));
            Assert.Equal(message.Role == Role.Tool ? message.Author.Name : Roles.NameOf(message.Role), Text(i, TokenKind.Role));
            Assert.Equal(message.Channel ?? "", Text(i, TokenKind.Channel).Trim());
            Assert.Equal(message.Recipient is null ? "" : $"to={message.Recipient}", Text(i, TokenKind.Recipient).Trim());
            Assert.Equal(message.ContentType?.Replace("<|constrain|>", "", StringComparison.Ordinal) ?? "", Text(i, TokenKind.ContentType).Trim());
            Assert.Equal("", Text(i, TokenKind.Free));
        }

        string Text(int message, TokenKind kind) => Encoding.Tokenizer.Decode([.. explanation.Tokens.Where(token => token.MessageIndex == message && token.Kind == kind).Select(token => token.Id)]);
    }

    [Fact]
    public void Any_ids_are_explained_and_checked() =>
        Check.QuickThrowOnFailure(Prop.ForAll(AnyIds.ToArbitrary(), ids =>
        {
            foreach (Role? role in new Role?[] { null, Role.Assistant })
            {
                TokenExplanation explanation = TokenExplanation.Of(Encoding, ids, role);
                Assert.Equal(ids, explanation.Tokens.Select(token => token.Id));
                int last = -1;
                foreach (ExplainedToken token in explanation.Tokens.Where(token => token.MessageIndex >= 0))
                {
                    Assert.InRange(token.MessageIndex, last, explanation.Messages.Count - 1);
                    last = token.MessageIndex;
                }
                Assert.Equal(ids.Length, TokenAnalysis.Of(Encoding, ids, role).Parts.Sum(part => part.Ids));
                ConversationReport report = ConversationChecker.CheckIds(Encoding, ids, role);
                Assert.DoesNotContain(report.Findings.SelectMany(finding => finding.ToString()), char.IsControl);
                ConversationFixer.Fix(report.Conversation);
            }
        }));

    [Fact]
    public void Any_text_is_checked() =>
        Check.QuickThrowOnFailure(Prop.ForAll(AnyText.ToArbitrary(), text =>
        {
            ConversationReport report = ConversationChecker.CheckText(Encoding, text);
            Assert.DoesNotContain(report.Findings.SelectMany(finding => finding.ToString()), char.IsControl);
            Assert.DoesNotContain(report.Fixes.SelectMany(fix => fix.Done), char.IsControl);
        }));

    static Gen<int[]> AnyIds => Gen.Frequency(
        (4, Gen.Choose(0, 199_997)), (1, Gen.Choose(-3, 3)), (1, Gen.Choose(201_080, 201_100)), (6, Gen.Elements(200002, 200003, 200005, 200006, 200007, 200008, 200012, 199999)),
        (4, Gen.Elements(173781, 17360, 35644, 12606, 815, 316, 28, 4108, 220, 198))).ListOf().Select(ids => ids.ToArray());

    static Gen<string> AnyText =>
        from pieces in Gen.Elements("<|start|>", "<start>", "\n", "user", "assistant", "system", "channel: final", "<|channel|>", "final", " ", "<|message|>", "Hi", "<|end|>", "<|im_end|>", "<|im_start|>", "＜|end|＞", "\u001b[2J", "\uD800", "analysis", "assistantfinal", "to=f", "<|call|>").ListOf()
        select string.Concat(pieces);
}
