using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Server.Tests;

/// <summary>What models really wrote (<c>testdata/harmony/malformed.jsonl</c>), through the Responses API: always an answer, nothing lost.</summary>
public class MalformedResponseTests
{
    static readonly IReadOnlyDictionary<string, JsonElement> Samples = Jsonl.Elements("harmony/malformed.jsonl").ToDictionary(line => line.GetProperty("id").GetString()!);

    public static TheoryData<string> Ids => [.. Samples.Keys];

    [Theory, MemberData(nameof(Ids))]
    public async Task A_slip_of_the_model_gives_an_answer_and_nothing_is_lost(string id)
    {
        JsonElement sample = Samples[id];
        await using TestServerApp server = await TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, sample.GetProperty("text").GetString()!));
        string tools = ToolsOf(sample);

        List<(string Name, JsonElement Data)> events = await server.StreamAsync($$"""{"input":"Hi","stream":true,"tools":{{tools}}}""");
        JsonElement streamed = EventRules.Check(events);
        JsonElement whole = await server.RespondAsync($$"""{"input":"Hi","tools":{{tools}}}""");
        EventRules.CheckResponse(whole);

        Assert.Equal("completed", EventRules.Text(whole, "status"));
        Assert.Equal(Told(streamed), Told(whole));
        Assert.Contains(whole.GetProperty("output").EnumerateArray(), item => EventRules.Text(item, "type") != "reasoning");
        List<string> said = [.. whole.GetProperty("output").EnumerateArray().Select(EventRules.Said)];
        JsonElement[] expected = [.. sample.GetProperty("calls").EnumerateArray()];
        IReadOnlyList<Message> messages = MessagesOf(sample);
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i].Text.Length > 0 && !expected.Any(call => call.GetProperty("message").GetInt32() == i))
                Assert.Contains(said, text => text.Contains(messages[i].Text, StringComparison.Ordinal));
        }
        JsonElement[] calls = [.. whole.GetProperty("output").EnumerateArray().Where(item => EventRules.Text(item, "type") == "function_call")];
        Assert.Equal(expected.Select(call => EventRules.Text(call, "name")), calls.Select(item => EventRules.Text(item, "name")));
        bool isMended = sample.TryGetProperty("repair", out _);    // the server always mends arguments
        Assert.All(expected.Zip(calls), pair =>
        {
            string written = EventRules.Text(pair.First, "arguments")!, told = EventRules.Text(pair.Second, "arguments")!;
            Assert.True(isMended ? told == written : HoldsArguments(told, written), told);
        });

        // The stored copy is the same to a letter, and so are its events.
        string stored = EventRules.Text(streamed, "id")!;
        Assert.Equal(streamed.GetRawText(), (await server.SendAsync(HttpMethod.Get, $"/v1/responses/{stored}")).GetRawText());
        Assert.Equal(events.Select(e => e.Data.GetRawText()), (await server.ReplayAsync(stored)).Select(e => e.Data.GetRawText()));
    }

    static IEnumerable<(string?, string, string?)> Told(JsonElement response) =>
        response.GetProperty("output").EnumerateArray().Select(item => (EventRules.Text(item, "type"), EventRules.Said(item), EventRules.Text(item, "name")));

    /// <summary>Arguments that were mended hold every word that was written.</summary>
    static bool HoldsArguments(string text, string written) => written.Split(['{', '}', '[', ']', '"', '\n', '\\', ',', ':', '`', ' '], StringSplitOptions.RemoveEmptyEntries)
        .All(word => text.Contains(word, StringComparison.Ordinal));

    static IReadOnlyList<Message> MessagesOf(JsonElement sample) => ConversationJson.Read($$"""{"messages":{{sample.GetProperty("messages").GetRawText()}}}""").Messages;

    static string ToolsOf(JsonElement sample)
    {
        if (!sample.TryGetProperty("tools", out JsonElement tools))
            return "[]";
        return $"[{string.Join(',', tools.EnumerateArray().Select(tool => tool.ValueKind == JsonValueKind.String
            ? $$"""{"type":"function","name":"{{tool.GetString()}}"}"""
            : $$"""{"type":"function","name":"{{EventRules.Text(tool, "name")}}","parameters":{{tool.GetProperty("parameters").GetRawText()}}}"""))}]";
    }
}
