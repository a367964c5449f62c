using System.Text;

namespace Chorale.Harmony.Tests;

public class ConversationJsonTests
{
    [Fact]
    public void A_conversation_read_and_written_again_is_what_was_recorded() =>
        Recorded.All(Recorded.Cases("json.jsonl"), recorded =>
        {
            byte[] json = recorded.Json("conversation");
            if (recorded.Error is not null)
                Assert.Throws<HarmonyJsonException>(() => ConversationJson.Read(json));
            else
                Assert.Equal(recorded.Response.GetProperty("json").GetString(), ConversationJson.Write(ConversationJson.Read(json)));
        });

    [Fact]
    public void What_was_written_reads_back_as_an_equal_conversation() =>
        Recorded.All(Recorded.Cases("json.jsonl").Where(recorded => recorded.Error is null), recorded =>
        {
            string written = ConversationJson.Write(ConversationJson.Read(recorded.Json("conversation")));
            Conversation once = ConversationJson.Read(written);
            Conversation twice = ConversationJson.Read(ConversationJson.Write(once));
            Assert.Equal(once, twice);
            Assert.Equal(once.GetHashCode(), twice.GetHashCode());
        });

    [Theory]
    [InlineData("""{"messages":[{"role":"bot","content":"x"}]}""", "messages[0].role", 1, 22, "unknown role 'bot'")]
    [InlineData("{\"messages\":[\n {\"role\":\"user\"}]}", "messages[0]", 2, 16, "'content' is missing")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages[0].content[0]", 1, 54, "'text' is missing")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "messages[0].content", 1, 39, "not Unicode")]
    [InlineData("""{"messages":[]}x""", "", 1, 16, "")]
    [InlineData("", "", 1, 1, "")]
    public void An_error_says_what_and_where(string json, string path, int line, int column, string problem)
    {
        HarmonyJsonException error = Assert.Throws<HarmonyJsonException>(() => ConversationJson.Read(json));
        Assert.StartsWith("invalid conversation JSON: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal((path, line, column), (error.Path, (int)error.Line, (int)error.Column));
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void A_message_may_nest_127_levels_even_in_a_field_nobody_knows(int levels, bool isRead)
    {
        int around = 3;   // the conversation, its list, the message
        string deep = new string('[', levels - around) + new string(']', levels - around);
        string json = $$"""{"messages":[{"role":"user","content":"x","extra":{{deep}}}]}""";
        if (isRead)
            Assert.Single(ConversationJson.Read(json).Messages);
        else
            Assert.Throws<HarmonyJsonException>(() => ConversationJson.Read(json));
    }

    [Fact]
    public void A_field_beside_the_messages_is_passed_over_however_deep_it_is()
    {
        string deep = new string('[', 5000) + "1e999" + new string(']', 5000);
        Assert.Empty(ConversationJson.Read($$"""{"extra":{{deep}},"messages":[]}""").Messages);
    }

    [Fact]
    public void A_number_out_of_range_fails_the_message_it_stands_in() =>
        Assert.Throws<HarmonyJsonException>(() => ConversationJson.Read("""{"messages":[{"role":"user","content":"x","extra":[1e400]}]}"""));

    [Fact]
    public void One_message_reads_and_writes_alone()
    {
        byte[] json = """{"role":"assistant","recipient":"functions.f","content":"{}","channel":"commentary","content_type":"<|constrain|>json"}"""u8.ToArray();
        Message message = ConversationJson.ReadMessage(json);
        Assert.Equal(Message.FunctionCall("functions.f", "{}"), message);
        System.Buffers.ArrayBufferWriter<byte> written = new();
        ConversationJson.Write(message, written);
        Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(written.WrittenSpan));
    }
}
