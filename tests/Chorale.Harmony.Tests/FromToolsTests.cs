using System.Text.Json;

namespace Chorale.Harmony.Tests;

public class FromToolsTests
{
    [Fact]
    public void The_three_forms_give_the_same_functions()
    {
        const string function = """
            "name":"get_weather","description":"Weather.","strict":true,"parameters":{"type":"object","properties":{"city":{"type":"string"}}}
            """;
        ToolNamespace expected = ToolNamespace.Functions(
            new ToolDescription("get_weather", "Weather.", JsonSchema.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}""")));
        Assert.Equal(expected, ToolNamespace.FromTools($$$"""[{"type":"function","function":{{{{function}}}}}]"""));
        Assert.Equal(expected, ToolNamespace.FromTools($$"""[{"type":"function",{{function}}}]"""));
        Assert.Equal(expected, ToolNamespace.FromTools($$"""[{{{function}}}]"""));
        Assert.Equal(expected, ToolNamespace.FromTools($$$"""[{"function":{{{{function}}}}}]"""));
        using JsonDocument document = JsonDocument.Parse($$"""[{{{function}}}]""");
        Assert.Equal(expected, ToolNamespace.FromTools(document.RootElement));
    }

    [Theory]
    [InlineData("return")]
    [InlineData("returns")]
    [InlineData("response")]
    [InlineData("output_schema")]
    [InlineData("outputSchema")]
    public void The_result_is_read_under_every_name_it_has(string name)
    {
        ToolNamespace tools = ToolNamespace.FromTools($$"""[{"type":"function","function":{"name":"f","{{name}}":{"type":"string","description":"The weather."} } } ]""");
        Assert.Equal("""{"type":"string","description":"The weather."}""", tools.Tools[0].Returns!.Text);
    }

    [Theory]
    [InlineData("parameters")]
    [InlineData("input_schema")]
    [InlineData("inputSchema")]
    public void The_parameters_are_read_under_every_name_they_have(string name) =>
        Assert.Equal("{}", ToolNamespace.FromTools($$"""[{"name":"f","{{name}}":{} }]""").Tools[0].Parameters!.Text);

    [Fact]
    public void What_is_missing_or_null_is_empty()
    {
        ToolDescription tool = Assert.Single(ToolNamespace.FromTools("""[{"type":null,"name":"f","description":null,"parameters":null,"return":null}]""").Tools);
        Assert.Equal(new ToolDescription("f", ""), tool);
    }

    [Fact]
    public void A_tool_that_is_no_function_is_skipped_and_told()
    {
        ToolNamespace tools = ToolNamespace.FromTools("""[{"type":"web_search"},{"name":"f"},{"type":"mcp","server_label":"x"},{"type":"custom","name":"y"}]""", out IReadOnlyList<SkippedTool> skipped);
        Assert.Equal("f", Assert.Single(tools.Tools).Name);
        Assert.Equal([new(0, "web_search"), new(2, "mcp"), new(3, "custom")], skipped);
    }

    [Theory]
    [InlineData("{}", "$", "found an object, expected a list of tools")]
    [InlineData("[{\"name\":\"f\"},5]", "$[1]", "found a number, expected a tool")]
    [InlineData("[{}]", "$[0].name", "found nothing, expected the name of a function")]
    [InlineData("[{\"type\":\"function\",\"function\":{\"description\":\"d\"}}]", "$[0].function.name", "found nothing, expected the name of a function")]
    [InlineData("[{\"type\":\"function\",\"function\":\"f\"}]", "$[0].function", "found a string, expected a function")]
    [InlineData("[{\"name\":[]}]", "$[0].name", "found a list, expected a string")]
    [InlineData("[{\"name\":\"\\ud800\"}]", "$[0].name", "found half of a surrogate pair")]
    [InlineData("[{\"type\":true}]", "$[0].type", "found true, expected a string")]
    [InlineData("[{\"name\":\"f\",\"description\":{}}]", "$[0].description", "found an object, expected a string")]
    [InlineData("[{\"name\":\"f\",\"parameters\":{\"default\":1e999}}]", "$[0].parameters", "invalid schema JSON: the number 1e999 is out of range")]
    public void A_list_that_cannot_be_read_is_refused_with_the_place(string tools, string path, string problem)
    {
        SchemaException error = Assert.Throws<SchemaException>(() => ToolNamespace.FromTools(tools));
        Assert.Equal(path, error.Path);
        Assert.StartsWith($"The list of tools cannot be read at {path}: {problem}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_nested_too_deep_are_refused_with_the_place()
    {
        string deep = new string('[', 200) + new string(']', 200);
        Assert.Equal("$[0].parameters", Assert.Throws<SchemaException>(() => ToolNamespace.FromTools($$"""[{"name":"f","parameters":{{deep}}}]""")).Path);
    }
}
