using System.Buffers;
using Chorale.Tokenization;

namespace Chorale.Harmony.Tests;

/// <summary>What stands in system and developer messages beside the types of single schemas.</summary>
public class ToolTextTests
{
    const string Tree = """{"properties":{"tree":{"$ref":"#/$defs/Node"}},"$defs":{"Node":{"properties":{"children":{"items":{"$ref":"#/$defs/Node"}}}}}}""";

    static string Text(ContentPart part, SchemaStyle style = SchemaStyle.Complete)
    {
        Message message = part is SystemContent system ? Message.System(system) : Message.Developer((DeveloperContent)part);
        string text = Tokenizer.O200kHarmony.Decode(HarmonyEncoding.Default.RenderMessage(message, schemas: style));
        int start = text.IndexOf("<|message|>", StringComparison.Ordinal) + "<|message|>".Length;
        return text[start..^"<|end|>".Length];
    }

    static ToolDescription Tool(string name, string? parameters, string? returns = null, string description = "") =>
        new(name, description, parameters is null ? null : JsonSchema.Parse(parameters)) { Returns = returns is null ? null : JsonSchema.Parse(returns) };

    [Fact]
    public void Functions_stand_with_the_types_they_name_and_what_they_return() => Assert.Equal(
        """
        # Instructions

        Be brief.

        # Tools

        ## functions

        namespace functions {

        // A node.
        type Node = {
        value: string,
        children?: Node[],
        };

        // Puts a node
        // below another.
        type insert = (_: {
        below?: string | null, // format: uuid
        node: Node,
        }) => any;

        // Finds a node.
        // Returns: What was found, or null.
        type find = (_: {
        text: string,
        }) => Node | null;

        // How many there are.
        // Returns (minimum: 0)
        type count = () => number;

        } // namespace functions
        """,
        Text(new DeveloperContent { Instructions = "Be brief." }.WithFunctions(
            Tool("insert", """
                {"type":"object","properties":{"below":{"anyOf":[{"type":"string","format":"uuid"},{"type":"null"}]},"node":{"$ref":"#/$defs/Node"}},"required":["node"],
                "$defs":{"Node":{"type":"object","description":"A node.","properties":{"value":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/$defs/Node"}}},"required":["value"]}}}
                """, description: "Puts a node\nbelow another."),
            Tool("find", """{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}""", """
                {"description":"What was found, or null.","anyOf":[{"$ref":"#/definitions/Node"},{"type":"null"}],
                "definitions":{"Node":{"type":"object","description":"A node.","properties":{"value":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/definitions/Node"}}},"required":["value"]}}}
                """, description: "Finds a node."),
            Tool("count", null, """{"type":"integer","minimum":0}""", description: "How many there are."))));

    [Fact]
    public void The_official_style_shows_no_result_and_no_name() => Assert.Equal(
        """
        # Tools

        ## functions

        namespace functions {

        type find = (_: {
        tree?: any,
        }) => any;

        } // namespace functions
        """,
        Text(new DeveloperContent().WithFunctions(Tool("find", """{"type":"object","properties":{"tree":{"$ref":"#"}}}""", """{"type":"string"}""")), SchemaStyle.Official));

    [Fact]
    public void A_type_never_has_the_name_of_a_function_or_of_another_type()
    {
        string other = Tree.Replace("\"items\"", "\"additionalProperties\"", StringComparison.Ordinal);
        string text = Text(new DeveloperContent().WithFunctions(Tool("Node", Tree), Tool("same", Tree), Tool("other", other), Tool("Node3", other)));
        Assert.Equal(
            """
            # Tools

            ## functions

            namespace functions {

            type Node2 = {
            children?: Node2[],
            };

            type Node = (_: {
            tree?: Node2,
            }) => any;

            type same = (_: {
            tree?: Node2,
            }) => any;

            type Node4 = {
            children?: {
                [key: string]: Node4,
                },
            };

            type other = (_: {
            tree?: Node4,
            }) => any;

            type Node3 = (_: {
            tree?: Node4,
            }) => any;

            } // namespace functions
            """, text);
    }

