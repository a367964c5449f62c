using System.Diagnostics.CodeAnalysis;

namespace Chorale.Clients.Tests;

/// <summary>Turns as a model writes them.</summary>
static class Turns
{
    public const string WeatherSchema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    public const string EventSchema =
        """{"type":"object","properties":{"name":{"type":"string"},"participants":{"type":"array","items":{"type":"string"}}},"required":["name","participants"],"additionalProperties":false}""";

    public const string Event = """{"name":"Science Fair","participants":["Alice","Bob"]}""";

    public static string Reasoning(string text) => $"<|channel|>analysis<|message|>{text}<|end|><|start|>assistant";

    public static string Preamble(string text) => $"<|channel|>commentary<|message|>{text}<|end|><|start|>assistant";

    public static string Final(string text) => $"<|channel|>final<|message|>{text}<|return|>";

    public static string Call(string name, [StringSyntax(StringSyntaxAttribute.Json)] string arguments) =>
        $"<|channel|>commentary to=functions.{name} <|constrain|>json<|message|>{arguments}<|call|>";

    /// <summary>A greeting after a thought.</summary>
    public static string Greeting => Reasoning("The user greets me.") + Final("Hello, world!");
}
