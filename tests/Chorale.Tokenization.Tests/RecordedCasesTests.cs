using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Tokenization.Tests;

/// <summary>What the official implementation answers, case by case.</summary>
public class RecordedCasesTests
{
    static readonly Tokenizer Tokenizer = Tokenizer.O200kHarmony;

    [Theory]
    [InlineData("encode", 580)]
    [InlineData("encode_special", 30)]
    [InlineData("encode_allowed", 10)]
    [InlineData("decode", 66)]
    [InlineData("decode_bytes", 51)]
    public void Every_recorded_case_comes_out_the_same(string operation, int count)
    {
        List<string> wrong = [];
        int seen = 0;
        foreach (JsonElement line in Jsonl.Elements("harmony/tokenizer.jsonl"))
        {
            if (line.GetProperty("op").GetString() != operation)
                continue;
            seen++;
            string expected = Describe(line.GetProperty("response"));
            string actual = Answer(operation, line.GetProperty("request"));
            if (actual != expected)
                wrong.Add($"{line.GetProperty("id")}: expected {expected}, got {actual}");
        }
        Assert.Empty(wrong);
        Assert.Equal(count, seen);
    }

    [Fact]
    public void Every_recorded_id_is_special_or_not()
    {
        int seen = 0;
        foreach (JsonElement line in Jsonl.Elements("harmony/misc.jsonl").Where(l => l.GetProperty("op").GetString() == "is_special"))
        {
            uint id = line.GetProperty("request").GetProperty("token").GetUInt32();
            bool expected = line.GetProperty("response").GetProperty("special").GetBoolean();
            Assert.True(expected == Tokenizer.IsSpecial(unchecked((int)id)), $"{line.GetProperty("id")}: {id}");
            seen++;
        }
        Assert.Equal(12, seen);
    }

    [Fact]
    public void The_special_tokens_are_the_recorded_ones()
    {
        JsonElement recorded = Jsonl.Elements("harmony/misc.jsonl").Single(l => l.GetProperty("op").GetString() == "special_tokens");
        IEnumerable<string?> names = recorded.GetProperty("response").GetProperty("special_tokens").EnumerateArray().Select(e => e.GetString());
        Assert.Equal(string.Join("\n", names), string.Join("\n", Tokenizer.SpecialTokens.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(1091, Tokenizer.SpecialTokens.Count);
    }

    static string Answer(string operation, JsonElement request)
    {
        try
        {
            return operation switch
            {
                "encode" => Join(Tokenizer.Encode(request.GetProperty("text").GetString())),
                "encode_special" => Join(Tokenizer.EncodeWithSpecials(request.GetProperty("text").GetString())),
                "encode_allowed" => Join(Tokenizer.EncodeWithSpecials(
                    request.GetProperty("text").GetString(),
                    request.GetProperty("allowed").EnumerateArray().Select(e => e.GetString()!).ToHashSet(StringComparer.Ordinal))),
                "decode" => Tokenizer.Decode(Ids(request)),
                _ => Convert.ToHexStringLower(Tokenizer.DecodeBytes(Ids(request))),
            };
        }
        catch (TokenDecodingException e)
        {
            return $"error: {e.Message}";
        }
    }

    static string Describe(JsonElement response) =>
        response.TryGetProperty("error", out JsonElement error) ? $"error: {error.GetString()}"
        : response.TryGetProperty("tokens", out JsonElement tokens) ? Join(tokens.EnumerateArray().Select(e => e.GetInt32()))
        : response.TryGetProperty("hex", out JsonElement hex) ? hex.GetString()!
        : response.GetProperty("text").GetString()!;

    static int[] Ids(JsonElement request) =>
        [.. request.GetProperty("tokens").EnumerateArray().Select(e => unchecked((int)e.GetUInt32()))];

    static string Join(IEnumerable<int> ids) => string.Join(' ', ids);
}