    [Fact]
    public void Any_number_of_namespaces_stands_in_the_order_of_the_keys()
    {
        ToolNamespace crm = new() { Name = "crm", Description = "Customers.\nNo others.", Tools = [Tool("get", Tree)] };
        ToolNamespace notes = new() { Name = "notes", Tools = [Tool("add", """{"type":"object","properties":{"text":{"type":"string"}}}""", description: "Adds."), Tool("all", null)] };
        ToolNamespace plain = new() { Name = "shell", Description = "Takes commands as text." };
        DeveloperContent developer = new() { Tools = new Dictionary<string, ToolNamespace>(StringComparer.Ordinal) { ["z"] = crm, ["notes"] = notes, ["functions"] = plain, ["é"] = ToolNamespace.Python with { Description = "Code." } } };
        const string expected = """
            # Tools

            ## shell

            Takes commands as text.

            ## notes

            namespace notes {

            // Adds.
            type add = (_: {
            text?: string,
            }) => any;

            type all = () => any;

            } // namespace notes

            ## crm

            // Customers.
            // No others.
            namespace crm {

            type Node = {
            children?: Node[],
            };

            type get = (_: {
            tree?: Node,
            }) => any;

            } // namespace crm

            ## python

            Code.
            """;
        Assert.Equal(expected, Text(developer));
        Assert.Equal(expected, Text(new SystemContent { Tools = developer.Tools }));
        string both = Text(SystemContent.Default.WithBrowser().WithPython().WithTools(crm));
        IEnumerable<string> headings = both.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.Equal(["## browser", "## crm", "## python"], headings);
    }

    [Fact]
    public void The_built_in_tools_are_the_same_in_both_styles()
    {
        SystemContent system = SystemContent.Default.WithBrowser().WithPython();
        Assert.Equal(Text(system, SchemaStyle.Official), Text(system));
    }

    [Fact]
    public void Response_formats_stand_at_the_end_as_the_guide_has_them() => Assert.Equal(
        """
        # Instructions

        You are a helpful shopping assistant

        # Tools

        ## functions

        namespace functions {

        type f = () => any;

        } // namespace functions

        # Response Formats

        ## shopping_list

        {"properties":{"items":{"type":"array","description":"entries on the shopping list","items":{"type":"string"}}},"type":"object"}

        ## note

        // For anything else.
        // Be brief.
        { "type": "string", "maxLength": 1E2 }
        """,
        Text(new DeveloperContent { Instructions = "You are a helpful shopping assistant" }.WithFunctions(Tool("f", null)).WithResponseFormats(
            new ResponseFormat("shopping_list", JsonSchema.Parse("""{"properties":{"items":{"type":"array","description":"entries on the shopping list","items":{"type":"string"}}},"type":"object"}""")),
            new ResponseFormat("note", JsonSchema.Parse("""{ "type": "string", "maxLength": 1E2 }"""), "For anything else.\nBe brief.")), SchemaStyle.Official));

    [Fact]
    public void A_response_format_alone_is_the_whole_message() =>
        Assert.Equal("# Response Formats\n\n## f\n\n{}", Text(new DeveloperContent().WithResponseFormats(new ResponseFormat("f", JsonSchema.Parse("{}")))));

