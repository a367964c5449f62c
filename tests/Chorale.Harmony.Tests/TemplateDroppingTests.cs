using System.Text;
using System.Text.Json;
using Chorale.TestKit;
using Chorale.Tokenization;

namespace Chorale.Harmony.Tests;

/// <summary><see cref="AnalysisDropping.Template"/> against what the published chat template wrote (<c>testdata/templates</c>).</summary>
/// <remarks>
/// Behind the system and developer messages, whose text is the template's own habit and not compared, everything is: which messages stand
/// there, header, content and end. To make that possible the conversion takes over three more habits: data are JSON
/// as Python spaces it, a tool's text is quoted, a call's type is <c>json</c> without <c>&lt;|constrain|&gt;</c> unless the call says otherwise.
/// </remarks>
public class TemplateDroppingTests
{
    static readonly RenderOptions Template = new() { AnalysisDropping = AnalysisDropping.Template };

    static readonly JsonElement[] Cases = [.. Jsonl.Elements("templates/gpt-oss-reasoning.jsonl")];

    [Fact]
    public void What_stands_and_how_it_ends_is_what_the_template_writes()
    {
        List<string> failures = [];
        foreach (JsonElement recorded in Cases)
        {
            string text = recorded.GetProperty("text").GetString()!;
            string ours = Render(recorded);
            int start = text.Length - ours.Length;
            if (!text.EndsWith(ours, StringComparison.Ordinal) || text.IndexOf("<|end|><|start|>user", StringComparison.Ordinal) != start - "<|end|>".Length)
                failures.Add($"{recorded.GetProperty("id")}: expected the end of\n{text}\nfound\n{ours}");
        }
        Assert.Equal(56, Cases.Length);
        Assert.True(failures.Count == 0, $"{failures.Count} cases differ:\n{string.Join('\n', failures.Take(5))}");
    }

    [Fact]
    public void The_recorded_cases_tell_the_rules_apart()
    {
        foreach (AnalysisDropping other in Enum.GetValues<AnalysisDropping>().Where(rule => rule != AnalysisDropping.Template))
            Assert.Contains(Cases, recorded => Render(recorded) != Render(recorded, new() { AnalysisDropping = other }));
    }

    static string Render(JsonElement recorded, RenderOptions? options = null)
    {
        JsonElement kwargs = recorded.GetProperty("kwargs");
        Conversation conversation = Convert(recorded.GetProperty("messages"));
        int[] ids = IsTrue(kwargs, "add_generation_prompt")
            ? HarmonyEncoding.Default.RenderForCompletion(conversation, Role.Assistant, options ?? Template)
            : HarmonyEncoding.Default.RenderForTraining(conversation, options ?? Template);
        if (IsTrue(kwargs, "continue_final_message"))
            ids = ids[..^1];
        return Tokenizer.O200kHarmony.Decode(ids);
    }

    static bool IsTrue(JsonElement kwargs, string name) => kwargs.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <summary>Messages as dictionaries to messages of ours, without the developer's. A call's words are reasoning, as the template has it.</summary>
    static Conversation Convert(JsonElement dictionaries)
    {
        List<Message> messages = [];
        string tool = "";
        foreach (JsonElement dictionary in dictionaries.EnumerateArray())
        {
            string? content = Text(dictionary, "content");
            string? thinking = Text(dictionary, "thinking");
            switch (dictionary.GetProperty("role").GetString())
            {
                case "user":
                    messages.Add(Message.User(content!));
                    break;
                case "assistant" when dictionary.TryGetProperty("tool_calls", out JsonElement calls):
                    string reasoning = content is { Length: > 0 } ? content : thinking ?? "";
                    if (reasoning.Length > 0)
                        messages.Add(Message.Assistant(reasoning, Channels.Analysis));
                    JsonElement call = calls[0].TryGetProperty("function", out JsonElement function) ? function : calls[0];
                    tool = $"functions.{call.GetProperty("name")}";
                    messages.Add(Message.FunctionCall(tool, Python(call.GetProperty("arguments"))) with { ContentType = Text(call, "content_type") ?? "json" });
                    break;
                case "assistant":
                    if (thinking is not null)
                        messages.Add(Message.Assistant(thinking, Channels.Analysis));
                    messages.Add(Message.Assistant(content!, Channels.Final));
                    break;
                case "tool":
                    messages.Add(Message.Tool(tool, Python(dictionary.GetProperty("content"))) with { Recipient = "assistant", Channel = Channels.Commentary });
                    break;
                default:
                    break;
            }
        }
        return Conversation.Of(messages);
    }

    static string? Text(JsonElement dictionary, string name) => dictionary.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>JSON as <c>json.dumps(ensure_ascii=False)</c> spaces it.</summary>
    static string Python(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(", ", value.EnumerateObject().Select(member => $"{Quoted(member.Name)}: {Python(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Python))}]",
        JsonValueKind.String => Quoted(value.GetString()!),
        _ => value.GetRawText(),
    };

    static string Quoted(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }
}
