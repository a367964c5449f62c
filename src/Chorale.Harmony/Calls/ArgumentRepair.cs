using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>
/// Arguments that are nearly a JSON object, made one. Each repair keeps all that the model said: it takes off brackets,
/// fences and envelopes, adds brackets that are missing, or wraps what is plain text.
/// </summary>
static class ArgumentRepair
{
    const int MaxDepth = 512;

    static readonly SearchValues<byte> Brackets = SearchValues.Create("]}),; \t\r\n"u8);

    static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Whether a text is a JSON object and nothing else.</summary>
    public static bool IsObject(string text)
    {
        Utf8JsonReader json = new(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            bool isObject = json.Read() && json.TokenType == JsonTokenType.StartObject;
            while (isObject && json.Read())
                isObject = json.TokenType != JsonTokenType.None;
            return isObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Makes a JSON object of the arguments, where they are not the plain object that the tool takes.</summary>
    /// <param name="text">What the model wrote.</param>
    /// <param name="tool">The tool, where it is declared.</param>
    /// <param name="name">The tool's name.</param>
    /// <param name="json">The object.</param>
    /// <param name="how">What was done, in words.</param>
    public static bool TryRepair(string text, ToolDescription? tool, string name, out string json, out string how)
    {
        json = text;
        how = "";
        if (IsObject(text))
            return TryUnwrap(text, tool, name, ref json, ref how);
        foreach ((Func<string, string?> repair, string words) in Repairs)
        {
            if (repair(text) is { } candidate && IsObject(candidate))
            {
                (json, how) = (candidate, words);
                string inner = "";
                string opened = "";
                if (TryUnwrap(candidate, tool, name, ref inner, ref opened))
                    (json, how) = (inner, $"{words}, {opened}");
                return true;
            }
        }
        if (text.AsSpan().Trim().IsEmpty)
        {
            (json, how) = ("{}", "no arguments are an empty object");
            return true;
        }
        if (TextParameterOf(tool) is not { } parameter)
            return false;
        (json, how) = (Wrap(parameter, text), $"the text is the parameter '{parameter}'");
        return true;
    }

    /// <summary>Opens <c>{"name": …, "parameters": {…}}</c>, <c>arguments</c> in the place of <c>parameters</c> as well.</summary>
    public static bool TryOpenEnvelope(string text, out string name, out string arguments)
    {
        name = "";
        arguments = "";
        if (!text.AsSpan().TrimStart().StartsWith("{") || !IsObject(text))
            return false;
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text), Options);
        JsonElement envelope = document.RootElement;
        if (!envelope.TryGetProperty("name", out JsonElement named) || named.ValueKind != JsonValueKind.String)
            return false;
        if (!envelope.TryGetProperty("parameters", out JsonElement inner) && !envelope.TryGetProperty("arguments", out inner))
            return false;
        if (envelope.EnumerateObject().Any(property => !IsOfEnvelope(property.Name)))
            return false;
        name = Text(named) ?? "";
        arguments = inner.ValueKind == JsonValueKind.String ? Text(inner) ?? "" : inner.GetRawText();
        return name.Length > 0 && IsObject(arguments);
    }

    static readonly (Func<string, string?> Repair, string Words)[] Repairs =
    [
        (WithoutFence, "taken out of its code fence"),
        (WithoutTail, "the brackets behind the object are left out"),
        (OutOfArray, "taken out of the array around it"),
        (WithEnds, "the brackets that are missing are added"),
        (WithEscapes, "line ends and tabs in strings are escaped"),
        (text => WithEscapes(text) is { } escaped ? WithEnds(escaped) : null, "line ends in strings are escaped, the brackets that are missing are added"),
        (text => WithoutFence(text) is { } inner ? WithEnds(inner) : null, "taken out of its code fence, the brackets that are missing are added"),
    ];

