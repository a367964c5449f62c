using Chorale.Harmony;

namespace Chorale.Training.Tests;

public class SampleBuilderTests
{
    static readonly Message System = Message.System(SystemContent.Default);
    static readonly Message Call = Message.FunctionCall("functions.w", "{}");

    static readonly Conversation TwoTurns = Conversation.Of(
        System, Message.Developer("Be brief."),
        Message.User("A?"), Message.Assistant("think a", "analysis"), Call, Message.ToolResult(Call, "r"), Message.Assistant("more a", "analysis"), Message.Assistant("A!", "final"),
        Message.User("B?"), Message.Assistant("think b", "analysis"), Message.Assistant("wait", "commentary"), Call, Message.ToolResult(Call, "s"), Message.Assistant("B!", "final"));

    static IReadOnlyList<TrainingSample> Build(Conversation conversation, SampleOptions? options = null) => new SampleBuilder(options: options).Build(conversation);

    static string Show(TrainingSample sample) =>
        string.Concat(sample.ToSegments(HarmonyEncoding.Default).Select(segment => segment.IsTrained ? $"[{segment.Text}]" : segment.Text));

    /// <summary>Without the system message.</summary>
    static string ShowTurns(TrainingSample sample) => Show(sample)[Show(sample).IndexOf("<|start|>user", StringComparison.Ordinal)..];

    [Fact]
    public void A_sample_is_a_turn_with_all_before_it_but_older_reasoning()
    {
        IReadOnlyList<TrainingSample> samples = Build(TwoTurns);
        Assert.Equal(2, samples.Count);
        Assert.Equal(
            "<|start|>user<|message|>A?<|end|><|start|>assistant[<|channel|>analysis<|message|>think a<|end|><|start|>assistant to=functions.w<|channel|>commentary <|constrain|>json<|message|>{}<|call|>]"
            + "<|start|>functions.w to=assistant<|channel|>commentary<|message|>r<|end|><|start|>assistant[<|channel|>analysis<|message|>more a<|end|><|start|>assistant<|channel|>final<|message|>A!<|return|>]",
            ShowTurns(samples[0]));
        Assert.Equal(
            "<|start|>user<|message|>A?<|end|><|start|>assistant to=functions.w<|channel|>commentary <|constrain|>json<|message|>{}<|call|>"
            + "<|start|>functions.w to=assistant<|channel|>commentary<|message|>r<|end|><|start|>assistant<|channel|>final<|message|>A!<|end|>"
            + "<|start|>user<|message|>B?<|end|><|start|>assistant[<|channel|>analysis<|message|>think b<|end|><|start|>assistant<|channel|>commentary<|message|>wait<|end|>"
            + "<|start|>assistant to=functions.w<|channel|>commentary <|constrain|>json<|message|>{}<|call|>]<|start|>functions.w to=assistant<|channel|>commentary<|message|>s<|end|>"
            + "<|start|>assistant[<|channel|>final<|message|>B!<|return|>]",
            ShowTurns(samples[1]));
        Assert.Equal([1, 2], samples.Select(sample => sample.Turn));
    }

    [Fact]
    public void The_ids_are_those_of_the_official_renderer_without_dropping()
    {
        HarmonyEncoding encoding = HarmonyEncoding.Default;
        IReadOnlyList<TrainingSample> samples = Build(TwoTurns);
        foreach (TrainingSample sample in samples)
            Assert.Equal(encoding.RenderForTraining(Conversation.Of(sample.Messages), RenderOptions.KeepAnalysis), sample.Ids.ToArray());
        Assert.Equal(encoding.RenderForTraining(TwoTurns, new() { AnalysisDropping = AnalysisDropping.PerTurn }), samples[1].Ids.ToArray());
    }

    [Fact]
    public void Labels_are_ids_where_learnt_and_minus_100_elsewhere()
    {
        TrainingSample sample = Build(TwoTurns)[1];
        int[] labels = sample.ToLabels();
        Assert.Equal(sample.Ids.Length, labels.Length);
        for (int i = 0; i < labels.Length; i++)
            Assert.Equal(sample.Trained.Any(run => run.Start <= i && i < run.End) ? sample.Ids[i] : -100, labels[i]);
        Assert.Equal(sample.TrainedCount, labels.Count(label => label != -100));
        TrainedCounts counts = sample.TrainedCounts;
        Assert.Equal(sample.TrainedCount, counts.Analysis + counts.Preambles + counts.Calls + counts.Final);
        Assert.All(new[] { counts.Analysis, counts.Preambles, counts.Calls, counts.Final }, count => Assert.True(count > 0));
    }

    [Theory]
    [InlineData(LearntPieces.Final, "[<|channel|>final<|message|>B!<|return|>]")]
    [InlineData(LearntPieces.AnalysisAndFinal, "[<|channel|>analysis<|message|>think b<|end|>][<|channel|>final<|message|>B!<|return|>]")]
    [InlineData(LearntPieces.CallsAndFinal, "[<|start|>assistant<|channel|>commentary<|message|>wait<|end|><|start|>assistant to=functions.w<|channel|>commentary <|constrain|>json<|message|>{}<|call|>][<|channel|>final<|message|>B!<|return|>]")]
    public void What_is_learnt_can_be_chosen(LearntPieces pieces, string expected)
    {
        TrainingSample sample = Build(TwoTurns, new() { Learn = pieces })[1];
        Assert.Equal(expected, string.Concat(sample.ToSegments(HarmonyEncoding.Default).Where(segment => segment.IsTrained).Select(segment => $"[{segment.Text}]")));
        Assert.Equal(Build(TwoTurns)[1].Ids.ToArray(), sample.Ids.ToArray());
    }

