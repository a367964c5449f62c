using System.Text;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// The JSON Schema of a tool's parameters, kept as it was written: the text of numbers, the order of keys, keys that
/// stand twice. Any JSON value is accepted. Immutable; equal where the texts are equal.
/// </summary>
public sealed class JsonSchema : IEquatable<JsonSchema>
{
    internal JsonSchema(string text, JsonValue root)
    {
        Text = text;
        Root = root;
    }

    /// <summary>The JSON as it was written.</summary>
    public string Text { get; }

    internal JsonValue Root { get; }

    /// <summary>
    /// The TypeScript type that the model is shown, as openai-harmony 0.0.8 writes it, byte for byte. Rendered once.
    /// </summary>
    internal string OfficialTypeScript => field ??= TypeScript.Official(Root);

    /// <summary>The type of a function's parameters in the style <see cref="SchemaStyle.Complete"/>. Compiled once; null for <c>null</c>.</summary>
    /// <exception cref="SchemaException">The schema cannot be read.</exception>
    internal CompiledType? AsParameters => Root.Kind == JsonValueKind.Null ? null : field ??= CompleteTypeScript.Parameters(this);

    /// <summary>The type of a function's result in the style <see cref="SchemaStyle.Complete"/>. Compiled once; null for <c>null</c>.</summary>
    /// <exception cref="SchemaException">The schema cannot be read.</exception>
    internal CompiledType? AsResult => Root.Kind == JsonValueKind.Null ? null : field ??= CompleteTypeScript.Result(this);

    /// <summary>Reads a schema.</summary>
    /// <exception cref="HarmonyJsonException">Not JSON, nested deeper than 118 levels, or a number beyond double's range.</exception>
    public static JsonSchema Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonSchema Parse(ReadOnlySpan<byte> utf8) => ConversationReader.ReadSchema(utf8);

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonSchema From(JsonElement element) => Parse(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element));

    /// <summary>
    /// What stands after <c>type name = </c> for a function with these parameters: <c>(_: {…}) => any</c>, or
    /// <c>() => any</c> for the schema <c>null</c>.
    /// </summary>
    /// <param name="style">
    /// Official is the text of openai-harmony 0.0.8, byte for byte. Where the complete style names types, their declarations follow, each
    /// <c>;</c>, an empty line, <c>type Name = …</c>; in a message they stand before the function.
    /// </param>
    /// <exception cref="SchemaException">The style is complete and the schema cannot be read.</exception>
    public string ToTypeScript(SchemaStyle style = SchemaStyle.Official)
    {
        StringBuilder text = new(), declarations = new();
        if (style == SchemaStyle.Official || AsParameters is not { } parameters)
        {
            AppendOfficialFunction(text);
            return text.ToString();
        }
        IReadOnlyList<string> names = new TypeNames([]).Declare(parameters, declarations);
        parameters.Type.AppendTo(text.Append("(_: "), names);
        text.Append(") => any");
        if (declarations.Length > 0)
            text.Append(";\n").Append(declarations, 0, declarations.Length - 2);   // without the last ";" and its line end
        return text.ToString();
    }

    internal void AppendOfficialFunction(StringBuilder text)
    {
        if (Root.Kind == JsonValueKind.Null)
            text.Append("() => any");
        else
            text.Append("(_: ").Append(OfficialTypeScript).Append(") => any");
    }

    /// <inheritdoc/>
    public bool Equals(JsonSchema? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JsonSchema);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc cref="Text"/>
    public override string ToString() => Text;
}
