using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

/// <summary>The batch forms reproduce every recorded case that their lines can carry.</summary>
public class FormatGoldenTests
{
    [Fact]
    public async Task Tokenize_gives_the_recorded_ids()
    {
        List<JsonElement> cases = [.. Jsonl.Elements("harmony/tokenizer.jsonl").Where(c => Op(c).StartsWith("encode", StringComparison.Ordinal))];
        await AssertAnswersAsync(cases, ["tokenize", "--jsonl"], c => new()
        {
            ["text"] = Copy(c, "text"),
            ["special"] = Op(c) switch { "encode" => JsonValue.Create(false), "encode_special" => JsonValue.Create(true), _ => Copy(c, "allowed") },
        }, "tokens");
    }

    [Fact]
    public async Task Detokenize_gives_the_recorded_text_and_bytes()
    {
        List<JsonElement> cases = [.. Jsonl.Elements("harmony/tokenizer.jsonl").Where(c => Op(c).StartsWith("decode", StringComparison.Ordinal))];
        await AssertAnswersAsync(cases, ["detokenize", "--jsonl"], c => new()
        {
            ["tokens"] = Copy(c, "tokens"),
            ["bytes"] = Op(c) == "decode_bytes",
        }, "text", "hex");
    }

    [Fact]
    public async Task Render_gives_the_recorded_ids_and_text()
    {
        List<JsonElement> cases = [.. Jsonl.Elements("harmony/render.jsonl").Where(c => Op(c) == "render")];
        await AssertRawAnswersAsync(cases, ["render", "--jsonl"], RenderLine, "tokens", "text");
    }

    [Fact]
    public async Task Parse_gives_the_recorded_messages_of_strict_cases()
    {
        List<JsonElement> cases = [.. Jsonl.Elements("harmony/parse.jsonl").Where(c => c.GetProperty("request").GetProperty("strict").GetBoolean())];
        Assert.True(cases.Count > 300);
        await AssertAnswersAsync(cases, ["parse", "--jsonl"], c => new()
        {
            ["tokens"] = Copy(c, "tokens"),
            ["role"] = Copy(c, "role"),
            ["strict"] = true,
        }, "messages");
    }

    [Fact]
    public async Task Parse_with_trace_gives_the_recorded_states()
    {
        List<JsonElement> cases = [.. Jsonl.Elements("harmony/stream.jsonl")];
        await AssertAnswersAsync(cases, ["parse", "--trace", "--jsonl"], c =>
        {
            JsonObject line = new() { ["tokens"] = Copy(c, "tokens"), ["role"] = Copy(c, "role"), ["strict"] = Copy(c, "strict") };
            foreach (string optional in (string[])["eos", "continue_after_error"])
            {
                if (c.GetProperty("request").TryGetProperty(optional, out JsonElement value))
                    line[optional] = value.GetBoolean();
            }
            return line;
        }, "initial", "trace", "messages");
    }

    /// <summary>The request's own text: numbers and repeated keys must reach the program as they were recorded.</summary>
    static string RenderLine(JsonElement c)
    {
        JsonElement request = c.GetProperty("request");
        StringBuilder line = new();
        line.Append(@"{""id"":").Append(c.GetProperty("id").GetRawText());
        foreach (JsonProperty field in request.EnumerateObject())
            line.Append(@",""").Append(field.Name == "mode" ? "for" : field.Name).Append(@""":").Append(field.Value.GetRawText());
        return line.Append('}').ToString();
    }

    static Task AssertAnswersAsync(List<JsonElement> cases, string[] args, Func<JsonElement, JsonObject> toLine, params string[] fields) =>
        AssertRawAnswersAsync(cases, args, c =>
        {
            JsonObject line = toLine(c);
            line["id"] = c.GetProperty("id").GetString();
            return line.ToJsonString();
        }, fields);

    static async Task AssertRawAnswersAsync(List<JsonElement> cases, string[] args, Func<JsonElement, string> toLine, params string[] fields)
    {
        CommandLine run = await CommandLine.RunAsync(string.Join('\n', cases.Select(toLine)), args);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(cases.Count, run.Json.Count);
        List<string> problems = [.. cases.Zip(run.Json).SelectMany(pair => Compare(pair.First, pair.Second, fields))];
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
    }

    static IEnumerable<string> Compare(JsonElement c, JsonElement answer, string[] fields)
    {
        string id = c.GetProperty("id").GetString()!;
        JsonElement expected = c.GetProperty("response");
        if (answer.GetProperty("id").GetString() != id)
            yield return $"{id}: answered as {answer.GetProperty("id")}";
        foreach (string field in fields)
        {
            bool wanted = expected.TryGetProperty(field, out JsonElement value), given = answer.TryGetProperty(field, out JsonElement found);
            if (wanted && !(given && Same(value, found)))
                yield return $"{id}: {field} is {(given ? found.GetRawText() : "missing")}, expected {value.GetRawText()}";
        }
        if (expected.TryGetProperty("error", out JsonElement error))
        {
            foreach (string problem in CompareError(id, error.GetString()!, expected, answer))
                yield return problem;
        }
        else if (answer.TryGetProperty("error", out JsonElement unexpected))
        {
            yield return $"{id}: unexpected error {unexpected.GetRawText()}";
        }
    }

    static IEnumerable<string> CompareError(string id, string message, JsonElement expected, JsonElement answer)
    {
        if (!answer.TryGetProperty("error", out JsonElement given))
        {
            yield return $"{id}: no error, expected {message}";
            yield break;
        }
        string found = given.GetProperty("message").GetString()!;
        if (!message.StartsWith("invalid conversation JSON", StringComparison.Ordinal) && found != message)
            yield return $"{id}: error is {found}, expected {message}";
        if (expected.TryGetProperty("error_index", out JsonElement index) && given.GetProperty("index").GetInt32() != index.GetInt32())
            yield return $"{id}: error at {given.GetProperty("index")}, expected {index}";
        if (expected.TryGetProperty("error_full", out JsonElement full) && $"{found}: {given.GetProperty("detail").GetString()}" != full.GetString())
            yield return $"{id}: detail is {given.GetProperty("detail")}, expected {full}";
    }

    static bool Same(JsonElement expected, JsonElement found) => JsonElement.DeepEquals(expected, found);

    static string Op(JsonElement c) => c.GetProperty("op").GetString()!;

    static JsonNode? Copy(JsonElement c, string name) => JsonNode.Parse(c.GetProperty("request").GetProperty(name).GetRawText());
}
