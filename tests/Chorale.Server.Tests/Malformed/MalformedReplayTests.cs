using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.TestKit;

namespace Chorale.Server.Tests;

/// <summary>What models really wrote (<c>testdata/harmony/malformed.jsonl</c>), through both APIs: always 200, nothing lost, never silent.</summary>
public class MalformedReplayTests
{
    static readonly Dictionary<string, JsonElement> Samples = Jsonl.Elements("harmony/malformed.jsonl").ToDictionary(line => line.GetProperty("id").GetString()!);

    static readonly char[] Punctuation = ['{', '}', '[', ']', '"', '\n', '\\', ',', ':', '`', ' ', '\'', '<', '>', '(', ')'];

    /// <summary>The keys of a call that a model wrapped once more.</summary>
    static readonly string[] Envelope = ["name", "parameters", "arguments"];

    public static TheoryData<string> Ids => [.. Samples.Keys];

    static IEnumerable<Endpoint> Endpoints => [Endpoint.Chat, Endpoint.Responses];

    [Theory, MemberData(nameof(Ids))]
    public async Task A_slip_is_answered_with_all_that_was_said_whatever_tools_there_are(string id)
    {
        JsonElement sample = Samples[id];
        string text = sample.GetProperty("text").GetString()!;
        await using TestServerApp server = await TestServerApp.PlayAsync(text);
        string[] called = [.. sample.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("name").GetString()!).Where(IsName).Distinct()];
        IReadOnlyList<Message> said = HarmonyEncoding.Default.Parse(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(text), Role.Assistant);
        foreach (Endpoint endpoint in Endpoints)
        {
            foreach (string[]? tools in new[] { null, called, ["unrelated", "python"] })
            {
                ToldAnswer whole = await endpoint.AskAsync(server.Client, endpoint.Request(stream: false, tools));
                ToldAnswer streamed = await endpoint.StreamAsync(server.Client, endpoint.Request(stream: true, tools));
                Assert.Equal(whole, streamed);
                foreach (Message message in said)
                    AssertTold(message.Text, whole);
                if (whole.End is "stop" or "completed")
                    Assert.False(whole.IsEmpty && said.Any(message => message.Text.Length > 0), $"{endpoint} is silent: {whole}");
                Assert.Equal(whole.Calls.Count > 0, whole.End == "tool_calls" || (whole.End == "completed" && whole.Calls.Count > 0));
                if (tools == called && called.Length > 0)
                    Assert.Superset(whole.Calls.Select(call => call.Name).ToHashSet(), called.ToHashSet());
            }
        }
    }

    [Theory, MemberData(nameof(Ids))]
    public async Task A_slip_that_is_cut_anywhere_is_answered(string id)
    {
        string text = Samples[id].GetProperty("text").GetString()!;
        await AssertEveryCutAsync(text, [.. Samples[id].GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("name").GetString()!).Where(IsName).Distinct()]);
    }

    [Theory]
    [InlineData("<|channel|>analysis<|message|>Think 🇯🇵.<|end|><|start|>assistant<|channel|>final<|message|>漢字 and 👩‍👩‍👧‍👦 too.<|return|>")]
    [InlineData("<|channel|>analysis<|message|>Call it.<|end|><|start|>assistant<|channel|>commentary<|message|>Let me look.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"São Paulo\",\"days\":[1,2]}<|call|>")]
    [InlineData("<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\": \"Oslo\"]<|call|>")]
    [InlineData("<|channel|>final<|message|>One<|end|><|start|>assistant<|channel|>final<|message|>Two<|return|>")]
    public Task A_turn_that_is_cut_anywhere_is_answered(string text) => AssertEveryCutAsync(text, ["get_weather"]);

    [Theory, MemberData(nameof(Ids))]
    public async Task Several_choices_of_a_slip_are_alike(string id)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Samples[id].GetProperty("text").GetString()!);
        string request = $$"""{"messages":[{"role":"user","content":"Hi"}],"n":3""";

        JsonElement[] choices = [.. (await Endpoint.Chat.AskJsonAsync(server.Client, request + "}")).GetProperty("choices").EnumerateArray()];
        List<(string?, string Data)> frames = await Endpoint.Chat.StreamFramesAsync(server.Client, request + ",\"stream\":true}");

        Assert.Equal([0, 1, 2], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        ToldAnswer one = ToldAnswer.OfChoice(choices[0]);
        Assert.All(choices, choice => Assert.Equal(one, ToldAnswer.OfChoice(choice)));
        JsonElement[] chunks = [.. frames.SkipLast(1).Select(frame => JsonElement.Parse(frame.Data))];
        Assert.All(Enumerable.Range(0, 3), index => Assert.Equal(one, ToldAnswer.OfChunks(chunks, index)));
    }

    [Theory, MemberData(nameof(Ids))]
    public async Task A_stop_sequence_anywhere_in_a_slip_cuts_the_answer_there(string id)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Samples[id].GetProperty("text").GetString()!);
        foreach (Endpoint endpoint in Endpoints)
        {
            ToldAnswer all = await endpoint.AskAsync(server.Client, endpoint.Request(stream: false));
            if (all.Reasoning.Contains(all.Content, StringComparison.Ordinal) || !IsFinal(id, all.Content))
                continue;    // nothing was said but reasoning or a preamble, which stop sequences do not end
            for (int at = 0; at + 3 <= all.Content.Length; at += 7)
            {
                string stop = all.Content.Substring(at, 3);
                if (stop.Any(c => char.IsSurrogate(c) || c == '\n'))
                    continue;
                ToldAnswer cut = await endpoint.AskAsync(server.Client, endpoint.Request(stream: false, stop: stop));
                ToldAnswer streamed = await endpoint.StreamAsync(server.Client, endpoint.Request(stream: true, stop: stop));
                Assert.Equal(cut, streamed);
                Assert.DoesNotContain(stop, cut.Content, StringComparison.Ordinal);
                Assert.StartsWith(cut.Content, all.Content, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Whether the sample says this on the channel of answers.</summary>
    static bool IsFinal(string id, string content) =>
        HarmonyEncoding.Default.Parse(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Samples[id].GetProperty("text").GetString()!), Role.Assistant)
            .Any(message => message is { Role: Role.Assistant, Channel: "final" } && message.Text == content);

    static async Task AssertEveryCutAsync(string text, string[] tools)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(text);
        int length = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(text).Length;
        foreach (Endpoint endpoint in Endpoints)
        {
            for (int most = 1; most <= length + 1; most++)
            {
                ToldAnswer whole = await endpoint.AskAsync(server.Client, endpoint.Request(stream: false, tools, most));
                ToldAnswer streamed = await endpoint.StreamAsync(server.Client, endpoint.Request(stream: true, tools, most));
                Assert.Equal(whole, streamed);
                Assert.Contains(whole.End, new[] { "stop", "length", "tool_calls", "completed", "incomplete" });
                Assert.All([whole.Reasoning, whole.Content], said => Assert.DoesNotContain('\uFFFD', said.Length > 0 ? said[..^1] : ""));    // where ids end in the middle of a character
            }
        }
    }

    /// <summary>Arguments that were mended, and calls that were found in a text, hold every word that was written.</summary>
    static void AssertTold(string said, ToldAnswer answer)
    {
        if (answer.All.Contains(said, StringComparison.Ordinal))
            return;
        string all = answer.All;
        Assert.All(
            said.Split(Punctuation, StringSplitOptions.RemoveEmptyEntries).Where(word => answer.Calls.Count == 0 || !Envelope.Contains(word)),
            word => Assert.Contains(word, all, StringComparison.Ordinal));
    }

    /// <summary>Whether a function may be declared so.</summary>
    static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
