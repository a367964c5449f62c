using FsCheck;
using FsCheck.Fluent;

namespace Chorale.Harmony.Tests;

public class AnalysisDroppingTests
{
    static HarmonyEncoding Encoding => HarmonyEncoding.Default;

    /// <summary>Two turns of thought, call, result, thought and answer, then a question and a call that waits for its result.</summary>
    static readonly Message[] Talk =
    [
        Message.User("Paris?"),                                            // 0
        Message.Assistant("need the tool", Channels.Analysis),             // 1
        Message.FunctionCall("functions.f", "{}"),                         // 2
        Result("18"),                                                      // 3
        Message.Assistant("got it", Channels.Analysis),                    // 4
        Message.Assistant("18 °C", Channels.Final),                        // 5
        Message.User("Tokyo?"),                                            // 6
        Message.Assistant("again", Channels.Analysis),                     // 7
        Message.FunctionCall("functions.f", "{}"),                         // 8
        Result("20"),                                                      // 9
        Message.Assistant("got it too", Channels.Analysis),                // 10
        Message.Assistant("20 °C", Channels.Final),                        // 11
        Message.User("Oslo?"),                                             // 12
        Message.Assistant("once more", Channels.Analysis),                 // 13
        Message.FunctionCall("functions.f", "{}"),                         // 14
    ];

    [Theory]
    [InlineData(AnalysisDropping.Harmony, 15, RenderPurpose.Completion)]
    [InlineData(AnalysisDropping.Harmony, 13, RenderPurpose.Completion, 1, 4)]
    [InlineData(AnalysisDropping.Harmony, 6, RenderPurpose.Completion, 1, 4)]
    [InlineData(AnalysisDropping.None, 15, RenderPurpose.Completion)]
    [InlineData(AnalysisDropping.Template, 15, RenderPurpose.Completion, 1, 4, 7, 10)]
    [InlineData(AnalysisDropping.Template, 10, RenderPurpose.Completion, 1, 4)]
    [InlineData(AnalysisDropping.Template, 4, RenderPurpose.Completion)]
    [InlineData(AnalysisDropping.Template, 12, RenderPurpose.Completion, 1, 4, 7, 10)]
    [InlineData(AnalysisDropping.Template, 12, RenderPurpose.Conversation, 1, 4, 7, 10)]
    [InlineData(AnalysisDropping.Template, 12, RenderPurpose.Training, 1, 4, 7)]
    [InlineData(AnalysisDropping.Template, 13, RenderPurpose.Training, 1, 4, 7, 10)]
    [InlineData(AnalysisDropping.PerTurn, 15, RenderPurpose.Completion, 1, 4, 7, 10)]
    [InlineData(AnalysisDropping.PerTurn, 12, RenderPurpose.Completion, 1, 4)]
    [InlineData(AnalysisDropping.PerTurn, 6, RenderPurpose.Completion)]
    [InlineData(AnalysisDropping.PerTurn, 7, RenderPurpose.Completion, 1, 4)]
    public void Each_rule_drops_what_it_says(AnalysisDropping rule, int messages, RenderPurpose purpose, params int[] dropped)
    {
        RenderReport report = Encoding.DescribeRendering(Conversation.Of(Talk.Take(messages)), new() { AnalysisDropping = rule }, purpose);
        Assert.Equal(dropped, report.Messages.Where(message => !message.IsKept).Select(message => message.Index));
    }

    [Theory]
    [InlineData(AnalysisDropping.Harmony, 1, 2)]
    [InlineData(AnalysisDropping.Template)]
    [InlineData(AnalysisDropping.PerTurn, 1, 2)]
    public void A_call_on_analysis_and_its_result_are_reasoning_except_to_the_template(AnalysisDropping rule, params int[] dropped)
    {
        Message call = Message.FunctionCall("python", "1+1") with { Channel = Channels.Analysis };
        Conversation conversation = Conversation.Of(Message.User("1 + 1?"), call, Message.ToolResult(call, "2"), Message.Assistant("2", Channels.Final));
        if (rule == AnalysisDropping.PerTurn)
            conversation = conversation.With(Message.User("Thanks."));
        RenderReport report = Encoding.DescribeRendering(conversation, new() { AnalysisDropping = rule });
        Assert.Equal(dropped, report.Messages.Where(message => !message.IsKept).Select(message => message.Index));
    }

