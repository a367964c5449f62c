using System.Text;
using System.Text.Json;

namespace Chorale.Cli.Tests;

public class BatchTests
{
    static readonly string[] Tokenize = ["tokenize", "--jsonl"];

    [Fact]
    public async Task Ids_are_kept_in_order_whatever_they_are()
    {
        CommandLine run = await CommandLine.RunAsync("""
            {"id":"a","text":"x"}
            {"text":"x","id":7}

            {"id":1.50,"text":"x"}
            {"text":"x"}
            {"id":"\u00e9\n","text":"x"}
            """, Tokenize);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["\"a\"", "7", "1.50", "null", "\"\\u00e9\\n\""], run.Json.Select(line => line.GetProperty("id").GetRawText()));
    }

    [Fact]
    public async Task A_line_that_fails_does_not_stop_the_rest()
    {
        CommandLine run = await CommandLine.RunAsync("""
            {"id":1,"text":"x"}
            not json
            [1]
            {"id":2,"text":5}
            {"id":3}
            {"id":4,"text":"x","special":3}
            {"id":5,"text":"x"}
            """, Tokenize);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["1", "null", "null", "2", "3", "4", "5"], run.Json.Select(line => line.GetProperty("id").GetRawText()));
        Assert.Equal([false, true, true, true, true, true, false], run.Json.Select(line => line.TryGetProperty("error", out _)));
        Assert.Contains("'text' must be a string, found 5", run.Output, StringComparison.Ordinal);
        Assert.Contains("'text' is missing", run.Output, StringComparison.Ordinal);
        Assert.Contains("'special' must be", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_the_replacement_character()
    {
        CommandLine run = await CommandLine.RunAsync("""
            {"id":1,"text":"a\ud83d\n\"\u00e9"}
            {"id":2,"text":"a\ufffd\n\"é"}
            """, Tokenize);
        Assert.Equal(run.Json[1].GetProperty("tokens").GetRawText(), run.Json[0].GetProperty("tokens").GetRawText());
    }

    [Fact]
    public async Task Lines_end_at_newline_alone()
    {
        CommandLine run = await CommandLine.RunAsync("{\"id\":1,\"text\":\"a\u2028b\u0085c\"}\r\n{\"id\":2,\"text\":\"d\"}", Tokenize);
        Assert.Equal(2, run.Json.Count);
        Assert.All(run.Json, line => Assert.True(line.TryGetProperty("tokens", out _)));
    }

    [Fact]
    public async Task A_byte_order_mark_and_bytes_that_are_no_text_are_survived()
    {
        byte[] input = [0xEF, 0xBB, 0xBF, .. "{\"id\":1,\"text\":\"a\"}\n"u8, 0xFF, 0xFE, (byte)'\n', .. "{\"id\":2,\"text\":\"b\"}\n"u8];
        CommandLine run = await CommandLine.RunAsync(input, Tokenize);
        Assert.Equal(["1", "null", "2"], run.Json.Select(line => line.GetProperty("id").GetRawText()));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("4294967296")]
    [InlineData("\"1\"")]
    public async Task An_id_out_of_range_is_named_by_its_place(string id)
    {
        CommandLine run = await CommandLine.RunAsync($$"""{"id":1,"tokens":[5,{{id}}]}""", ["detokenize", "--jsonl"]);
        Assert.Contains("tokens[1]", run.Json[0].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Lines_come_out_whole_however_the_stream_is_cut(int chunk)
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => new string('x', i * 3))];
        using ChunkedStream stream = new(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), chunk);
        InputLines reader = new(stream, bufferSize: 4);
        List<string> found = [];
        while (await reader.NextAsync(TestContext.Current.CancellationToken) is { } line)
            found.Add(Encoding.UTF8.GetString(line.Span));
        Assert.Equal(lines, found);
    }

    [Fact]
    public async Task A_strict_parse_that_fails_gives_the_messages_read_so_far()
    {
        CommandLine run = await CommandLine.RunAsync("""{"id":1,"text":"<|message|>a<|end|>b","strict":true}""", ["parse", "--jsonl"]);
        JsonElement answer = Assert.Single(run.Json);
        Assert.Equal("Unexpected token 65 while expecting start token 200006", answer.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(3, answer.GetProperty("error").GetProperty("index").GetInt32());
        Assert.Equal("a", answer.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Calls_are_listed_by_recipient_on_any_channel()
    {
        CommandLine run = await CommandLine.RunAsync(
            """{"id":1,"text":"<|channel|>analysis to=functions.f code<|message|>{}<|call|>"}""", ["parse", "--jsonl"]);
        JsonElement call = Assert.Single(run.Json[0].GetProperty("calls").EnumerateArray());
        Assert.Equal("functions.f", call.GetProperty("recipient").GetString());
        Assert.Equal("{}", call.GetProperty("arguments").GetString());
        Assert.Equal(0, run.Json[0].GetProperty("diagnostics").GetArrayLength());
    }

    sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
