using System.Text.Json;
using Chorale.Harmony;

namespace Chorale.Training.Tests;

public class HarmonyHistoryEncoderTests
{
    static EncodedHistory Encode(string messages, HarmonyEncodingRule rule = HarmonyEncodingRule.Current, HarmonyEncodingOptions? options = null)
    {
        using JsonDocument document = JsonDocument.Parse(messages);
        return HarmonyHistoryEncoder.Encode(document.RootElement, (options ?? new() { Date = new(2026, 6, 1) }) with { Rule = rule });
    }

    static string Turns(string messages, HarmonyEncodingRule rule)
    {
        string text = Encode(messages, rule, new() { Date = new(2026, 6, 1), AddGenerationPrompt = false }).Text;
        return text[(text.IndexOf("<|end|>", StringComparison.Ordinal) + 7)..];
    }

    [Theory]
    [InlineData("""[{"role":"assistant","content":"a","thinking":""}]""", "<|start|>assistant<|channel|>final<|message|>a<|end|>", "<|start|>assistant<|channel|>analysis<|message|>a<|end|>")]
    [InlineData("""[{"role":"assistant","content":"a","thinking":"t"}]""", "<|start|>assistant<|channel|>final<|message|>a<|end|>", "<|start|>assistant<|channel|>analysis<|message|>a<|end|>")]
    [InlineData("""[{"role":"assistant","content":"a","thinking":null}]""", "<|start|>assistant<|channel|>final<|message|>a<|end|>", "<|start|>assistant<|channel|>analysis<|message|>a<|end|>")]
    [InlineData("""[{"role":"assistant","content":"a"}]""", "<|start|>assistant<|channel|>final<|message|>a<|end|>", "<|start|>assistant<|channel|>final<|message|>a<|end|>")]
    [InlineData("""[{"role":"assistant","content":"c","tool_calls":[{"name":"w","arguments":"{}"},{"name":"x","arguments":"{}"}]}]""",
        "<|start|>assistant to=functions.w<|channel|>commentary json<|message|>{}<|call|>", "<|start|>assistant to=functions.w<|channel|>commentary json<|message|>{}<|call|>")]
    [InlineData("""[{"role":"assistant","content":"c","thinking":"t","tool_calls":[{"name":"w","arguments":"{}"}]}]""",
        "<|start|>assistant<|channel|>analysis<|message|>t<|end|><|start|>assistant to=functions.w<|channel|>commentary json<|message|>{}<|call|>", "<|start|>assistant<|channel|>analysis<|message|>c<|end|>")]
    [InlineData("""[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"tool","name":"w","content":"r"},{"role":"critic"}]""",
        "<|start|>user<|message|>q<|end|><|start|>functions.w to=assistant<|channel|>commentary<|message|>r<|end|>", "<|start|>user<|message|>q<|end|><|start|>functions.w to=assistant<|channel|>commentary<|message|>r<|end|>")]
    public void Each_rule_reads_messages_its_own_way(string messages, string current, string old)
    {
        Assert.Equal(current, Turns(messages, HarmonyEncodingRule.Current));
        Assert.Equal(old, Turns(messages, HarmonyEncodingRule.UntilJune2026));
    }

    [Fact]
    public void Nothing_non_empty_is_no_message() => Assert.Equal("", Turns("""[{"role":"assistant","content":"","thinking":"","tool_calls":[]}]""", HarmonyEncodingRule.Current));

    [Fact]
    public void Text_and_ids_are_one_rendering_with_the_official_dropping()
    {
        EncodedHistory encoded = Encode("""[{"role":"user","content":"q"},{"role":"assistant","content":"a","thinking":"t"},{"role":"user","content":"r"}]""");
        Assert.Equal(HarmonyEncoding.Default.RenderForCompletion(encoded.Conversation), encoded.Ids);
        Assert.Equal(HarmonyEncoding.Default.Tokenizer.Decode([.. encoded.Ids]), encoded.Text);
        Assert.DoesNotContain("analysis<|message|>t", encoded.Text, StringComparison.Ordinal);
        Assert.EndsWith("<|start|>user<|message|>r<|end|><|start|>assistant", encoded.Text, StringComparison.Ordinal);
        Assert.StartsWith("<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\nCurrent date: 2026-06-01\n\nReasoning: medium\n\n# Valid channels", encoded.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "")]
    [InlineData("", null, "<|start|>developer<|message|># Instructions\n\n<|end|>")]
    [InlineData(null, "[]", "<|start|>developer<|message|># Tools\n\n## functions\n<|end|>")]
    [InlineData("Do.", """[{"function":{"name":"w","description":"d","parameters":null}}]""", "<|start|>developer<|message|># Instructions\n\nDo.\n\n# Tools\n\n## functions\n\nnamespace functions {\n\n// d\ntype w = () => any;\n\n} // namespace functions<|end|>")]
    public void The_developer_message_is_there_where_something_was_given(string? instructions, string? tools, string expected)
    {
        string text = Encode("[]", options: new() { Date = new(2026, 6, 1), DeveloperInstructions = instructions, Tools = tools, AddGenerationPrompt = false }).Text;
        Assert.Equal(expected, text[(text.IndexOf("<|end|>", StringComparison.Ordinal) + 7)..]);
    }

    [Theory]
    [InlineData("""[{"role":"tool","content":"r"}]""", HarmonyEncodingRule.Current, "messages[0].name")]
    [InlineData("""[{"role":"assistant","thinking":"t"}]""", HarmonyEncodingRule.UntilJune2026, "messages[0].content")]
    [InlineData("""[{"role":"assistant","tool_calls":[]}]""", HarmonyEncodingRule.UntilJune2026, "messages[0].tool_calls")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"name":"w","arguments":{}}]}]""", HarmonyEncodingRule.Current, "messages[0].tool_calls[0].arguments")]
    [InlineData("""[{"content":"x"}]""", HarmonyEncodingRule.Current, "messages[0].role")]
    public void What_the_function_cannot_work_on_is_refused(string messages, HarmonyEncodingRule rule, string path) =>
        Assert.Equal(path, Assert.Throws<HistoryFormatException>(() => Encode(messages, rule)).Path);

    [Fact]
    public void Rules_have_names()
    {
        foreach (HarmonyEncodingRule rule in Enum.GetValues<HarmonyEncodingRule>())
            Assert.True(HarmonyHistoryEncoder.TryParse(HarmonyHistoryEncoder.NameOf(rule), out HarmonyEncodingRule read) && read == rule);
        Assert.False(HarmonyHistoryEncoder.TryParse("newest", out _));
    }
}