    [Fact]
    public void Results_and_response_formats_are_written_only_where_they_are_and_read_back()
    {
        const string json = """
            {"messages":[{"role":"developer","content":[{"type":"developer_content","instructions":null,"tools":{"functions":{"name":"functions","description":null,"tools":[{"name":"f","description":"","parameters":null,"returns":{"type":"string"}},{"name":"g","description":"","parameters":{}}]}},"response_formats":[{"name":"a","schema":{ "x": 1.50 }},{"name":"b","description":"d","schema":true}]}]}]}
            """;
        Conversation conversation = ConversationJson.Read(json);
        DeveloperContent developer = (DeveloperContent)conversation.Messages[0].Content[0];
        Assert.Equal("""{"type":"string"}""", developer.Tools!["functions"].Tools[0].Returns!.Text);
        Assert.Equal([new("a", JsonSchema.Parse("""{ "x": 1.50 }""")), new("b", JsonSchema.Parse("true"), "d")], developer.ResponseFormats);
        Assert.Equal(json.TrimEnd(), ConversationJson.Write(conversation));
        Assert.DoesNotContain("returns", ConversationJson.Write(Conversation.Of(Message.Developer(new DeveloperContent().WithFunctions(Tool("f", "{}"))))), StringComparison.Ordinal);
        Assert.DoesNotContain("response_formats", ConversationJson.Write(Conversation.Of(Message.Developer(new DeveloperContent()))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_format_on_lines_is_written_on_one()
    {
        DeveloperContent developer = new DeveloperContent().WithResponseFormats(new ResponseFormat("a", JsonSchema.Parse("{\n  \"type\": \"string\"\n}")));
        Assert.EndsWith("\"response_formats\":[{\"name\":\"a\",\"schema\":{\"type\":\"string\"}}]}]}]}", ConversationJson.Write(Conversation.Of(Message.Developer(developer))), StringComparison.Ordinal);
        Assert.Contains("{\n  \"type\": \"string\"\n}", Text(developer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"response_formats":5}""", "messages[0].content[0].response_formats")]
    [InlineData("""{"response_formats":[{"schema":{}}]}""", "messages[0].content[0].response_formats[0]")]
    [InlineData("""{"response_formats":[{"name":"a"}]}""", "messages[0].content[0].response_formats[0]")]
    [InlineData("""{"response_formats":[{"name":"a","schema":{},"description":1}]}""", "messages[0].content[0].response_formats[0].description")]
    public void A_response_format_that_is_none_is_refused_with_its_place(string field, string path)
    {
        string json = $$"""{"messages":[{"role":"developer","content":[{"type":"developer_content",{{field[1..]}}]}]}""";
        Assert.Equal(path, Assert.Throws<HarmonyJsonException>(() => ConversationJson.Read(json)).Path);
    }

    [Fact]
    public void A_schema_that_cannot_be_read_names_its_tool_and_leaves_nothing_written()
    {
        ToolNamespace crm = new() { Name = "crm", Tools = [Tool("fine", "{}"), Tool("lookup", """{"properties":{"id":{"$ref":"#/$defs/Id"}}}""")] };
        Conversation conversation = Conversation.Of(Message.User("hi"), Message.Developer(new DeveloperContent().WithTools(crm)));
        RenderOptions complete = new() { Schemas = SchemaStyle.Complete };
        ArrayBufferWriter<int> ids = new();
        SchemaException error = Assert.Throws<SchemaException>(() => HarmonyEncoding.Default.RenderConversation(conversation, complete, ids));
        Assert.Equal("The parameters of crm.lookup cannot be read at $.properties.id.$ref: \"#/$defs/Id\" leads nowhere, expected the place of a schema.", error.Message);
        Assert.Equal("$.properties.id.$ref", error.Path);
        Assert.Equal(0, ids.WrittenCount);
        Assert.IsAssignableFrom<ArgumentException>(error);
        Assert.Throws<SchemaException>(() => new RenderCache(HarmonyEncoding.Default).RenderConversation(conversation, complete));
        Assert.NotEmpty(HarmonyEncoding.Default.RenderConversation(conversation));

        Message result = Message.System(new SystemContent().WithTools(new ToolNamespace { Name = "t", Tools = [Tool("f", null, """{"type":"x"}""")] }));
        Assert.StartsWith("The result of t.f cannot be read at $.type: ", Assert.Throws<SchemaException>(() =>
            HarmonyEncoding.Default.RenderMessage(result, schemas: SchemaStyle.Complete)).Message, StringComparison.Ordinal);
    }
}