    [Fact]
    public void Each_reason_has_its_words_and_a_conversation_that_gives_it()
    {
        Message call = Message.FunctionCall("python", "1+1") with { Channel = Channels.Analysis };
        Conversation[] conversations = [.. Enumerable.Range(0, Talk.Length).Select(i => Conversation.Of(Talk.Take(i + 1))), Conversation.Of(call)];
        List<RenderedMessage> seen =
        [
            .. from conversation in conversations
               from rule in Enum.GetValues<AnalysisDropping>()
               from purpose in Enum.GetValues<RenderPurpose>()
               from message in Encoding.DescribeRendering(conversation, new() { AnalysisDropping = rule }, purpose).Messages
               select message,
        ];
        Assert.Equal(Enum.GetValues<RenderReason>(), seen.Select(message => message.Reason).Distinct().Order());
        Assert.Equal(Enum.GetValues<RenderReason>().Length, seen.Select(message => message.Explanation).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Only_analysis_is_ever_dropped_and_none_drops_nothing() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Anything.ToArbitrary(), any =>
        {
            RenderReport report = Encoding.DescribeRendering(any.Conversation, new() { AnalysisDropping = any.Rule }, any.Purpose);
            Assert.All(report.Messages, message => Assert.True(message.IsKept || message.Message.Channel == Channels.Analysis));
            Assert.True(any.Rule != AnalysisDropping.None || report.DroppedCount == 0);
        }));

    [Fact]
    public void A_report_agrees_with_the_rendering() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Anything.ToArbitrary(), any =>
        {
            RenderOptions options = new() { AnalysisDropping = any.Rule };
            RenderReport report = Encoding.DescribeRendering(any.Conversation, options, any.Purpose);
            int[] ids = Encoding.Render(any.Conversation, options, any.Purpose);
            Assert.Equal(ids.Length, report.TotalIds);

            Conversation kept = Conversation.Of(report.Messages.Where(message => message.IsKept).Select(message => message.Message));
            if (HasFunctionTools(kept) == HasFunctionTools(any.Conversation) && any.Purpose != RenderPurpose.Training)
                Assert.Equal(ids, Encoding.Render(kept, RenderOptions.KeepAnalysis, any.Purpose));
            if (any.Purpose != RenderPurpose.Training)
                Assert.Equal(report.TotalIds + report.SavedIds, Encoding.DescribeRendering(any.Conversation, RenderOptions.KeepAnalysis, any.Purpose).TotalIds);
        }));

    [Theory]
    [InlineData(AnalysisDropping.Template)]
    [InlineData(AnalysisDropping.PerTurn)]
    public void What_is_dropped_stays_dropped_as_a_conversation_grows(AnalysisDropping rule) =>
        Check.QuickThrowOnFailure(Prop.ForAll(AnyConversation.Conversation.ToArbitrary(), conversation =>
        {
            HashSet<int> dropped = [];
            for (int length = 0; length <= conversation.Messages.Count; length++)
            {
                RenderReport report = Encoding.DescribeRendering(Conversation.Of(conversation.Messages.Take(length)), new() { AnalysisDropping = rule });
                HashSet<int> now = [.. report.Messages.Where(message => !message.IsKept).Select(message => message.Index)];
                Assert.Subset(now, dropped);
                dropped = now;
            }
        }));

    [Fact]
    public void Harmony_brings_reasoning_back_when_a_call_follows_an_answer()
    {
        static int Dropped(int length) => Encoding.DescribeRendering(Conversation.Of(Talk.Take(length))).DroppedCount;
        Assert.Equal((2, 2, 0), (Dropped(6), Dropped(7), Dropped(9)));
    }

    [Fact]
    public void A_dropped_message_without_a_rendered_form_has_no_cost()
    {
        Message nameless = new() { Author = Role.Tool, Channel = Channels.Analysis };
        RenderReport report = Encoding.DescribeRendering(Conversation.Of(nameless, Message.Assistant("yes", Channels.Final)));
        Assert.Equal((false, null), (report.Messages[0].IsKept, report.Messages[0].Ids));
        Assert.Equal(0, report.SavedIds);
        Assert.Throws<HarmonyRenderException>(() => Encoding.DescribeRendering(Conversation.Of(nameless)));
    }

    [Fact]
    public void Rules_have_names() => Assert.All(Enum.GetValues<AnalysisDropping>(), rule =>
    {
        Assert.True(AnalysisDroppings.TryParse(AnalysisDroppings.NameOf(rule), out AnalysisDropping read));
        Assert.Equal(rule, read);
    });

    [Fact]
    public void A_value_that_is_no_rule_is_refused()
    {
        RenderOptions wrong = new() { AnalysisDropping = (AnalysisDropping)17 };
        Assert.Throws<ArgumentOutOfRangeException>(() => Encoding.RenderConversation(new Conversation(), wrong));
        Assert.Throws<ArgumentOutOfRangeException>(() => AnalysisDroppings.NameOf((AnalysisDropping)17));
        Assert.False(AnalysisDroppings.TryParse("Harmony", out _));
    }

    static Gen<(Conversation Conversation, AnalysisDropping Rule, RenderPurpose Purpose)> Anything =>
        from conversation in AnyConversation.Conversation
        from rule in AnyConversation.Rule
        from purpose in AnyConversation.Purpose
        select (conversation, rule, purpose);

    static bool HasFunctionTools(Conversation conversation) =>
        conversation.Messages.SelectMany(message => message.Content).OfType<DeveloperContent>().Any(content => content.Tools is not null);

    static Message Result(string text) => Message.Tool("functions.f", text) with { Recipient = "assistant", Channel = Channels.Commentary };
}
