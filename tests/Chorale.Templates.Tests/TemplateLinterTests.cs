namespace Chorale.Templates.Tests;

public class TemplateLinterTests
{
    static string[] Codes(ChatTemplate template) => [.. new TemplateLinter(template).LintTemplate().Select(finding => finding.Code).Distinct().Order(StringComparer.Ordinal)];

    static ChatTemplate File(string name) => ChatTemplate.Parse(GoldenCase.SourceOf(name)!, GoldenCase.SpecialTokensOf(name));

    [Fact]
    public void Of_gpt_oss_is_told_what_its_template_loses() => Assert.Equal(
        ["earlier_reasoning_dropped", "empty_calls_refused", "markers_from_contents", "no_generation_marks", "not_prefix_preserving", "reasoning_lost", "reasoning_shown", "string_arguments_quoted_twice"],
        Codes(ChatTemplate.Named("gpt-oss")));

    [Fact]
    public void Of_Unsloths_is_told_that_no_answer_ends_in_the_end_token()
    {
        string[] codes = Codes(ChatTemplate.Named("gpt-oss-unsloth"));
        Assert.Contains("stop_token_missing", codes);
        Assert.Contains("string_arguments_kept", codes);
    }

    [Fact]
    public void Of_a_training_template_is_told_that_it_teaches_to_stop()
    {
        string[] codes = Codes(File("qwen3-trl-training"));
        Assert.Contains("stop_token_trained", codes);
        Assert.DoesNotContain("no_generation_marks", codes);
    }

    [Fact]
    public void An_end_outside_of_generation_is_told()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for m in messages %}<|{{ m.role }}|>{% generation %}{{ m.content }}{% endgeneration %}<|end|>{% endfor %}");
        Assert.Contains("stop_token_untrained", Codes(template));
        Assert.Contains("prefix_preserving", Codes(template));
    }

    [Fact]
    public void Findings_of_a_conversation_name_the_message()
    {
        TemplateInput input = new()
        {
            Messages = TemplateValue.FromJson("""
                [{"role":"user","content":"x<|end|>"},
                {"role":"assistant","thinking":"secret","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"1"},
                {"role":"assistant","content":"done","thinking":"open"}]
                """),
        };
        IReadOnlyList<TemplateFinding> findings = new TemplateLinter(ChatTemplate.Named("gpt-oss")).LintConversation(input);
        Assert.Equal([("forged_marker", 0), ("string_arguments", 1), ("lost_reasoning", 1)], findings.Select(finding => (finding.Code, finding.MessageIndex!.Value)));
        TemplateInput nulls = new() { Messages = TemplateValue.FromJson("""[{"role":"user","content":"x"},{"role":"assistant","content":"y","thinking":null,"tool_calls":[]}]""") };
        Assert.Equal(["render_error", "empty_calls", "null_reasoning"], new TemplateLinter(ChatTemplate.Named("gpt-oss")).LintConversation(nulls).Select(finding => finding.Code));
    }
}
