using System.ComponentModel;
using System.Globalization;
using Chorale.Agents;
using Chorale.Chat;

namespace Chorale.Cli;

/// <summary>Small functions to try tools with, such as the embedded model knows: they make up what they say, always the same, and touch nothing.</summary>
static class DemoTools
{
    static readonly string[] Conditions = ["sunny", "cloudy", "rainy", "windy", "snowy"];

    static readonly string[] Cities = ["Oslo", "Paris", "Tokyo", "Lima", "Cairo"];

    public static AgentTools All { get; } = AgentTools.Of(
        ToolFunction.Create(Weather, "get_current_weather", "Gets the current weather in the provided location."),
        ToolFunction.Create(UserLocation, "getUserLocation", "Gets the location of a user."),
        ToolFunction.Create(AddToCart, "add_to_cart", "Adds a product to the shopping cart."));

    static string Weather(string location, [Description("celsius or fahrenheit")] string unit = "celsius")
    {
        int celsius = Pick(location, 35) - 5;
        int degrees = unit.StartsWith('f') ? (celsius * 9 / 5) + 32 : celsius;
        return Format($$"""{"temperature":{{degrees}},"condition":"{{Conditions[Pick(location, Conditions.Length)]}}"}""");
    }

    static string UserLocation(string userId) => $$"""{"city":"{{Cities[Pick(userId, Cities.Length)]}}"}""";

    static string AddToCart(string product, int quantity) => Format($$"""{"total":{{quantity * ((Pick(product, 100) / 4.0) + 1)}}}""");

    /// <summary>A number below a bound, the same for the same text everywhere.</summary>
    static int Pick(string text, int bound) => text.Aggregate(7, (sum, c) => ((sum * 31) + c) & 0xFFFFFF) % bound;

    static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
