namespace Chorale.Training.Tests;

public class HistoryNormalizerTests
{
    [Theory]
    [InlineData("""{"role":"assistant","content":"a","thinking":null,"tool_calls":null}""", """{"role":"assistant","content":"a"}""", "NullRemoved,EmptyCallsRemoved")]
    [InlineData("""{"role":"assistant","content":"a","tool_calls":[]}""", """{"role":"assistant","content":"a"}""", "EmptyCallsRemoved")]
    [InlineData("""{"role":"assistant","content":"a","thinking":" "}""", """{"role":"assistant","content":"a"}""", "EmptyThinkingRemoved")]
    [InlineData("""{"role":"assistant","content":"a","reasoning_content":"t"}""", """{"role":"assistant","thinking":"t","content":"a"}""", "ThinkingRenamed")]
    [InlineData("""{"role":"assistant","content":"a","reasoning_content":"t","thinking":"t"}""", """{"role":"assistant","thinking":"t","content":"a"}""", "ThinkingRenamed,ThinkingTwice")]
    [InlineData("""{"role":"assistant","content":"<think>\nt\n</think>\n\na"}""", """{"role":"assistant","thinking":"t","content":"a"}""", "ThinkingSplit")]
    [InlineData("""{"role":"assistant","content":"t\n</think>\n\na"}""", """{"role":"assistant","thinking":"t","content":"a"}""", "ThinkingSplit")]
    [InlineData("""{"role":"assistant","content":"<think>\n\n</think>\n\na"}""", """{"role":"assistant","content":"a"}""", "EmptyThinkingRemoved")]
    [InlineData("""{"role":"assistant","content":"say </think> now"}""", """{"role":"assistant","content":"say </think> now"}""", "")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"w","arguments":"{\"a\": 1}"}}]}""", """{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"w","arguments":{"a": 1}}}]}""", "ArgumentsParsed")]
    [InlineData("""{"role":"assistant","tool_calls":[{"name":"functions.w","arguments":"{oops"}]}""", """{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"w","arguments":"{oops"}}]}""", "ArgumentsNotJson")]
    [InlineData("""{"role":"assistant","tool_calls":[{"function":{"name":"w"}}]}""", """{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"w","arguments":{}}}]}""", "ArgumentsAdded")]
    [InlineData("""{"role":"assistant","content":null,"function_call":{"name":"w","arguments":"{}"}}""", """{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"w","arguments":{}}}]}""", "NullRemoved,CallRenamed,ArgumentsParsed")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},"b"]}""", """{"role":"user","content":"ab"}""", "PartsJoined")]
    [InlineData("""{"role":"function","name":"w","content":{"a":1}}""", """{"role":"tool","name":"w","content":"{\"a\": 1}"}""", "RoleRenamed,ResultWritten")]
    [InlineData("""{"role":"user","content":"x","note":{"a":1}}""", """{"role":"user","content":"x","note":{"a":1}}""", "")]
    public void Each_repair_is_made_and_told(string message, string expected, string repairs)
    {
        NormalizedHistory normal = HistoryNormalizer.Normalize($"[{message}]");
        Assert.Equal($$"""{"messages":[{{expected}}]}""", normal.Json);
        Assert.Equal(repairs, string.Join(',', normal.Repairs.Select(repair => repair.Kind)));
        NormalizedHistory again = HistoryNormalizer.Normalize(normal.Json);
        Assert.Equal(normal.Json, again.Json);
        Assert.All(again.Repairs, repair => Assert.Equal(HistoryRepairKind.ArgumentsNotJson, repair.Kind));
    }

    [Fact]
    public void Results_get_the_names_of_their_calls()
    {
        NormalizedHistory normal = HistoryNormalizer.Normalize("""[{"role":"assistant","tool_calls":[{"id":"1","name":"a","arguments":{}},{"id":"2","name":"b","arguments":{}}]},{"role":"tool","tool_call_id":"2","content":"x"},{"role":"tool","content":"y"},{"role":"tool","content":"z"}]""");
        Assert.Equal(["b", "a", "b"], normal.History.Messages.Skip(1).Select(message => message.Name));
        Assert.Equal(3, normal.Repairs.Count(repair => repair.Kind == HistoryRepairKind.ResultNamed));
        Assert.Equal("messages[1]: a result was given its call's name (b)", normal.Repairs[0].ToString());
    }

    [Theory]
    [InlineData(ReasoningForm.Thinking, """{"role":"assistant","thinking":"t","content":"a"}""")]
    [InlineData(ReasoningForm.ReasoningContent, """{"role":"assistant","reasoning_content":"t","content":"a"}""")]
    [InlineData(ReasoningForm.ThinkTags, """{"role":"assistant","content":"<think>\nt\n</think>\n\na"}""")]
    public void Reasoning_goes_where_it_is_asked_for_and_comes_back(ReasoningForm form, string expected)
    {
        string json = HistoryNormalizer.Normalize("""[{"role":"assistant","content":"a","thinking":"t"}]""", form).Json;
        Assert.Equal($$"""{"messages":[{{expected}}]}""", json);
        HistoryMessage message = HistoryReader.Read(json).Messages[0];
        Assert.Equal(("t", "a"), (message.Thinking, message.Content));
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("3", "found a number, expected an object with 'messages'")]
    [InlineData("{}", "messages: found nothing")]
    [InlineData("""{"messages":{}}""", "messages: found an object, expected a list of messages")]
    [InlineData("[1]", "messages[0]: found a number, expected a message")]
    [InlineData("[{}]", "messages[0].role: found nothing")]
    [InlineData("""[{"role":"critic","content":"x"}]""", "messages[0].role: found \"critic\"")]
    [InlineData("""[{"role":"user"}]""", "messages[0].content: found nothing, expected text")]
    [InlineData("""[{"role":"user","content":3}]""", "messages[0].content: found a number, expected text")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url"}]}]""", "messages[0].content[0]: found a part of type \"image_url\"")]
    [InlineData("""[{"role":"user","content":"\ud800"}]""", "messages[0].content: found bad UTF-8")]
    [InlineData("""[{"role":"user","content":"x","tool_calls":[{"name":"a"}]}]""", "messages[0].tool_calls: found calls of 'user'")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"function":{}}]}]""", "messages[0].tool_calls[0].function.name: found nothing")]
    [InlineData("""[{"role":"assistant","content":"x","weight":2}]""", "messages[0].weight: found a number, expected 0 or 1")]
    [InlineData("""[{"role":"assistant","content":"x","thinking":"a","reasoning_content":"b"}]""", "messages[0].thinking: found two different reasonings")]
    [InlineData("""[{"role":"tool","content":"x"}]""", "messages[0].name: found nothing")]
    [InlineData("""{"messages":[],"tools":3}""", "tools: found a number, expected a list of tools")]
    [InlineData("""{"messages":[],"reasoning_effort":"max"}""", "reasoning_effort: found \"max\", expected low, medium or high")]
    public void What_is_no_history_is_refused_with_its_place(string json, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<HistoryFormatException>(() => HistoryNormalizer.Normalize(json)).Message, StringComparison.Ordinal);
}
