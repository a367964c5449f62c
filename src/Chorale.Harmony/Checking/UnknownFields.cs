using System.Text.Json;

namespace Chorale.Harmony;

/// <summary>Fields that a reader of Harmony messages passes over, although somebody meant something by them.</summary>
static class UnknownFields
{
    static readonly HashSet<string> Known = new(StringComparer.Ordinal) { "role", "name", "recipient", "content", "channel", "content_type" };

    /// <summary>Reads JSON that is a conversation.</summary>
    public static List<Finding> Find(ReadOnlySpan<byte> utf8)
    {
        List<Finding> findings = [];
        Utf8JsonReader json = new(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        int message = -1;
        bool inMessages = false;
        while (json.Read())
        {
            if (json is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                inMessages = json.ValueTextEquals("messages");
            else if (inMessages && json is { TokenType: JsonTokenType.StartObject, CurrentDepth: 2 })
                message++;
            else if (inMessages && json is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 3 } && json.GetString() is { } field && !Known.Contains(field))
                findings.Add(Of(field, message));
        }
        return findings;
    }

    static Finding Of(string field, int message) => new()
    {
        Code = FindingCode.UnknownField,
        Severity = FindingCodes.SeverityOf(FindingCode.UnknownField),
        MessageIndex = message,
        Path = $"messages[{message}].{Printable.Escape(field)}",
        Found = $"The field {Printable.Quote(field)} is not one of a Harmony message: its value does not reach the model.",
        Advice = field switch
        {
            "tool_calls" or "function_call" => """Write each call as its own assistant message: "recipient":"functions.NAME", "channel":"commentary", "content_type":"<|constrain|>json", the arguments as content.""",
            "tool_call_id" => """A result names its tool, "name":"functions.NAME", and stands behind its call; Harmony has no ids of calls.""",
            "reasoning_content" or "reasoning" or "thinking" => """Write reasoning as its own assistant message on the channel "analysis", before the answer.""",
            "refusal" => """Write a refusal as an assistant message on the channel "final".""",
            "type" or "text" => """The text of a message is its "content".""",
            _ => "Remove it, or move what it says into the content.",
        },
    };
}
