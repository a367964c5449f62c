using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server.Tests;

public class TextCompletionTests
{
    const string Path = "/v1/completions";
    const string Answer = "<|channel|>final<|message|>Hi there!<|return|>";

    [Fact]
    public async Task Text_is_continued_without_control_tokens()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);

        ApiAnswer answer = await server.PostAsync(Path, """{"model":"gpt-oss-test","prompt":"Say hi","max_tokens":50}""");

        Assert.Equal(("text_completion", "finalHi there!", "stop"), (answer.Text("object"), answer.Text("choices.0.text"), answer.Text("choices.0.finish_reason")));
        Assert.Equal(JsonValueKind.Null, answer["choices.0.stop_reason"]?.ValueKind);
        int prompt = HarmonyEncoding.Default.Tokenizer.Encode("Say hi").Length, completion = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Answer).Length;
        Assert.Equal((prompt, completion), (answer["usage.prompt_tokens"]?.GetInt32(), answer["usage.completion_tokens"]?.GetInt32()));
    }

    [Fact]
    public async Task Ids_go_in_and_all_ids_come_out()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        const string Request = """{"prompt":[200006,1428,200008,12194,200007,200006,173781],"max_tokens":50,"return_token_ids":true,"stop_token_ids":[200002,200012],"skip_special_tokens":false,"include_stop_str_in_output":true}""";
        int[] expected = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Answer);

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, ChatCompletionTests.Streamed(Request));

        Assert.Equal([200006, 1428, 200008, 12194, 200007, 200006, 173781], generator.Requests[0].Prompt.ToArray());
        Assert.Equal(expected, Ids(answer["choices.0.token_ids"]));
        Assert.Equal(generator.Requests[0].Prompt.ToArray(), Ids(answer["choices.0.prompt_token_ids"]));
        Assert.Equal(200002, answer["choices.0.stop_reason"]?.GetInt32());
        Assert.Equal(Answer, answer.Text("choices.0.text"));
        Assert.Equal(expected, chunks.SelectMany(chunk => Ids(ApiCalls.At(chunk, "choices.0.token_ids"))));
        Assert.Equal(generator.Requests[0].Prompt.ToArray(), Ids(ApiCalls.At(chunks[0], "choices.0.prompt_token_ids")));
        Assert.Equal(Answer, string.Concat(chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.text")?.GetString())));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\"parse_special\":false,", false)]
    public async Task Control_tokens_in_a_text_prompt_are_read_unless_they_shall_not_be(string field, bool read)
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        await server.PostAsync(Path, $$"""{ {{field}}"prompt":"<|start|>user"}""");

        Assert.Equal(read, generator.Requests[0].Prompt.Span[0] == 200006);
    }

    [Fact]
    public async Task Several_prompts_with_several_answers_each_are_told_apart()
    {
        ScriptedAnswer[] script = [.. ((string[])["a", "b"]).Select(letter => new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials($"{letter}!<|return|>")) { When = letter })];
        await using TestServerApp server = await TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, script));
        const string Request = """{"prompt":["a","b"],"n":2,"echo":true}""";

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, ChatCompletionTests.Streamed(Request));

        Assert.Equal(["aa!", "aa!", "bb!", "bb!"], answer["choices"]!.Value.EnumerateArray().Select(choice => choice.GetProperty("text").GetString()));
        Assert.Equal([0, 1, 2, 3], answer["choices"]!.Value.EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(2, answer["usage.prompt_tokens"]?.GetInt32());
        Assert.Equal("bb!", string.Concat(chunks.Where(chunk => ApiCalls.At(chunk, "choices.0.index")?.GetInt32() == 3).Select(chunk => ApiCalls.At(chunk, "choices.0.text")?.GetString())));
    }

    [Theory]
    [InlineData("\"stop\":\"there\"", "finalHi ", "\"there\"", "stop")]
    [InlineData("\"stop\":\"there\",\"include_stop_str_in_output\":true", "finalHi there", "\"there\"", "stop")]
    [InlineData("\"stop\":[\"x\",\"!\"]", "finalHi there", "\"!\"", "stop")]
    [InlineData("\"max_tokens\":4", "finalHi", "null", "length")]
    [InlineData("\"max_tokens\":0", "", "null", "length")]
    [InlineData("\"max_tokens\":0,\"echo\":true", "Say hi", "null", "length")]
    public async Task An_answer_ends_where_it_shall(string fields, string text, string reason, string finish)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);
        string request = $$"""{"prompt":"Say hi",{{fields}}}""";

        ApiAnswer answer = await server.PostAsync(Path, request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, ChatCompletionTests.Streamed(request));

        Assert.Equal((text, reason, finish), (answer.Text("choices.0.text"), answer["choices.0.stop_reason"]?.GetRawText(), answer.Text("choices.0.finish_reason")));
        Assert.Equal(text, string.Concat(chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.text")?.GetString())));
        Assert.Equal(finish, Assert.Single(chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.finish_reason")?.GetString()).OfType<string>()));
    }

    [Fact]
    public async Task Log_probabilities_stand_side_by_side_with_their_places()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("Hi 👋<|return|>");

        ApiAnswer answer = await server.PostAsync(Path, """{"prompt":"Say hi","logprobs":1}""");

        JsonElement logprobs = answer["choices.0.logprobs"]!.Value;
        int count = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("Hi 👋<|return|>").Length;
        Assert.All((string[])["tokens", "token_logprobs", "top_logprobs", "text_offset"], name => Assert.Equal(count, logprobs.GetProperty(name).GetArrayLength()));
        Assert.Equal([0, 2], logprobs.GetProperty("text_offset").EnumerateArray().Take(2).Select(offset => offset.GetInt32()));
    }

    [Fact]
    public async Task An_empty_prompt_begins_a_text()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        Assert.Equal(200, (await server.PostAsync(Path, """{"prompt":""}""")).Status);
        Assert.Equal([199999], generator.Requests[0].Prompt.ToArray());
    }

    [Fact]
    public async Task The_ends_of_the_model_can_be_passed_over()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "a<|return|>b");
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        Assert.Equal("ab", (await server.PostAsync(Path, """{"prompt":"x","ignore_eos":true}""")).Text("choices.0.text"));
        Assert.Empty(generator.Requests[0].StopIds);
    }

    [Theory]
    [InlineData("{}", "prompt", "missing_required_parameter")]
    [InlineData("""{"prompt":7}""", "prompt", "invalid_type")]
    [InlineData("""{"prompt":[1,"a"]}""", "prompt[1]", "invalid_type")]
    [InlineData("""{"prompt":["a",1]}""", "prompt[1]", "invalid_type")]
    [InlineData("""{"prompt":[[1],[-1]]}""", "prompt[1][0]", "integer_below_min_value")]
    [InlineData("""{"prompt":[300000]}""", "prompt[0]", "integer_above_max_value")]
    [InlineData("""{"prompt":"x","suffix":"y"}""", "suffix", "unsupported_parameter")]
    [InlineData("""{"prompt":"x","n":2,"best_of":3}""", "best_of", "unsupported_parameter")]
    [InlineData("""{"prompt":"x","echo":true,"logprobs":2}""", "logprobs", "unsupported_parameter")]
    [InlineData("""{"prompt":["a","b","c"],"n":100}""", "prompt", "array_above_max_length")]
    [InlineData("""{"prompt":"x","max_tokens":-2}""", "max_tokens", "integer_below_min_value")]
    public async Task What_is_wrong_with_a_request_is_named_with_its_place(string request, string param, string code)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);

        (await server.PostAsync(Path, request)).AssertRefused(400, code, param);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_told_so()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, [new ScriptedAnswer([200002])], new ScriptOptions { ContextLength = 5 });
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        (await server.PostAsync(Path, """{"prompt":[1,2,3,4,5]}""")).AssertRefused(400, "context_length_exceeded", "prompt");
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_stream_is_told_in_a_frame()
    {
        ScriptedAnswer failing = new(HarmonyEncoding.Default.Tokenizer.Encode("Hi the")) { Failure = "gone" };
        await using TestServerApp server = await TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, [failing]));

        List<string> frames = await server.StreamAsync(Path, """{"prompt":"x","stream":true}""");

        Assert.Equal("server_error", ApiCalls.At(ApiCalls.Parse(frames[^1]), "error.type")?.GetString());
    }

    [Fact]
    public async Task A_format_holds_the_text_itself()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        await server.PostAsync(Path, """{"prompt":"x","guided_choice":["yes","no"]}""");

        ITokenConstraint constraint = generator.Requests[0].Constraint!;
        ulong[] allowed = new ulong[(201_088 + 63) / 64];
        Assert.Equal(ConstraintStep.Masked, constraint.NextStep(allowed, []));
        int yes = HarmonyEncoding.Default.Tokenizer.Encode("yes")[0], hi = HarmonyEncoding.Default.Tokenizer.Encode("Hi")[0];
        Assert.True((allowed[yes / 64] >> (yes % 64) & 1) == 1);
        Assert.False((allowed[hi / 64] >> (hi % 64) & 1) == 1);
    }

    static int[] Ids(JsonElement? ids) => ids is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(id => id.GetInt32())] : [];
}
