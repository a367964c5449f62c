using System.Text;
using Chorale.Tokenization;

namespace Chorale.Harmony.Tests;

public class HarmonyEncodingTests
{
    static readonly string[] Names = ["<|message|>", "<|start|>", "<|call|>", "<|channel|>", "<|end|>", "<|constrain|>", "<|return|>"];

    /// <summary>A vocabulary of the 256 bytes and the control tokens, at ids of their own.</summary>
    static Tokenizer Bytes(params IEnumerable<string> names)
    {
        StringBuilder ranks = new();
        for (int i = 0; i < 256; i++)
            ranks.Append(Convert.ToBase64String([(byte)i])).Append(' ').Append(i).Append('\n');
        using MemoryStream file = new(Encoding.ASCII.GetBytes(ranks.ToString()));
        return Tokenizer.FromTiktoken(file, names.Select((name, i) => (name, id: 300 + i)).ToDictionary(pair => pair.name, pair => pair.id, StringComparer.Ordinal));
    }

    [Fact]
    public void Any_vocabulary_with_the_names_serves()
    {
        HarmonyEncoding encoding = new(Bytes(Names));
        Message message = Message.FunctionCall("functions.f", "{}");
        int[] ids = encoding.RenderMessage(message);
        Assert.Equal([301, .. Ids("assistant to=functions.f"), 303, .. Ids("commentary "), 305, .. Ids("json"), 300, .. Ids("{}"), 302], ids);
        Assert.Equal([message], encoding.Parse(ids));
        Assert.Equal([302, 304, 306], encoding.StopTokens);
        Assert.Equal([302, 306], encoding.StopTokensForAssistantActions);
        HarmonyParseException error = Assert.Throws<HarmonyParseException>(() => encoding.Parse([-1], mode: ParserMode.Strict));
        Assert.Equal("Unexpected token 4294967295 while expecting start token 301", error.Message);
    }

    static int[] Ids(string ascii) => [.. ascii.Select(c => (int)c)];

    [Fact]
    public void A_vocabulary_without_a_control_token_is_refused_by_its_name()
    {
        foreach (string missing in Names)
        {
            Tokenizer tokenizer = Bytes(Names.Where(name => name != missing));
            Assert.Contains($"'{missing}'", Assert.Throws<ArgumentException>(() => new HarmonyEncoding(tokenizer)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ParserMode.Tolerant)]
    [InlineData(ParserMode.Strict)]
    public void Content_is_taken_without_an_allocation_for_any_id(ParserMode mode)
    {
        Message message = Message.Assistant(string.Concat(Enumerable.Repeat("Some words, 한국어, 👩‍💻 and {\"json\": 1}. ", 500)), Channels.Final);
        int[] ids = HarmonyEncoding.Default.RenderMessage(message);
        HarmonyParser parser = new(HarmonyEncoding.Default, role: null, mode, contentCapacity: 100_000);
        int content = Array.IndexOf(ids, 200008) + 1;
        parser.Push(ids.AsSpan(0, content));
        int read = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = content; i < ids.Length - 1; i++)
        {
            parser.Push(ids[i]);
            read += parser.LastDelta.Length;
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(message.Text.Length, read);
        parser.Push(ids[^1]);
        Assert.Equal([message], parser.Messages);
    }

    [Theory]
    [InlineData("to=a", "\"to=a\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\0\u0001\u007F\u00A0\u2003", "\"\\0\\u{1}\\u{7f}\\u{a0}\\u{2003}\"")]
    [InlineData("e\u0301 한 😀", "\"e\\u{301} 한 😀\"")]
    [InlineData("\u200B\uE000\uFF9E", "\"\\u{200b}\\u{e000}\\u{ff9e}\"")]
    public void Text_in_an_error_is_quoted_as_Rust_does(string text, string quoted) => Assert.Equal(quoted, RustDebug.Quote(text));
}
