using System.Text.Json;

namespace Chorale.Harmony.Tests;

public class CallResolverTests
{
    static ToolDescription Tool(string name, params string[] parameters) => new(name, "", JsonSchema.Parse(
        $$"""{"type":"object","properties":{{{string.Join(',', parameters.Select(parameter => $$"""
            "{{parameter}}":{"type":"string"}
            """))}}},"required":[{{string.Join(',', parameters.Select(parameter => $"\"{parameter}\""))}}]}"""));

    static readonly ToolNamespace[] Tools =
    [
        ToolNamespace.Functions(Tool("get_weather", "city"), Tool("Write", "path", "content"), Tool("python", "code"), Tool("find"), Tool("web-browsing", "url")),
        ToolNamespace.Browser,
    ];

    static readonly ToolNamespace[] WithPython = [.. Tools, ToolNamespace.Python];

    static HarmonyCall? Resolve(string? recipient, string text = "{}", bool repair = false, ToolNamespace[]? tools = null, string? channel = Channels.Commentary) =>
        new CallResolver(tools ?? Tools, repair).Resolve(Message.Assistant(text, channel) with { Recipient = recipient });

    [Theory]
    [InlineData("functions.get_weather", "functions", "get_weather", true)]
    [InlineData("get_weather", "functions", "get_weather", true)]
    [InlineData("functions.browser.search", "browser", "search", true)]
    [InlineData("browser.search", "browser", "search", true)]
    [InlineData("search", "browser", "search", true)]
    [InlineData("find", "functions", "find", true)]
    [InlineData("browser.find", "browser", "find", true)]
    [InlineData("functions.python_tool", "functions", "python", true)]
    [InlineData("functions.python", "functions", "python", true)]
    [InlineData("python", "functions", "python", true)]
    [InlineData("get_weather<|channel|>commentary", "functions", "get_weather", false)]
    [InlineData("functions.get_weather<|channel|>commentary", "functions", "get_weather", false)]
    [InlineData("functions.get_weathercommentary", "functions", "get_weather", false)]
    [InlineData("functions.get_weatherjson", "functions", "get_weather", false)]
    [InlineData("functions.get_weather_commentary json", "functions", "get_weather", false)]
    [InlineData("functions.Get-Weather", "functions", "get_weather", false)]
    [InlineData("functions/get_weather", "functions", "get_weather", false)]
    [InlineData("functions.get_weather()", "functions", "get_weather", false)]
    [InlineData("\"get_weather\"", "functions", "get_weather", false)]
    [InlineData("functions.web_browsing", "functions", "web-browsing", false)]
    [InlineData("functions.functions.get_weather", "functions", "get_weather", true)]
    public void A_recipient_is_found_however_it_is_spelled(string recipient, string space, string name, bool isExact)
    {
        HarmonyCall call = Resolve(recipient)!;
        Assert.Equal((space, name), (call.Namespace, call.Name));
        Assert.Equal(name, call.Tool?.Name);
        Assert.Equal(isExact ? [] : [DiagnosticCode.ToolNameRepaired], call.Diagnostics.Select(diagnostic => diagnostic.Code));
    }

