using System.Globalization;
using System.Text;
using Chorale.Harmony;

namespace Chorale.Cli;

/// <summary>What <c>bench harmony</c> measures where it is given no file: the same on every machine, made in memory.</summary>
static class BuiltInInputs
{
    static readonly string[] Words =
        "the of and to in is that for it was on as with be by at this are or from an which but not they have one can all there when if more so no out up what about who get time some could them see other than then now look only come its over think also back after use two how our work first well way even new want because any these give day most us"
            .Split(' ');

    public static IReadOnlyList<BenchInput> All =>
    [
        BenchInput.OfText("prose", Prose(new Random(1), 20_000)),
        BenchInput.OfText("code", Code(2_000)),
        BenchInput.OfText("Korean", string.Concat(Enumerable.Repeat("안녕하세요. 오늘 서울의 날씨는 맑고 기온은 18도입니다. 무엇을 도와드릴까요?\n", 1_000))),
        BenchInput.Of("short chat", Chat(turns: 1, tools: 0)),
        BenchInput.Of("50 turns", Chat(turns: 50, tools: 0)),
        BenchInput.Of("500 turns, 10 tools", Chat(turns: 500, tools: 10)),
    ];

    static Conversation Chat(int turns, int tools)
    {
        Random random = new(turns);
        List<Message> messages = [Message.System(SystemContent.Default.WithDate(new DateOnly(2025, 6, 28)))];
        if (tools > 0)
            messages.Add(Message.Developer(new DeveloperContent { Instructions = Prose(random, 60) }.WithFunctions(Enumerable.Range(0, tools).Select(i => Function(random, i)))));
        for (int turn = 0; turn < turns; turn++)
        {
            messages.Add(Message.User(Prose(random, 30)));
            messages.Add(Message.Assistant(Prose(random, 60), Channels.Analysis));
            if (tools > 0)
            {
                Message call = Message.FunctionCall($"functions.tool_{turn % tools}", $$"""{"query":"{{Prose(random, 5)}}","limit":{{turn}}}""");
                messages.Add(call);
                messages.Add(Message.ToolResult(call, $$"""{"results":[{"title":"{{Prose(random, 6)}}","score":0.{{turn}}}]}"""));
                messages.Add(Message.Assistant(Prose(random, 20), Channels.Analysis));
            }
            messages.Add(Message.Assistant(Prose(random, 120), Channels.Final));
        }
        return Conversation.Of(messages);
    }

    static ToolDescription Function(Random random, int index) => new(
        $"tool_{index}",
        Prose(random, 15),
        JsonSchema.Parse($$$"""{"type":"object","properties":{"query":{"type":"string","description":"{{{Prose(random, 8)}}}"},"limit":{"type":"integer","default":{{{index}}}}},"required":["query"]}"""));

    static string Prose(Random random, int words)
    {
        StringBuilder text = new();
        for (int i = 0; i < words; i++)
            text.Append(i == 0 ? "" : i % 12 == 0 ? ". " : " ").Append(random.GetItems(Words, 1)[0]);
        return text.Append('.').ToString();
    }

    static string Code(int lines)
    {
        StringBuilder text = new();
        for (int i = 0; i < lines; i++)
            text.Append(CultureInfo.InvariantCulture, $"        if (items[{i}].Count > {i * 7}) {{ total += Compute(items[{i}], offset: {i % 13}); }}  // line {i}\n");
        return text.ToString();
    }
}
