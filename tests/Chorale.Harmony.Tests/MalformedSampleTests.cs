using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Harmony.Tests;

/// <summary>What models really wrote, as reported in public issues, and what a person would read out of it (<c>testdata/harmony/malformed.jsonl</c>).</summary>
public class MalformedSampleTests
{
    static IEnumerable<Sample> Samples => Jsonl.Elements("harmony/malformed.jsonl").Select(line => new Sample(line));

    public static TheoryData<string> Ids => [.. Samples.Select(sample => sample.Id)];

    [Fact]
    public void All_samples_are_here() => Assert.Equal(52, Samples.Count());

    [Theory, MemberData(nameof(Ids))]
    public void A_sample_of_text_gives_the_messages_and_calls_that_a_person_reads(string id)
    {
        Sample sample = Samples.First(sample => sample.Id == id);
        HarmonyTextParser parser = HarmonyTextParser.Parse(sample.Text, Role.Assistant);
        AssertRead(sample, parser);
    }

    [Theory, MemberData(nameof(Ids))]
    public void A_sample_gives_the_same_as_ids(string id)
    {
        Sample sample = Samples.First(sample => sample.Id == id);
        if (sample.IsStripped)
            return;   // ids do not come without their control tokens
        HarmonyParser parser = HarmonyEncoding.Default.CreateParser(Role.Assistant);
        parser.Push(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(sample.Text));
        parser.Finish();
        AssertRead(sample, parser);
    }

    [Theory, MemberData(nameof(Ids))]
    public void Every_split_of_a_sample_gives_the_same(string id)
    {
        string text = Samples.First(sample => sample.Id == id).Text;
        HarmonyTextParser whole = HarmonyTextParser.Parse(text, Role.Assistant);
        for (int split = 0; split <= text.Length; split++)
            AssertSame(whole, text[..split], text[split..]);
        AssertSame(whole, [.. text.Select(c => c.ToString())]);
    }

    static void AssertSame(HarmonyTextParser whole, params string[] pieces)
    {
        HarmonyTextParser parser = new(Role.Assistant);
        string shown = "";
        int complete = 0;
        foreach (string piece in pieces)
        {
            parser.Push(piece);
            Collect();
        }
        parser.Finish();
        Collect();
        Assert.Equal(whole.Messages, parser.Messages);
        Assert.Equal(whole.Diagnostics, parser.Diagnostics);
        Assert.Equal(whole.Spans, parser.Spans);
        Assert.Equal(whole.Form, parser.Form);

        void Collect()
        {
            for (; complete < parser.Messages.Count; complete++, shown = "")
                Assert.Equal(parser.Messages[complete].Text, shown + parser.RemainderOf(complete));
            shown += parser.LastDelta.ToString();
            Assert.Equal(parser.Content.ToString(), shown);
        }
    }

    static void AssertRead(Sample sample, HarmonyReader parser)
    {
        CallResolver resolver = new(sample.Tools, sample.Repair);
        IReadOnlyList<HarmonyCall> calls = resolver.ResolveAll(parser);
        Assert.Equal(sample.Messages.Messages, parser.Messages);
        Assert.Equal(sample.Calls, calls.Select(call => (call.MessageIndex, call.Name, call.Arguments)));
        Assert.Equal(sample.Codes, parser.Diagnostics.Concat(calls.SelectMany(call => call.Diagnostics)).Select(diagnostic => diagnostic.Name));
    }

    sealed class Sample(JsonElement line)
    {
        public string Id => line.GetProperty("id").GetString()!;

        public string Text => line.GetProperty("text").GetString()!;

        public bool Repair => line.TryGetProperty("repair", out JsonElement repair) && repair.GetBoolean();

        public bool IsStripped => Codes.Contains("control_tokens_stripped");

        public IEnumerable<string> Codes => line.GetProperty("codes").EnumerateArray().Select(code => code.GetString()!);

        public Conversation Messages => ConversationJson.Read($$"""{"messages":{{line.GetProperty("messages").GetRawText()}}}""");

        public IEnumerable<(int, string, string)> Calls => line.GetProperty("calls").EnumerateArray().Select(call =>
            (call.GetProperty("message").GetInt32(), call.GetProperty("name").GetString()!, call.GetProperty("arguments").GetString()!));

        public IEnumerable<ToolNamespace> Tools => line.TryGetProperty("tools", out JsonElement tools)
            ? [ToolNamespace.Functions(tools.EnumerateArray().Select(Tool))]
            : [];

        static ToolDescription Tool(JsonElement tool) => tool.ValueKind == JsonValueKind.String
            ? new(tool.GetString()!, "")
            : new(tool.GetProperty("name").GetString()!, "", JsonSchema.From(tool.GetProperty("parameters")));
    }
}