    static bool TryUnwrap(string text, ToolDescription? tool, string name, ref string json, ref string how)
    {
        if (!TryOpenEnvelope(text, out string named, out string arguments) || Declares(tool, "name"))
            return false;
        string last = named[(named.LastIndexOf('.') + 1)..];
        if (last != name)
            return false;
        (json, how) = (arguments, "taken out of the envelope {name, parameters}");
        return true;
    }

    static string? WithoutFence(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (!rest.StartsWith("```") || !rest.EndsWith("```") || rest.Length < 6)
            return null;
        rest = rest[3..^3];
        int lineEnd = rest.IndexOf('\n');
        return lineEnd >= 0 && !rest[..lineEnd].Contains('{') ? rest[(lineEnd + 1)..].ToString() : rest.ToString();
    }

    /// <summary>The object at the beginning, where nothing but brackets follows it.</summary>
    static string? WithoutTail(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader json = new(utf8, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.TrySkip())
                return null;
        }
        catch (JsonException)
        {
            return null;
        }
        int end = (int)json.BytesConsumed;
        bool isTail = utf8.AsSpan(end).IndexOfAnyExcept(Brackets) < 0;
        return isTail ? Encoding.UTF8.GetString(utf8, 0, end) : null;
    }

    static string? OutOfArray(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("["))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text), Options);
            return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.GetArrayLength() == 1 ? document.RootElement[0].GetRawText() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The brackets that are open at the end, closed; not where a string is open, whose end nobody knows.</summary>
    static string? WithEnds(string text)
    {
        Stack<char> open = new();
        bool inString = false;
        bool isEscaped = false;
        foreach (char c in text)
        {
            if (inString)
            {
                inString = isEscaped || c != '"';
                isEscaped = !isEscaped && c == '\\';
                continue;
            }
            switch (c)
            {
                case '"':
                    inString = true;
                    break;
                case '{' or '[':
                    open.Push(c == '{' ? '}' : ']');
                    break;
                case '}' or ']':
                    if (!open.TryPop(out char expected) || expected != c)
                        return null;
                    break;
            }
        }
        return inString || open.Count == 0 || open.Count > MaxDepth ? null : text + string.Concat(open);
    }

    /// <summary>Control characters inside strings as JSON wants them.</summary>
    static string? WithEscapes(string text)
    {
        StringBuilder escaped = new(text.Length + 16);
        bool inString = false;
        bool isEscaped = false;
        bool any = false;
        foreach (char c in text)
        {
            inString ^= c == '"' && !isEscaped;
            isEscaped = inString && !isEscaped && c == '\\';
            if (inString && c < ' ')
            {
                escaped.Append(c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ => $"\\u{(int)c:x4}" });
                any = true;
            }
            else
            {
                escaped.Append(c);
            }
        }
        return any ? escaped.ToString() : null;
    }

    /// <summary>The one parameter that takes text: the only required one, or the only one there is.</summary>
    static string? TextParameterOf(ToolDescription? tool)
    {
        if (tool?.Parameters?.Root["properties"]?.Members is not { } properties)
            return null;
        List<JsonValue> required = tool.Parameters.Root["required"]?.Items ?? [];
        string? only = required is [{ AsString: { } name }] ? name : properties is [{ Key: { } key }] ? key : null;
        return only is not null && properties.Find(property => property.Key == only).Value?["type"]?.AsString == "string" ? only : null;
    }

    /// <summary>Whether an envelope around a call has members of this name.</summary>
    public static bool IsOfEnvelope(string name) => name is "name" or "parameters" or "arguments" or "type" or "id";

    /// <summary>Whether a tool has a parameter of this name.</summary>
    public static bool Declares(ToolDescription? tool, string parameter) =>
        tool?.Parameters?.Root["properties"]?[parameter] is not null;

    static string Wrap(string parameter, string text)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString(parameter, Encoding.UTF8.GetBytes(text));   // half of a surrogate pair becomes U+FFFD
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A JSON string's text; null where it holds half of a surrogate pair.</summary>
    static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
