using System.Text.Json;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Training.Tests;

public class HistoryConverterTests
{
    const string Tools = """[{"type":"function","function":{"name":"w","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""";

    static readonly ConversionOptions NoSystem = new() { AddSystemMessage = false };

    static string Show(Conversation conversation) =>
        HarmonyEncoding.Default.Tokenizer.Decode(HarmonyEncoding.Default.RenderConversation(conversation, RenderOptions.KeepAnalysis));

    static string Convert(string json, ConversionOptions? options = null) => Show(HistoryConverter.ToConversation(HistoryReader.Read(json), options ?? NoSystem));

    [Fact]
    public void Reasoning_calls_results_and_answers_become_messages_on_their_channels() => Assert.Equal(
        "<|start|>user<|message|>q<|end|><|start|>assistant<|channel|>analysis<|message|>t<|end|><|start|>assistant to=functions.w<|channel|>commentary <|constrain|>json<|message|>{\"city\": \"Oslo\", \"n\": 1.50}<|call|>"
        + "<|start|>functions.w to=assistant<|channel|>commentary<|message|>sunny<|end|><|start|>assistant<|channel|>final<|message|>a<|end|>",
        Convert("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","thinking":"t","tool_calls":[{"function":{"name":"w","arguments":{"city":"Oslo","n":1.50}}}]},{"role":"tool","content":"sunny"},{"role":"assistant","content":"a"}]}"""));

    [Fact]
    public void The_system_message_holds_identity_effort_date_and_built_in_tools()
    {
        History history = HistoryReader.Read("""{"messages":[{"role":"user","content":"q"}],"chat_template_kwargs":{"model_identity":"You are X.","reasoning_effort":"high","builtin_tools":["browser","python"]}}""");
        SystemContent system = Assert.IsType<SystemContent>(Assert.Single(HistoryConverter.ToConversation(history, new() { Date = new(2026, 3, 1) }).Messages[0].Content));
        Assert.Equal(("You are X.", ReasoningEffort.High, "2026-03-01"), (system.ModelIdentity, system.ReasoningEffort, system.ConversationStartDate));
        Assert.Equal(["browser", "python"], system.Tools!.Keys);
    }

    [Fact]
    public void Built_in_tools_are_called_by_their_own_names_on_analysis() => Assert.Equal(
        "<|start|>user<|message|>q<|end|><|start|>assistant to=python<|channel|>analysis code<|message|>1+1<|call|><|start|>python to=assistant<|channel|>analysis<|message|>2<|end|>",
        Convert("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"name":"python","arguments":"1+1"}]},{"role":"tool","content":"2"}],"builtin_tools":["python"]}"""));

    [Fact]
    public void Calls_made_at_once_stand_each_before_its_result() => Assert.Equal(
        "<|start|>user<|message|>q<|end|><|start|>assistant to=functions.a<|channel|>commentary json<|message|>{}<|call|><|start|>functions.a to=assistant<|channel|>commentary<|message|>ra<|end|>"
        + "<|start|>assistant to=functions.b<|channel|>commentary json<|message|>{}<|call|><|start|>functions.b to=assistant<|channel|>commentary<|message|>rb<|end|>",
        Convert("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"a","arguments":"{}"}},{"id":"2","function":{"name":"b","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"ra"},{"role":"tool","tool_call_id":"2","content":"rb"}]}""",
            NoSystem with { CallContentType = "json" }));

    [Theory]
    [InlineData(ContentBesideCalls.Reasoning, "analysis")]
    [InlineData(ContentBesideCalls.Preamble, "commentary")]
    public void Content_beside_calls_is_reasoning_or_a_preamble(ContentBesideCalls meaning, string channel)
    {
        History history = HistoryReader.Read("""[{"role":"user","content":"q"},{"role":"assistant","content":"x","tool_calls":[{"name":"a","arguments":{}}]}]""");
        Message words = HistoryConverter.ToConversation(history, NoSystem with { ContentBesideCalls = meaning }).Messages[1];
        Assert.Equal(("x", channel), (words.Text, words.Channel));
    }

    [Fact]
    public void System_messages_at_the_beginning_are_one_developer_message_with_the_tools()
    {
        HistoryRepairs repairs = new();
        History history = HistoryReader.Read($$"""{"messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"},{"role":"user","content":"q"}],"tools":{{Tools}}}""");
        Conversation conversation = HistoryConverter.ToConversation(history, NoSystem, repairs);
        DeveloperContent content = Assert.IsType<DeveloperContent>(Assert.Single(conversation.Messages[0].Content));
        Assert.Equal(("a\n\nb", "w"), (content.Instructions, content.Tools!["functions"].Tools[0].Name));
        Assert.Equal(1, repairs[HistoryRepairKind.InstructionsJoined]);
    }

    /// <summary>Where the template drops nothing and quotes nothing twice, the conversion gives its very text.</summary>
    [Fact]
    public void Recorded_histories_without_old_reasoning_or_results_give_the_template_s_text()
    {
        int compared = 0;
        foreach (JsonElement recorded in Jsonl.Elements("templates/public.jsonl"))
        {
            bool isSimple = recorded.GetProperty("template").GetString() == "gpt-oss" && recorded.TryGetProperty("text", out _)
                && recorded.GetProperty("id").GetString()!.Split('/')[1] is "plain" or "thinking" or "kwargs" or "unicode" or "dates" or "calls"
                && !recorded.TryGetProperty("tools", out _) && recorded.GetProperty("messages").EnumerateArray().All(message => message.GetProperty("role").GetString() is "user" or "assistant" && !message.TryGetProperty("tool_calls", out _));
            if (!isSimple)
                continue;
            string messages = recorded.GetProperty("messages").GetRawText(), kwargs = recorded.GetProperty("kwargs").GetRawText();
            History history;
            try
            {
                history = HistoryReader.Read($$"""{"messages":{{messages}},"kwargs":{{kwargs}}}""");
            }
            catch (HistoryFormatException)
            {
                continue;   // an effort that is none, which the template shows as it is
            }
            if (history.Messages.Any(message => message.Content is null) || recorded.GetProperty("kwargs").TryGetProperty("continue_final_message", out _) || messages.Contains("\"thinking\":\"\"", StringComparison.Ordinal) || messages.Contains("reasoning_content", StringComparison.Ordinal))
                continue;
            Conversation conversation = HistoryConverter.ToConversation(history, new() { Date = DateOnly.Parse(recorded.GetProperty("date").GetString()!, global::System.Globalization.CultureInfo.InvariantCulture) });
            bool isPrompt = recorded.GetProperty("kwargs").TryGetProperty("add_generation_prompt", out JsonElement prompt) && prompt.GetBoolean();
            RenderOptions template = new() { AnalysisDropping = AnalysisDropping.Template };
            int[] ids = isPrompt ? HarmonyEncoding.Default.RenderForCompletion(conversation, Role.Assistant, template) : HarmonyEncoding.Default.RenderForTraining(conversation, template);
            Assert.Equal(recorded.GetProperty("text").GetString(), HarmonyEncoding.Default.Tokenizer.Decode(ids));
            compared++;
        }
        Assert.True(compared >= 15, $"only {compared} were compared");
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a","thinking":"t"},{"role":"user","content":"r"},{"role":"assistant","content":"b"}],"chat_template_kwargs":{"reasoning_effort":"low"}}""")]
    [InlineData("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","thinking":"t","content":"pre","tool_calls":[{"type":"function","function":{"name":"w","arguments":{"city": "Oslo"}}}]},{"role":"tool","name":"w","content":"sunny"},{"role":"assistant","content":"a"}],"tools":[{"type":"function","function":{"name":"w","description":"d","parameters":{"type":"object"}}}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"pre","channel":"commentary","tool_calls":[{"type":"function","function":{"name":"w","arguments":{}}}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","channel":"analysis","thinking":"only"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"python","arguments":"print(1)"}}]},{"role":"tool","name":"python","content":"1"}],"chat_template_kwargs":{"builtin_tools":["python"]},"date":"2026-01-02"}""")]
    public void Dictionaries_to_messages_and_back_are_the_same_dictionaries(string json)
    {
        Conversation conversation = HistoryConverter.ToConversation(HistoryReader.Read(json));
        HistoryRepairs repairs = new();
        History back = HistoryConverter.FromConversation(conversation, repairs);
        Assert.Empty(repairs.List);
        Assert.Equal(Show(conversation), Show(HistoryConverter.ToConversation(back)));
        Assert.Equal(HistoryWriter.Write(HistoryReader.Read(json)).Replace(" ", "", StringComparison.Ordinal), HistoryWriter.Write(back).Replace(" ", "", StringComparison.Ordinal), ignoreCase: false);
    }

    [Fact]
    public void What_has_no_place_in_dictionaries_is_told()
    {
        HistoryRepairs repairs = new();
        HistoryConverter.FromConversation(Conversation.Of(Message.System(new() { ModelIdentity = "X", KnowledgeCutoff = "2030-01" })), repairs);
        Assert.Equal(2, repairs[HistoryRepairKind.NotCarried]);
        Assert.Contains("knowledge cutoff", repairs.List[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_tools_that_is_none_is_refused_with_its_place()
    {
        History history = HistoryReader.Read("""{"messages":[{"role":"user","content":"q"}],"tools":[{"function":{}}]}""");
        Assert.Contains("tools", Assert.Throws<HistoryFormatException>(() => HistoryConverter.ToConversation(history)).Message, StringComparison.Ordinal);
    }
}
