using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server.Tests;

public class ChatRequestTests
{
    static readonly ServerState State = new(new(), new(ChatModel.Of("test", new ScriptedGenerator(HarmonyEncoding.Default, "<|return|>"), HarmonyEncoding.Default)));

    [Theory]
    [InlineData("", ReasoningEffort.Medium, null, "medium")]
    [InlineData("\"reasoning_effort\":\"none\"", ReasoningEffort.Low, 0, "none")]
    [InlineData("\"reasoning_effort\":\"low\"", ReasoningEffort.Low, null, "low")]
    [InlineData("\"reasoning_effort\":\"xhigh\"", ReasoningEffort.High, null, "high")]
    [InlineData("\"reasoning_effort\":\"max\"", ReasoningEffort.High, null, "high")]
    [InlineData("\"reasoning\":{\"effort\":\"high\",\"max_tokens\":50}", ReasoningEffort.High, 50, "high")]
    [InlineData("\"reasoning\":{\"enabled\":false}", ReasoningEffort.Low, 0, "none")]
    [InlineData("\"reasoning\":{\"enabled\":true}", ReasoningEffort.Medium, null, "medium")]
    [InlineData("\"think\":false", ReasoningEffort.Low, 0, "none")]
    [InlineData("\"think\":true", ReasoningEffort.Medium, null, "medium")]
    [InlineData("\"think\":\"high\"", ReasoningEffort.High, null, "high")]
    [InlineData("\"chat_template_kwargs\":{\"reasoning_effort\":\"low\"}", ReasoningEffort.Low, null, "low")]
    [InlineData("\"chat_template_kwargs\":{\"enable_thinking\":false}", ReasoningEffort.Low, 0, "none")]
    [InlineData("\"reasoning_effort\":\"high\",\"think\":false", ReasoningEffort.High, null, "high")]
    public void Effort_is_read_under_every_name(string field, ReasoningEffort effort, int? maxTokens, string effective)
    {
        ChatCompletionRequest request = Read(field);

        Assert.Equal((effort, maxTokens, effective), (request.Options.System.ReasoningEffort, request.Options.MaxReasoningTokens, request.Effort));
    }

    [Fact]
    public void Sampling_is_read_whole()
    {
        ChatCompletionRequest request = Read("\"temperature\":0.5,\"top_p\":0.25,\"top_k\":40,\"min_p\":0.125,\"repetition_penalty\":1.5,\"frequency_penalty\":-1,\"presence_penalty\":2,\"seed\":-5,\"logit_bias\":{\"7\":-100},\"max_tokens\":9,\"max_completion_tokens\":8");

        SamplingOptions sampling = request.Options.Sampling;
        Assert.Equal((0.5f, 0.25f, 40, 0.125f, 1.5f), (sampling.Temperature, sampling.TopP, sampling.TopK, sampling.MinP, sampling.RepetitionPenalty));
        Assert.Equal((-1f, 2f, -5L, -100f, 8), (sampling.FrequencyPenalty, sampling.PresencePenalty, sampling.Seed, sampling.LogitBias[7], request.Options.MaxTokens));
    }

    [Theory]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "{}", "[]")]
    [InlineData("\"response_format\":{\"type\":\"json_object\",\"schema\":{\"type\":\"integer\"}}", "7", "{}")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"integer\"}}}", "7", "{}")]
    [InlineData("\"guided_json\":{\"type\":\"integer\"}", "7", "{}")]
    [InlineData("\"guided_json\":\"{\\\"type\\\":\\\"integer\\\"}\"", "7", "{}")]
    [InlineData("\"json_schema\":{\"type\":\"integer\"}", "7", "{}")]
    [InlineData("\"guided_regex\":\"a+\"", "aa", "b")]
    [InlineData("\"guided_choice\":[\"a.b\",\"(c)\"]", "(c)", "axb")]
    [InlineData("\"guided_grammar\":\"root ::= \\\"x\\\"\"", "x", "y")]
    [InlineData("\"grammar\":\"start: \\\"x\\\"\"", "x", "y")]
    [InlineData("\"structured_outputs\":{\"regex\":\"a+\"}", "aa", "b")]
    [InlineData("\"structured_outputs\":{\"choice\":[\"yes\",\"no\"]}", "no", "maybe")]
    [InlineData("\"structured_outputs\":{\"json_object\":true}", "{}", "7")]
    public void Formats_are_read_under_every_name(string field, string right, string wrong)
    {
        GrammarSource format = Read(field).Options.Answer!.Grammar;

        Assert.True(Accepts(format, right));
        Assert.False(Accepts(format, wrong));
    }

    [Theory]
    [InlineData("\"tool_choice\":\"none\"", false, false)]
    [InlineData("\"tool_choice\":\"auto\"", true, false)]
    [InlineData("\"tool_choice\":\"required\"", true, true)]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", true, true)]
    [InlineData("\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"g\"}}]}}", true, false)]
    public void The_choice_of_tools_is_read(string field, bool mayCall, bool mustCall)
    {
        HarmonyToolChoice choice = Read(field + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"g\"}}]").Options.ToolChoice;

        Assert.Equal((mayCall, mustCall), (choice.MayCall, choice.MustCall));
    }

    [Fact]
    public void The_older_form_of_the_choice_is_read()
    {
        ChatCompletionRequest request = Read("\"functions\":[{\"name\":\"f\"}],\"function_call\":{\"name\":\"f\"}");

        Assert.True(request.Options.ToolChoice.MustCall);
        Assert.True(request.Form.UsesFunctions);
    }

    [Fact]
    public void Verbosity_and_identity_are_told_in_words()
    {
        ChatCompletionRequest request = Read("\"verbosity\":\"low\",\"chat_template_kwargs\":{\"model_identity\":\"You are Bob.\",\"builtin_tools\":[\"python\",\"browser\"]}");

        Assert.Contains("short", request.Options.Developer!.Instructions, StringComparison.Ordinal);
        Assert.Equal("You are Bob.", request.Options.System.ModelIdentity);
        Assert.Equal(["browser", "python"], request.Options.System.Tools!.Keys.Order());
        Assert.Contains("python", request.Form.CustomTools);
    }

    [Fact]
    public void Reasoning_stays_until_an_answer_has_followed() => Assert.Equal(AnalysisDropping.Template, Read("").Options.AnalysisDropping);

    static bool Accepts(GrammarSource source, string text)
    {
        GrammarMatcher matcher = CompiledGrammar.Compile(source, State.Model.Vocabulary).CreateMatcher();
        return HarmonyEncoding.Default.Tokenizer.Encode(text).All(matcher.TryAccept) && matcher.CanEnd;
    }

    static ChatCompletionRequest Read(string fields)
    {
        string comma = fields.Length > 0 ? "," : "";
        return new ChatCompletionReader(State, new()).Read(RequestObject.Root(ApiCalls.Parse($$"""{"messages":[{"role":"user","content":"x"}]{{comma}}{{fields}}}""")));
    }
}
