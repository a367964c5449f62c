using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class ConversationFixerTests
{
    static readonly CheckOptions Dated = new() { Date = new DateOnly(2025, 6, 28) };
    static readonly string[] Texts = ["", "a", "Hello.", "functions", "line\nline", "\0", "\uFEFFx", "<b>", "Current date: yesterday", "# Tools\n\n## python", "You are ChatGPT", "생각", "{}", "{\"a\":"];
    static readonly string[] Marks = ["<|end|>", "<|return|>", "<|start|>assistant", "<|channel|>final<|message|>", "<start>", "＜｜end｜＞", "<|im_end|>", "<|start|>assistant<|channel|>analysis<|message|>"];
    static readonly string?[] HeaderWords = [null, null, null, "", " ", "f", "functions.f", "functions.f<|channel|>commentary", "assistant", "all", "python", "g", "final", "analysis", "commentary", "comment"];

    static Gen<string> Text => Gen.Elements(Texts);

    static Gen<string> MarkedText =>
        from pieces in Gen.OneOf(Gen.Elements(Texts), Gen.Elements(Marks)).ListOf()
        select string.Concat(pieces);

    static Gen<ContentPart> Part(Gen<string> text) => Gen.Frequency(
        (6, text.Select(t => (ContentPart)new TextContent(t))),
        (1, Gen.Elements<ContentPart>(SystemContent.Default, new SystemContent(), SystemContent.Default with { ConversationStartDate = "2025/06/28" }, SystemContent.Default with { ConversationStartDate = "?" })),
        (1, from instructions in Gen.Elements(null, "Be brief.")
            from tools in Gen.Elements<ToolDescription[]>([], [new("f", "F.")], [new("f", "F."), new("python", "P.")])
            select (ContentPart)(tools.Length == 0 ? new DeveloperContent { Instructions = instructions } : new DeveloperContent { Instructions = instructions }.WithFunctions(tools))));

    static Gen<Message> AnyMessage(Gen<string> text) =>
        from role in Gen.Elements(Enum.GetValues<Role>())
        from name in Gen.Elements(HeaderWords)
        from recipient in Gen.Elements(HeaderWords)
        from channel in Gen.Elements(HeaderWords)
        from type in Gen.Elements(null, null, "<|constrain|>json", "code")
        from parts in Gen.Frequency((5, Part(text).Select(part => new List<ContentPart> { part })), (1, Part(text).ListOf().Select(parts => parts.Take(3).ToList())))
        select new Message { Author = new Author(role, role == Role.Tool ? name : null), Recipient = recipient, Channel = channel, ContentType = type, Content = parts };

    static Gen<Conversation> AnyConversation(Gen<string> text) => AnyMessage(text).ListOf().Select(messages => Conversation.Of(messages));

    [Fact]
    public void Checking_never_throws_and_fixing_is_done_once() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(AnyConversation(MarkedText).ToArbitrary(), conversation =>
        {
            ConversationChecker.Check(conversation, Dated);
            FixedConversation once = ConversationFixer.Fix(conversation, Dated);
            FixedConversation twice = ConversationFixer.Fix(once.Conversation, Dated);
            Assert.Equal(once.Conversation, twice.Conversation);
            Assert.Empty(twice.Fixes);
            Assert.Equal(once.Fixes.Count == 0, once.Conversation == conversation);
            Assert.Equal(once.Conversation, ConversationJson.Read(ConversationJson.Write(once.Conversation)));
        }));

    [Fact]
    public void What_was_fixed_has_no_finding_left_that_can_be_fixed() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(AnyConversation(MarkedText).ToArbitrary(), conversation =>
        {
            ConversationReport before = ConversationChecker.Check(conversation, Dated);
            FixedConversation mended = ConversationFixer.Fix(conversation, Dated);
            Assert.Equal("", string.Join('\n', ConversationChecker.Check(mended.Conversation, Dated).Findings.Where(finding => finding.CanFix)));
            if (before.Findings.Any(finding => finding.CanFix))
                Assert.NotEmpty(mended.Fixes);
        }));

    [Fact]
    public void No_text_is_lost() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(AnyConversation(Text).ToArbitrary(), conversation =>
        {
            Conversation mended = ConversationFixer.Fix(conversation, Dated).Conversation;
            Assert.Equal(Letters(conversation), Letters(mended));
            string all = string.Concat(mended.Messages.SelectMany(Words));
            Assert.All(conversation.Messages.SelectMany(message => message.Content.OfType<TextContent>()), part => Assert.Contains(part.Text, all, StringComparison.Ordinal));
        }));

    [Fact]
    public void What_is_taken_off_a_text_is_marks_alone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(MarkedText.ToArbitrary(), text =>
        {
            Message message = Message.Assistant(text, Channels.Final);
            string kept = ConversationFixer.Fix(Conversation.Of(message)).Conversation.Messages[^1].Text;
            // The words may stand inside a mark too, so each place where they could have come from is tried.
            IEnumerable<int> places = Enumerable.Range(0, text.Length - kept.Length + 1).Where(at => text.AsSpan(at).StartsWith(kept, StringComparison.Ordinal));
            Assert.Contains(places, at => AreMarks(text.Remove(at, kept.Length)));
        }));

    static bool AreMarks(string text) =>
        string.IsNullOrWhiteSpace(Marks.OrderByDescending(mark => mark.Length).Append("assistant").Aggregate(text, (rest, mark) => rest.Replace(mark, "", StringComparison.Ordinal)));

    static IEnumerable<string> Words(Message message) => message.Content.Select(part => part switch
    {
        TextContent text => text.Text,
        DeveloperContent developer => developer.Instructions ?? "",
        _ => "",
    });

    /// <summary>Every character but line breaks, counted: moving and joining change neither.</summary>
    static string Letters(Conversation conversation) => string.Concat(conversation.Messages.SelectMany(Words).SelectMany(text => text).Where(c => c != '\n').Order());

    [Fact]
    public void Calls_and_results_are_never_joined()
    {
        Message call = Message.FunctionCall("functions.f", "{}");
        Conversation conversation = Conversation.Of(
            Message.System(SystemContent.Default.WithDate(new(2025, 6, 28))), Message.Developer(new DeveloperContent().WithFunctions(new ToolDescription("f", "F."), new ToolDescription("g", "G."))), Message.User("hi"),
            call, call, Message.ToolResult(call, "1"), Message.ToolResult(call, "2"),
            Message.FunctionCall("functions.g", "{}"), Message.Tool("functions.g", "3") with { Recipient = "assistant", Channel = "commentary" },
            Message.Assistant("Reasoned.", Channels.Analysis), Message.Assistant("Said.", Channels.Final));
        FixedConversation mended = ConversationFixer.Fix(conversation);
        Assert.Empty(mended.Fixes);
        Assert.Equal(conversation, mended.Conversation);
    }

    [Fact]
    public void Each_fix_is_told()
    {
        FixedConversation mended = ConversationFixer.Fix(Conversation.Of(
            Message.FromText(Role.System, "You are a pirate."), Message.User("Hi"), Message.User("there"),
            Message.Assistant("Think.", Channels.Analysis), Message.Assistant("Arr.<|return|>"), Message.User("Weather?"),
            Message.FunctionCall("functions.f", "{}"), Message.FromText(Role.Tool, "Rain.")), Dated);
        Assert.Equal(
            ["instructions_in_system 0", "missing_system", "missing_date", "leftover_control_text 4", "missing_channel 4", "result_not_to_assistant 7", "tool_without_name 7", "consecutive_user 2"],
            mended.Fixes.Select(fix => $"{FindingCodes.NameOf(fix.Code)} {fix.MessageIndex}".TrimEnd()));
        Assert.Equal(
            """
            {"messages":[{"role":"system","content":[{"type":"system_content","model_identity":"You are ChatGPT, a large language model trained by OpenAI.","reasoning_effort":"Medium","tools":null,"conversation_start_date":"2025-06-28","knowledge_cutoff":"2024-06","channel_config":{"valid_channels":["analysis","commentary","final"],"channel_required":true}}]},{"role":"developer","content":[{"type":"developer_content","instructions":"You are a pirate.","tools":null}]},{"role":"user","content":"Hi\n\nthere"},{"role":"assistant","content":"Think.","channel":"analysis"},{"role":"assistant","content":"Arr.","channel":"final"},{"role":"user","content":"Weather?"},{"role":"assistant","recipient":"functions.f","content":"{}","channel":"commentary","content_type":"<|constrain|>json"},{"role":"tool","name":"functions.f","recipient":"assistant","content":"Rain."}]}
            """, ConversationJson.Write(mended.Conversation));
    }

    [Fact]
    public void A_long_conversation_is_mended_in_one_pass()
    {
        Conversation conversation = Conversation.Of(Enumerable.Range(0, 20_000).Select(_ => Message.User("x<|end|>")));
        FixedConversation mended = ConversationFixer.Fix(conversation);
        Assert.Equal(2, mended.Conversation.Messages.Count);
        Assert.Equal((20_000 * 8) + (19_999 * 2), mended.Conversation.Messages[1].Text.Length);
    }
}
