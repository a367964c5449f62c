using System.Globalization;

namespace Chorale.Harmony.Tests;

public class TextParserTests
{
    static string Describe(Message message) => string.Create(CultureInfo.InvariantCulture,
        $"{(message.Channel is { } channel ? $"#{channel}" : "")}{(message.Recipient is { } to ? $" @{to}" : "")}{(message.ContentType is { } type ? $" ({type})" : "")}|{message.Text}");

    static string Read(string text, HarmonyTextForm form = HarmonyTextForm.Auto) =>
        string.Join('~', HarmonyTextParser.Parse(text, Role.Assistant, form).Messages.Select(Describe));

    [Theory]
    [InlineData("analysisLet me see.assistantfinalFour.", "#analysis|Let me see.~#final|Four.")]
    [InlineData("analysisHm.assistantanalysisHm again.assistantfinal4", "#analysis|Hm.~#analysis|Hm again.~#final|4")]
    [InlineData("analysisLook.assistantcommentary to=functions.get_weather json{\"city\":\"Paris\"}", "#analysis|Look.~#commentary @functions.get_weather (json)|{\"city\":\"Paris\"}")]
    [InlineData("analysisLook.assistantcommentary to=functions.get_weatherjson{\"city\":\"Paris\"}", "#analysis|Look.~#commentary @functions.get_weather (json)|{\"city\":\"Paris\"}")]
    [InlineData("analysisLook.assistant to=functions.get_weathercommentary json{\"a\":1}", "#analysis|Look.~#commentary @functions.get_weather (json)|{\"a\":1}")]
    [InlineData("analysisLook.assistantcommentary to=functions.f code{\"a\":1}assistantfinalDone", "#analysis|Look.~#commentary @functions.f (code)|{\"a\":1}~#final|Done")]
    [InlineData("analysisPlan.assistantcommentaryI will look that up.assistantcommentary to=functions.f json{}", "#analysis|Plan.~#commentary|I will look that up.~#commentary @functions.f (json)|{}")]
    [InlineData("commentary to=functions.f json{}", "#commentary @functions.f (json)|{}")]
    [InlineData("commentary to=functions.f", "#commentary @functions.f|")]
    [InlineData("analysis to=python code1+1", "#analysis @python (code)|1+1")]
    [InlineData("assistantfinalHi", "#final|Hi")]
    [InlineData("analysisThe assistant finally assistantfound it.assistantfinalOk", "#analysis|The assistant finally assistantfound it.~#final|Ok")]
    [InlineData("analysisHm<|end|><|start|>assistant<|channel|>final<|message|>Hi<|return|>", "#analysis|Hm~#final|Hi")]
    [InlineData("analysisA😀B<assistantfinalC😀", "#analysis|A😀B<~#final|C😀")]
    public void Text_without_control_tokens_is_read_by_its_words(string text, string messages)
    {
        Assert.Equal(messages, Read(text));
        Assert.Equal(messages, Read(text, HarmonyTextForm.Stripped));
    }

    [Theory]
    [InlineData("analysis of the data shows a rise.")]
    [InlineData("Analysis: fine.")]
    [InlineData("final answer: 4")]
    [InlineData("final's")]
    [InlineData("commentary")]
    [InlineData("The final answer is 4.")]
    [InlineData("I asked the assistant to sum it up.")]
    [InlineData("")]
    public void Prose_is_not_taken_for_stripped_text(string text) =>
        Assert.NotEqual(HarmonyTextForm.Stripped, HarmonyTextParser.Parse(text, Role.Assistant).Form);

    [Fact]
    public void Stripped_text_that_begins_without_a_header_is_the_answer() =>
        Assert.Equal("#final|Well. ~#final|Four", Read("Well. assistantfinalFour", HarmonyTextForm.Stripped));

    [Fact]
    public void What_was_rendered_is_read_back_from_its_text()
    {
        foreach (Recorded recorded in Recorded.Cases("parse.jsonl").Where(recorded => recorded.Error is null).Take(200))
        {
            string text = HarmonyEncoding.Default.Tokenizer.DecodeLossy(recorded.Tokens);
            HarmonyParser ids = HarmonyEncoding.Default.CreateParser(recorded.Role);
            ids.Push(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(text, ControlNames));
            ids.Finish();
            HarmonyTextParser parser = HarmonyTextParser.Parse(text, recorded.Role, HarmonyTextForm.Marked);
            Assert.Equal(ids.Messages, parser.Messages);
            Assert.Equal(ids.Diagnostics.Select(diagnostic => diagnostic.Code), parser.Diagnostics.Select(diagnostic => diagnostic.Code));
        }
    }

    static readonly HashSet<string> ControlNames = [.. ControlTokens.Kinds.Keys];

    [Fact]
    public void Places_count_units_of_text()
    {
        HarmonyTextParser parser = HarmonyTextParser.Parse("<|channel|>final<|message|>Hi<|end|><|end|>", Role.Assistant);
        HarmonyDiagnostic stray = Assert.Single(parser.Diagnostics);
        Assert.Equal((DiagnosticCode.StrayEnd, 36), (stray.Code, stray.Index));
        Assert.Equal(new MessageSpan(0, 27, 36), Assert.Single(parser.Spans));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced_and_quoted()
    {
        HarmonyTextParser parser = HarmonyTextParser.Parse("<|channel|>final<|message|>a\uD83Db<|return|>", Role.Assistant);
        Assert.Equal("a\uFFFDb", Assert.Single(parser.Messages).Text);
        Assert.Equal((DiagnosticCode.InvalidUtf8, 28, "d83d"), (parser.Diagnostics[0].Code, parser.Diagnostics[0].Index, parser.Diagnostics[0].Found));
    }

    [Fact]
    public void Random_text_in_random_pieces_gives_the_same_as_the_whole()
    {
        string[] parts = ["<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>", "<|constrain|>", "<|", "<", "|>", "assistant", "analysis", "final", "commentary", " to=", "functions.f", "json", "{\"a\":1}", " ", "\n", "Hello", "😀", "\uD83D", "\uDE00", "한", "<start>"];
        Random random = new(7);
        for (int round = 0; round < 3000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => parts[random.Next(parts.Length)]));
            HarmonyTextForm form = (HarmonyTextForm)random.Next(3);
            HarmonyTextParser whole = HarmonyTextParser.Parse(text, Role.Assistant, form);
            Assert.NotEmpty(whole.Messages);
            HarmonyTextParser parser = new(Role.Assistant, form);
            for (int at = 0; at < text.Length;)
            {
                int end = Math.Min(text.Length, at + random.Next(0, 6));
                parser.Push(text.AsSpan(at, end - at));
                at = end;
            }
            parser.Finish();
            Assert.True(whole.Messages.SequenceEqual(parser.Messages) && whole.Diagnostics.SequenceEqual(parser.Diagnostics) && whole.Spans.SequenceEqual(parser.Spans), $"{form}: {text}");
        }
    }

    [Fact]
    public void Long_text_takes_linear_time_whatever_it_is()
    {
        foreach (string unit in (string[])["<", "<|", "<|channel|", "assistant", "assistantfinal", "a", "assistan", "<|end|>", "\uD83D"])
        {
            string text = "analysisx" + string.Concat(Enumerable.Repeat(unit, 300_000 / unit.Length));
            foreach (HarmonyTextForm form in Enum.GetValues<HarmonyTextForm>())
                Assert.NotEmpty(HarmonyTextParser.Parse(text, Role.Assistant, form).Messages);
        }
    }
}
