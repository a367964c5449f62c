namespace Chorale.Harmony.Tests;

public class MessageTests
{
    [Fact]
    public void Messages_compare_by_value_down_to_their_tools()
    {
        static Message Make() => Message.Developer(new DeveloperContent { Instructions = "Help." }
            .WithFunctions(new ToolDescription("f", "Does it.", JsonSchema.Parse("""{"type":"object"}"""))));
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.NotEqual(Make(), Make() with { Channel = Channels.Final });
        Assert.NotEqual(Message.User("a"), Message.User("b"));
        Assert.NotEqual<Message>(Message.User("a"), new Message { Author = Role.User, Content = [new TextContent("a"), new TextContent("")] });
    }

    [Fact]
    public void A_message_keeps_its_own_copy_of_a_list()
    {
        List<ContentPart> parts = [new TextContent("a")];
        Message message = new() { Author = Role.User, Content = parts };
        parts.Add(new TextContent("b"));
        Assert.Equal("a", message.Text);
        Assert.Equal("ab", (message with { Content = parts }).Text);
    }

    [Fact]
    public void A_tools_result_answers_its_call()
    {
        Message call = Message.FunctionCall("functions.get_weather", """{"city":"Seoul"}""");
        Message result = Message.ToolResult(call, "21");
        Assert.Equal(new Author(Role.Tool, "functions.get_weather"), result.Author);
        Assert.Equal(("assistant", Channels.Commentary), (result.Recipient, result.Channel));
        Assert.Throws<ArgumentException>(() => Message.ToolResult(Message.Assistant("no call"), "x"));
        int[] ids = HarmonyEncoding.Default.RenderConversation(Conversation.Of(call, result), RenderOptions.KeepAnalysis);
        Assert.Equal([call, result], HarmonyEncoding.Default.Parse(ids));
    }

    [Fact]
    public void Namespaces_stand_in_the_order_of_their_keys_bytes()
    {
        string[] keys = ["\uE000", "😀", "b", "a", "한", "ab"];   // as UTF-16 the emoji would stand before U+E000
        DeveloperContent content = new() { Tools = keys.ToDictionary(key => key, key => new ToolNamespace { Name = key }, StringComparer.Ordinal) };
        Assert.Equal("a ab b 한 \uE000 😀", string.Join(' ', content.Tools.Keys));
        Assert.Equal("b", content.Tools["b"].Name);
        Assert.False(content.Tools.ContainsKey("c"));
    }

    [Fact]
    public void Adding_a_namespace_replaces_the_one_of_its_name()
    {
        SystemContent content = SystemContent.Default.WithBrowser().WithPython().WithBrowser();
        Assert.Equal("browser python", string.Join(' ', content.Tools!.Keys));
        Assert.Null(SystemContent.Default.Tools);
    }

    [Fact]
    public void A_list_has_no_null_in_it()
    {
        Assert.Throws<ArgumentNullException>(() => Conversation.Of(Message.User("a"), null!));
        Assert.Throws<ArgumentNullException>(() => Message.User(null!));
        Assert.Throws<ArgumentNullException>(() => new Message { Author = Role.User, Content = null! });
    }
}
