using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chorale.Chat.Tests;

public class ToolFunctionTests
{
    [Fact]
    public void A_method_is_described_by_its_documentation()
    {
        AIFunction function = ToolFunction.Create(DocumentedTools.Weather);
        Assert.Equal("Weather", function.Name);
        Assert.Equal("The weather in a city, as Place or null.\nSee city.\n- one\n- two", function.Description);
        Assert.Equal("The city's name, <in English>.", ParameterOf(function, "city"));
        Assert.Equal("How many days ahead.", ParameterOf(function, "days"));
        Assert.Equal("A sentence.", function.ReturnJsonSchema!.Value.GetProperty("description").GetString());
        Assert.Equal("string", function.ReturnJsonSchema.Value.GetProperty("type").GetString());
    }

    [Fact]
    public async Task What_is_described_still_runs()
    {
        object? result = await ToolFunction.Create(DocumentedTools.Weather).InvokeAsync(new() { ["city"] = "Paris", ["days"] = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal("Paris: 3", Assert.IsType<JsonElement>(result).GetString());
    }

    [Fact]
    public void Overloads_have_each_its_own_documentation()
    {
        Assert.Equal(("Of a number.", "A number."), Described(ToolFunction.Create((Func<int, int>)DocumentedTools.Twice), "value"));
        Assert.Equal(("Of a text.", "A text."), Described(ToolFunction.Create((Func<string, string>)DocumentedTools.Twice), "value"));
    }

    [Fact]
    public void Generic_methods_and_nested_generic_types_are_found()
    {
        AIFunction count = ToolFunction.Create(DocumentedTools.Count<int>);
        Assert.Equal(("Of any.", "Any number of them, by their keys."), Described(count, "items"));
        Assert.Equal("Numbers in rows.", ParameterOf(count, "grid"));
        Assert.Equal(("Puts something in.", "What."), Described(ToolFunction.Create(new DocumentedTools.Box<string>().Put), "item"));
        Assert.Equal(("Opens it.", "With these."), Described(ToolFunction.Create(new DocumentedTools.Box<int>.Drawer<string>().Open), "keys"));
    }

    [Fact]
    public void An_attribute_comes_before_the_documentation()
    {
        AIFunction function = ToolFunction.Create(DocumentedTools.Attributed);
        Assert.Equal(("By attribute.", "Parameter by attribute."), Described(function, "value"));
        Assert.Equal("Result by attribute.", function.ReturnJsonSchema!.Value.GetProperty("description").GetString());
        Assert.Equal("By hand.", ToolFunction.Create(DocumentedTools.Attributed, "x", "By hand.").Description);
    }

    [Fact]
    public void Documentation_is_inherited_from_interfaces_and_by_reference()
    {
        AIFunction forecast = ToolFunction.Create(new DocumentedTools().Forecast);
        Assert.Equal(("What the weather will be.", "Where it will be."), Described(forecast, "city"));
        Assert.Equal("What it will be.", forecast.ReturnJsonSchema!.Value.GetProperty("description").GetString());
        Assert.Equal(("Of a number.", "Another number."), Described(ToolFunction.Create(DocumentedTools.Thrice), "value"));
    }

    [Fact]
    public void Properties_and_types_of_arguments_are_described_too()
    {
        JsonElement place = ToolFunction.Create(DocumentedTools.Mark).JsonSchema.GetProperty("properties").GetProperty("place");
        Assert.Equal("Where.", place.GetProperty("description").GetString());
        JsonElement properties = place.GetProperty("properties");
        Assert.Equal("The city that it is in.", Property(properties, "city").GetProperty("description").GetString());
        Assert.Equal("What it is.", Property(properties, "kind").GetProperty("description").GetString());
        Assert.Equal("How high it lies, in metres.", Property(properties, "height").GetProperty("description").GetString());
        JsonElement near = Property(properties, "near");
        Assert.Equal("What is near it.", near.GetProperty("description").GetString());
        Assert.Equal("What a place is called.", near.GetProperty("items").GetProperty("description").GetString());
        Assert.Equal("In the language of the place.", Property(near.GetProperty("items").GetProperty("properties"), "local").GetProperty("description").GetString());
    }

    [Fact]
    public void What_is_not_documented_has_no_description()
    {
        AIFunction function = ToolFunction.Create(DocumentedTools.Undocumented);
        Assert.Equal("", function.Description);
        Assert.False(function.JsonSchema.GetProperty("properties").GetProperty("text").TryGetProperty("description", out _));
        AIFunction lambda = ToolFunction.Create((string text) => text.Length, "measure", "Measures.");
        Assert.Equal(("measure", "Measures."), (lambda.Name, lambda.Description));
    }

    [Fact]
    public void All_public_methods_of_a_class_become_functions()
    {
        IReadOnlyList<AIFunction> functions = ToolFunction.CreateAll(new DocumentedTools());
        Assert.Equal(["Attributed", "Forecast", "Mark", "Thrice", "Twice", "Twice", "Undocumented", "Weather"], functions.Select(function => function.Name));
        Assert.Contains("undocumented", ToolFunction.CreateAll(new DocumentedTools(), JsonNamingPolicy.SnakeCaseLower).Select(function => function.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no XML at all")]
    [InlineData("<doc><members><member name=\"M:A\"><summary>cut")]
    [InlineData("<!DOCTYPE doc [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><doc><members><member name=\"M:A\"><summary>&b;</summary></member></members></doc>")]
    [InlineData("<!DOCTYPE doc SYSTEM \"file:///etc/passwd\"><doc/>")]
    public void A_damaged_or_hostile_file_says_nothing_of_what_is_not_whole(string xml) => Assert.Null(Read(xml).Find("M:A"));

    [Fact]
    public void What_stands_before_a_fault_counts()
    {
        XmlDocumentation documentation = Read("<doc><members><member name=\"M:A\"><summary>a</summary></member><member name=\"M:B\"><summary>b</doc>");
        Assert.Equal("a", documentation.Find("M:A")!.Summary);
        Assert.Null(documentation.Find("M:B"));
    }

    [Fact]
    public void Depth_and_length_of_a_file_do_no_harm()
    {
        string deep = string.Concat(Enumerable.Repeat("<x>", 100_000)) + "deep" + string.Concat(Enumerable.Repeat("</x>", 100_000));
        XmlDocumentation documentation = Read($"<doc><members><member name=\"M:A\"><summary>{deep}</summary></member><member name=\"M:B\"><summary>{new string('x', 1_000_000)}</summary></member></members></doc>");
        Assert.Equal("deep", documentation.Find("M:A")!.Summary);
        Assert.Equal(8_192, documentation.Find("M:B")!.Summary!.Length);
    }

    [Fact]
    public void Documentation_that_inherits_in_a_circle_ends()
    {
        MethodInfo method = typeof(Circle).GetMethod(nameof(Circle.Round))!;
        Assert.Null(XmlDocumentation.Of(method)!.Summary);
    }

    static (string Function, string? Parameter) Described(AIFunction function, string parameter) => (function.Description, ParameterOf(function, parameter));

    static string? ParameterOf(AIFunction function, string name) => function.JsonSchema.GetProperty("properties").GetProperty(name).GetProperty("description").GetString();

    static JsonElement Property(JsonElement properties, string name) => properties.EnumerateObject().Single(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    static XmlDocumentation Read(string xml)
    {
        using MemoryStream stream = new(System.Text.Encoding.UTF8.GetBytes(xml));
        return new(stream);
    }

    /// <summary>Inherits from itself.</summary>
    public static class Circle
    {
        /// <inheritdoc cref="Back"/>
        public static void Round() => Back();

        /// <inheritdoc cref="Round"/>
        public static void Back()
        {
            // there is nothing to do
        }
    }
}
