using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Chorale.Chat;

/// <summary>The arguments of a call between JSON text and the dictionary of Microsoft.Extensions.AI.</summary>
static class CallArguments
{
    /// <summary>What the one argument of a tool that takes text is called.</summary>
    public const string TextInput = "input";

    static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    /// <summary>The members of a JSON object; null where it is none.</summary>
    /// <param name="text">The arguments.</param>
    /// <param name="problem">Why it is none.</param>
    public static Dictionary<string, object?>? Read(string text, out Exception? problem)
    {
        problem = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException($"The arguments are no JSON object but {document.RootElement.ValueKind}.");
            Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
                arguments[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.Clone();
            return arguments;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = e;
            return null;
        }
    }

    public static bool IsObject(string text) => Read(text, out _) is not null;

    public static string Write(IDictionary<string, object?>? arguments) =>
        arguments is null ? "{}" : ToolDeclaration.ResultText(new Dictionary<string, object?>(arguments, StringComparer.Ordinal));

    /// <summary>Whether a dictionary says what the text says.</summary>
    public static bool AreOf(IDictionary<string, object?> arguments, string text)
    {
        Dictionary<string, object?>? written = Read(text, out _);
        if (written is null)
            return arguments.Count == 0 || (arguments.Count == 1 && arguments.TryGetValue(TextInput, out object? input) && ToolDeclaration.ResultText(input) == text);
        if (written.Count != arguments.Count)
            return false;
        return arguments.All(argument => written.TryGetValue(argument.Key, out object? value) && AreSame(argument.Value, value));
    }

    static bool AreSame(object? left, object? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (left is not JsonElement json)
        {
            try
            {
                json = JsonSerializer.SerializeToElement(left, AIJsonUtilities.DefaultOptions.GetTypeInfo(left.GetType()));
            }
            catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException)
            {
                return false;
            }
        }
        return JsonElement.DeepEquals(json, (JsonElement)right);
    }
}