    [Theory]
    [InlineData("functions.unknown", "unknown")]
    [InlineData("unknown", "unknown")]
    [InlineData("functions.get", "get")]
    [InlineData("container.exec", "container.exec")]
    public void A_tool_that_nobody_declared_is_still_a_call(string recipient, string name)
    {
        HarmonyCall call = Resolve(recipient)!;
        Assert.Equal((name, false), (call.Name, call.IsDeclared));
        Assert.Equal([DiagnosticCode.UnknownTool], call.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.Empty(Resolve(recipient, tools: [])!.Diagnostics);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("assistant")]
    [InlineData("all")]
    [InlineData("user")]
    public void Who_is_somebody_in_the_conversation_is_no_tool(string? recipient) => Assert.Null(Resolve(recipient, "Hi"));

    [Theory]
    [InlineData(Channels.Analysis)]
    [InlineData(Channels.Final)]
    [InlineData("comment")]
    [InlineData(null)]
    public void The_channel_does_not_matter(string? channel) => Assert.Equal("get_weather", Resolve("functions.get_weather", channel: channel)!.Name);

    [Fact]
    public void The_built_in_python_takes_text()
    {
        HarmonyCall call = Resolve("python", "print(1)", repair: true, tools: WithPython)!;
        Assert.Equal(("python", "python", null, "print(1)"), (call.Namespace, call.Name, call.Tool, call.Arguments));
        Assert.Empty(call.Diagnostics);
        Assert.Equal("functions", Resolve("functions.python", tools: WithPython)!.Namespace);
    }

    [Theory]
    [InlineData("{\"city\":\"Rome\"}]", "{\"city\":\"Rome\"}")]
    [InlineData("{\"city\":\"Rome\"}}", "{\"city\":\"Rome\"}")]
    [InlineData("{\"city\":\"Rome\"", "{\"city\":\"Rome\"}")]
    [InlineData("[{\"city\":\"Rome\"}]", "{\"city\":\"Rome\"}")]
    [InlineData("```json\n{\"city\":\"Rome\"}\n```", "{\"city\":\"Rome\"}\n")]
    [InlineData("{\"city\":\"Ro\nme\"}", "{\"city\":\"Ro\\nme\"}")]
    [InlineData("{\"name\":\"get_weather\",\"parameters\":{\"city\":\"Rome\"}}", "{\"city\":\"Rome\"}")]
    [InlineData("{\"name\":\"functions.get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Rome\\\"}\"}", "{\"city\":\"Rome\"}")]
    [InlineData("{\"name\":\"get_weather\",\"parameters\":{\"city\":\"Rome\"}", "{\"city\":\"Rome\"}")]
    [InlineData("Rome", "{\"city\":\"Rome\"}")]
    [InlineData("", "{}")]
    public void Arguments_that_are_nearly_JSON_are_repaired_where_that_is_asked_for(string written, string repaired)
    {
        HarmonyCall call = Resolve("functions.get_weather", written, repair: true)!;
        Assert.Equal((repaired, written, true), (call.Arguments, call.RawArguments, call.HasJsonArguments));
        Assert.Equal([DiagnosticCode.ArgumentsRepaired], call.Diagnostics.Select(diagnostic => diagnostic.Code));

        HarmonyCall kept = Resolve("functions.get_weather", written)!;
        Assert.Equal(written, kept.Arguments);
        Assert.Equal(IsObject(written), kept.HasJsonArguments);
    }

    static bool IsObject(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("Write", "print(1)")]                                       // which of two parameters is it?
    [InlineData("Write", "{\"path\":\"a\",\"content\":\"unfini")]           // nobody knows how the string goes on
    [InlineData("Write", "{\"path\":\"a\"} and some words")]
    [InlineData("Write", "{path: 1}")]
    [InlineData("Write", "[1, 2]")]
    public void What_cannot_be_repaired_without_loss_is_kept_whole(string tool, string written)
    {
        HarmonyCall call = Resolve($"functions.{tool}", written, repair: true)!;
        Assert.Equal((written, false), (call.Arguments, call.HasJsonArguments));
        Assert.Equal([DiagnosticCode.InvalidArguments], call.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.Equal(written, call.Diagnostics[0].Found);
    }

    [Fact]
    public void An_envelope_without_a_recipient_is_a_call_where_repairs_are_asked_for()
    {
        const string text = """{"name":"get_weather","parameters":{"city":"Rome"}}""";
        HarmonyCall call = Resolve(null, text, repair: true, channel: Channels.Final)!;
        Assert.Equal(("get_weather", """{"city":"Rome"}"""), (call.Name, call.Arguments));
        Assert.Equal(Message.Tool("functions.get_weather", "sunny") with { Recipient = "assistant", Channel = Channels.Commentary }, call.ToResult("sunny"));
        Assert.Null(Resolve(null, text, channel: Channels.Final));
        Assert.Null(Resolve(null, text, repair: true, channel: Channels.Analysis));
        Assert.Null(Resolve(null, """{"name":"Rome","parameters":{}}""", repair: true));
    }

    [Fact]
    public void A_function_with_a_parameter_called_name_keeps_its_envelope()
    {
        ToolNamespace tools = ToolNamespace.Functions(Tool("save", "name"));
        HarmonyCall call = new CallResolver([tools], repairArguments: true).Resolve(Message.FunctionCall("functions.save", """{"name":"save","parameters":{"a":1}}"""))!;
        Assert.Equal(call.RawArguments, call.Arguments);
    }

    [Fact]
    public void A_function_named_like_a_built_in_tool_has_another_name_on_the_wire_only()
    {
        Conversation conversation = Conversation.Of(
            Message.System(SystemContent.Default),
            Message.Developer(new DeveloperContent().WithFunctions(Tool("python", "code"), Tool("python_tool"), Tool("bash", "command"), Tool("get_weather", "city"))),
            Message.User("Go"),
            Message.FunctionCall("functions.python", "{}"),
            Message.Tool("functions.python", "1") with { Recipient = "assistant", Channel = Channels.Commentary });
        CallResolver resolver = CallResolver.For(conversation);
        Assert.Equal(
            [("functions.bash", "functions.bash_tool"), ("functions.python", "functions.python_tool2")],
            resolver.Aliases.Names.Select(pair => (pair.Key, pair.Value)).Order());

        string wire = HarmonyEncoding.Default.Tokenizer.Decode(HarmonyEncoding.Default.RenderConversation(resolver.Aliases.ToWire(conversation)));
        Assert.Contains("type python_tool2 = ", wire, StringComparison.Ordinal);
        Assert.Contains("type bash_tool = ", wire, StringComparison.Ordinal);
        Assert.Contains("to=functions.python_tool2<|channel|>", wire, StringComparison.Ordinal);
        Assert.Contains("<|start|>functions.python_tool2 to=assistant", wire, StringComparison.Ordinal);
        Assert.DoesNotContain("type python = ", wire, StringComparison.Ordinal);

        Message fromModel = Message.FunctionCall("functions.bash_tool", "{}");
        Assert.Equal("functions.bash", resolver.Aliases.FromWire(fromModel).Recipient);
        Assert.Equal("bash", resolver.Resolve(fromModel)!.Name);
        Assert.Same(conversation, ToolAliases.None.ToWire(conversation));
    }

    [Fact]
    public void No_arguments_and_no_recipient_make_it_throw()
    {
        Random random = new(3);
        string[] parts = ["{", "}", "[", "]", "\"", "\\", "name", ":", ",", "1", " ", "\n", "```", "json", "functions.", "get_weather", "<|", "|>", "\uD800", "commentary", "."];
        string Text() => string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => parts[random.Next(parts.Length)]));
        for (int round = 0; round < 5000; round++)
        {
            string text = Text();
            HarmonyCall? call = Resolve(Text(), text, repair: true);
            Assert.Equal(text, call?.RawArguments ?? text);
        }
    }
}