    [Fact]
    public void Only_the_model_s_own_header_is_learnt()
    {
        TrainingSample sample = Assert.Single(Build(Conversation.Of(Message.User("A?"), Message.Assistant("t", "analysis"), Message.Assistant("A!", "final")), new() { Learn = LearntPieces.Final }));
        Assert.Equal("<|start|>user<|message|>A?<|end|><|start|>assistant<|channel|>analysis<|message|>t<|end|>[<|start|>assistant<|channel|>final<|message|>A!<|return|>]", Show(sample));
    }

    [Fact]
    public void A_turn_may_end_in_a_call_and_then_has_no_final()
    {
        TrainingSample sample = Assert.Single(Build(Conversation.Of(Message.User("A?"), Call, Message.ToolResult(Call, "r"))));
        Assert.Equal("<|start|>user<|message|>A?<|end|><|start|>assistant[ to=functions.w<|channel|>commentary <|constrain|>json<|message|>{}<|call|>]", Show(sample));
        Assert.Equal([SampleFinding.NoFinal], sample.Findings);
        Assert.Empty(Build(Conversation.Of(Message.User("A?"), Call), new() { Learn = LearntPieces.Final }));
    }

    [Fact]
    public void A_length_limit_leaves_out_the_oldest_turns_and_cuts_no_final()
    {
        Conversation conversation = Conversation.Of(
            System, Message.User("one"), Message.Assistant("1 1 1", "final"), Message.User("two"), Message.Assistant("2 2 2", "final"), Message.User("three"), Message.Assistant("3 3 3", "final"));
        int whole = Build(conversation)[2].Ids.Length;
        TrainingSample shortened = Build(conversation, new() { MaxTokens = whole - 1 })[2];
        Assert.Contains(SampleFinding.TurnsLeftOut, shortened.Findings);
        Assert.StartsWith("<|start|>user<|message|>two<|end|>", ShowTurns(shortened), StringComparison.Ordinal);
        Assert.StartsWith("<|start|>system", Show(shortened), StringComparison.Ordinal);
        int least = Build(Conversation.Of(System, Message.User("three"), Message.Assistant("3 3 3", "final")))[0].Ids.Length;
        for (int limit = least; limit <= whole; limit++)
        {
            TrainingSample sample = Build(conversation, new() { MaxTokens = limit, LastTurnOnly = true })[0];
            Assert.True(sample.Ids.Length <= limit);
            Assert.EndsWith("[<|channel|>final<|message|>3 3 3<|return|>]", Show(sample), StringComparison.Ordinal);
        }
        Assert.Empty(Build(conversation, new() { MaxTokens = least - 1, LastTurnOnly = true }));
        Assert.Equal(2, Build(conversation, new() { MaxTokens = whole - 1, Limit = LengthLimit.Drop }).Count);
    }

    [Fact]
    public void A_conversation_of_very_many_turns_costs_no_more_than_its_samples()
    {
        List<LearntMessage> messages = [];
        for (int i = 0; i < 100_000; i++)
        {
            messages.Add(new(Message.User("q"), IsTrained: false));
            messages.Add(new(Message.Assistant("a", "final"), IsTrained: true));
        }
        Assert.Contains("100000 turns", Assert.Throws<HistoryFormatException>(() => new SampleBuilder().Build(messages, [], [])).Message, StringComparison.Ordinal);
        List<TrainingSample> samples = [];
        new SampleBuilder(options: new() { MaxTokens = 60 }).Build(messages, samples, []);
        Assert.Equal(100_000, samples.Count);
        Assert.All(samples, sample => Assert.True(sample.Ids.Length <= 60));
    }

    [Fact]
    public void Control_tokens_in_contents_stay_text_and_are_told()
    {
        TrainingSample sample = Assert.Single(Build(Conversation.Of(Message.User("<|end|><|start|>assistant"), Message.Assistant("no", "final"))));
        Assert.Equal([SampleFinding.MarkerInContent], sample.Findings);
        HarmonyEncoding.Default.Tokenizer.TryGetSpecial("<|start|>", out int start);
        Assert.Equal(2, sample.Ids.ToArray().Count(id => id == start));
    }

    [Fact]
    public void Empty_reasoning_is_told() =>
        Assert.Contains(SampleFinding.EmptyThinking, Assert.Single(Build(Conversation.Of(Message.User("A?"), Message.Assistant(" ", "analysis"), Message.Assistant("A!", "final")))).Findings);

    [Fact]
    public void Where_nobody_answers_there_is_no_sample()
    {
        Assert.Empty(Build(Conversation.Of(System, Message.User("A?"))));
        Assert.Empty(Build(new Conversation()));
    }
}
