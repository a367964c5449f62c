using System.Net;
using System.Text;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server.Tests;

/// <summary>The Responses API through HTTP, over scripts.</summary>
public class ResponseTests
{
    const string Weather = """{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}""";

    const string ReasoningAndAnswer = "<|channel|>analysis<|message|>The user greets.<|end|><|start|>assistant<|channel|>final<|message|>Hello there!<|return|>";

    const string Preamble = "<|channel|>analysis<|message|>I need the weather.<|end|><|start|>assistant<|channel|>commentary<|message|>Let me look.<|end|>" +
        "<|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Rome\"}<|call|>";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_told_event_by_event_in_the_order_of_the_API()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);

        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"model":"gpt-oss-test","input":"Hi","stream":true}""");

        JsonElement response = EventRules.Check(events);
        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.content_part.added", "response.reasoning_text.delta", "response.reasoning_text.done", "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.completed",
            ],
            Collapse(events.Select(e => e.Name)));
        JsonElement[] output = [.. response.GetProperty("output").EnumerateArray()];
        Assert.Equal(["The user greets.", "Hello there!"], output.Select(EventRules.Said));
        Assert.Equal(("assistant", "final_answer"), (EventRules.Text(output[1], "role"), EventRules.Text(output[1], "phase")));
        Assert.Equal("medium", EventRules.Text(response.GetProperty("reasoning"), "effort"));
        Assert.True(response.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task A_preamble_is_a_message_before_the_call_and_the_result_goes_on_from_it()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Preamble, ReasoningAndAnswer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        JsonElement first = EventRules.Check(await server.StreamAsync($$"""{"input":"Weather in Rome?","stream":true,"tools":[{{Weather}}]}"""));
        JsonElement[] output = [.. first.GetProperty("output").EnumerateArray()];
        Assert.Equal(["reasoning", "message", "function_call"], output.Select(item => EventRules.Text(item, "type")));
        Assert.Equal("commentary", EventRules.Text(output[1], "phase"));
        Assert.Equal("get_weather", EventRules.Text(output[2], "name"));
        string result = $$"""{"type":"function_call_output","call_id":"{{EventRules.Text(output[2], "call_id")}}","output":"{\"celsius\":21}"}""";

        JsonElement byId = await server.RespondAsync($$"""{"previous_response_id":"{{EventRules.Text(first, "id")}}","input":[{{result}}],"tools":[{{Weather}}]}""");
        JsonElement byItems = await server.RespondAsync($$"""{"input":[{"role":"user","content":"Weather in Rome?"},{{string.Join(',', output.Select(item => item.GetRawText()))}},{{result}}],"tools":[{{Weather}}]}""");

        Assert.Equal("completed", EventRules.Text(byId, "status"));
        string prompt = Prompt(generator, 1);
        Assert.Equal(prompt, Prompt(generator, 2));
        Assert.EndsWith(
            "<|start|>user<|message|>Weather in Rome?<|end|><|start|>assistant<|channel|>analysis<|message|>I need the weather.<|end|>" +
            "<|start|>assistant<|channel|>commentary<|message|>Let me look.<|end|>" +
            "<|start|>assistant to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>{\"city\":\"Rome\"}<|call|>" +
            "<|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>{\"celsius\":21}<|end|><|start|>assistant",
            prompt, StringComparison.Ordinal);
        Assert.Equal(EventRules.Text(byId, "previous_response_id"), EventRules.Text(first, "id"));
        Assert.Equal("completed", EventRules.Text(byItems, "status"));
    }

    [Fact]
    public async Task A_call_that_lost_its_phase_still_keeps_the_reasoning_of_the_turn()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, ReasoningAndAnswer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        await server.RespondAsync("""
            {"input":[{"role":"user","content":"Q"},{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"Think."}]},
            {"role":"assistant","content":[{"type":"output_text","text":"Let me look."}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"one"},{"type":"input_image","image_url":"data:,"},{"type":"input_text","text":"two"}]}]}
            """);

        string prompt = Prompt(generator, 0);
        Assert.Contains("<|channel|>analysis<|message|>Think.<|end|>", prompt, StringComparison.Ordinal);
        Assert.Contains("<|channel|>commentary<|message|>Let me look.<|end|>", prompt, StringComparison.Ordinal);
        Assert.Contains("one\n[input_image: left out, as this model reads text only]\ntwo<|end|>", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_tool_is_called_with_text_and_answered()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>commentary to=apply_patch<|message|>*** Begin\n{\"no\": json<|call|>", ReasoningAndAnswer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        const string tools = """[{"type":"custom","name":"apply_patch","description":"Patches files.","format":{"type":"grammar","syntax":"regex","definition":"[\\s\\S]*"}}]""";

        JsonElement first = EventRules.Check(await server.StreamAsync($$"""{"input":"Patch it","stream":true,"tools":{{tools}}}"""));
        JsonElement call = Assert.Single(first.GetProperty("output").EnumerateArray());
        Assert.Equal(("custom_tool_call", "apply_patch", "*** Begin\n{\"no\": json"), (EventRules.Text(call, "type"), EventRules.Text(call, "name"), EventRules.Text(call, "input")));
        await server.RespondAsync(
            $$"""{"previous_response_id":"{{EventRules.Text(first, "id")}}","tools":{{tools}},"input":[{"type":"custom_tool_call_output","call_id":"{{EventRules.Text(call, "call_id")}}","output":"Done"}]}""");

        Assert.EndsWith(
            "<|start|>assistant to=apply_patch<|channel|>commentary<|message|>*** Begin\n{\"no\": json<|call|><|start|>apply_patch to=assistant<|channel|>commentary<|message|>Done<|end|><|start|>assistant",
            Prompt(generator, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_unknown_is_left_out_with_a_warning()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);

        using HttpResponseMessage response = await server.PostRawAsync("/v1/responses", $$"""
            {"input":[{"role":"user","content":"Q"},{"type":"ünknown_item","x":1},{"type":"web_search_call","id":"ws_1"}],"include":["nothing.such"],
             "tools":[{"type":"local_shell"},{"type":"web_search"},{{Weather}}]}
            """);

        JsonElement body = JsonElement.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(5, body.GetProperty("warnings").GetArrayLength());
        string header = Assert.Single(response.Headers.GetValues("x-chorale-warning"));
        Assert.Contains("local_shell", header, StringComparison.Ordinal);
        Assert.Contains("?nknown_item", header, StringComparison.Ordinal);
        Assert.Equal(3, body.GetProperty("tools").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("tools")[2].GetProperty("strict").ValueKind);
    }

    [Fact]
    public async Task A_probe_with_nothing_to_say_and_one_token_is_answered()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);
        foreach (string input in new[] { "\"\"", "[]", "null" })
        {
            JsonElement response = await server.RespondAsync($$"""{"input":{{input}},"max_output_tokens":1}""");
            Assert.Equal(("incomplete", "max_output_tokens"), (EventRules.Text(response, "status"), EventRules.Text(response.GetProperty("incomplete_details"), "reason")));
            Assert.Equal(1, response.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        }
    }

    [Fact]
    public async Task An_answer_that_is_cut_is_incomplete_with_all_that_was_said()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>final<|message|>Hello, one two three four five six<|return|>");

        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"input":"Hi","stream":true,"max_output_tokens":6}""");

        JsonElement response = EventRules.Check(events);
        Assert.Equal("response.incomplete", events[^1].Name);
        JsonElement last = response.GetProperty("output").EnumerateArray().Last();
        Assert.Equal("incomplete", EventRules.Text(last, "status"));
        Assert.StartsWith("Hello", EventRules.Said(last), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sealed_reasoning_comes_back_and_is_opened_with_its_id_or_without()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Preamble, ReasoningAndAnswer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        JsonElement first = await server.RespondAsync($$"""{"input":"Q","store":false,"include":["reasoning.encrypted_content"],"tools":[{{Weather}}]}""");
        JsonElement reasoning = first.GetProperty("output")[0], call = first.GetProperty("output")[2];
        string sealedText = EventRules.Text(reasoning, "encrypted_content")!;
        string rest = $$"""{"type":"function_call","name":"get_weather","call_id":"c","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"ok"}""";

        foreach (string id in new[] { $"\"id\":\"{EventRules.Text(reasoning, "id")}\",", "" })
        {
            await server.RespondAsync($$"""{"input":[{"role":"user","content":"Q"},{"type":"reasoning",{{id}}"summary":[],"content":null,"encrypted_content":"{{sealedText}}"},{{rest}}]}""");
            Assert.Contains("<|channel|>analysis<|message|>I need the weather.<|end|>", Prompt(generator, ^1), StringComparison.Ordinal);
        }

        foreach (string spoiled in new[] { $"\"id\":\"rs_other\",\"encrypted_content\":\"{sealedText}\"", $"\"encrypted_content\":\"{sealedText[..^8]}AAAAAAA=\"", "\"encrypted_content\":\"no base64\"", "\"encrypted_content\":\"AAAA\"" })
        {
            (string? code, string? param, _) = await server.RefusedAsync($$"""{"input":[{"type":"reasoning","summary":[],{{spoiled}}}]}""");
            Assert.Equal(("invalid_encrypted_content", "input[0].encrypted_content"), (code, param));
        }
        Assert.Equal("function_call", EventRules.Text(call, "type"));
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{EventRules.Text(first, "id")}", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Sealed_reasoning_outlives_the_process_where_the_key_does()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        string sealedText = new ReasoningSeal(key).Seal("rs_1", "Thoughts");

        Assert.Null(new ReasoningSeal(key).Open(sealedText, "rs_1", out string text));
        Assert.Equal("Thoughts", text);
        Assert.NotNull(new ReasoningSeal(null).Open(sealedText, "rs_1", out _));
        Assert.NotEqual(sealedText, new ReasoningSeal(key).Seal("rs_1", "Thoughts"));
        byte[] later = Convert.FromBase64String(sealedText);
        later[0] = 2;
        Assert.Contains("version 2", new ReasoningSeal(key).Open(Convert.ToBase64String(later), null, out _), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_summary_of_the_reasoning_comes_where_it_is_asked_for()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);

        JsonElement response = EventRules.Check(await server.StreamAsync("""{"input":"Hi","stream":true,"reasoning":{"effort":"xhigh","summary":"auto"}}"""));

        Assert.Equal("The user greets.", EventRules.Text(response.GetProperty("output")[0].GetProperty("summary")[0], "text"));
        Assert.Equal(("high", "auto"), (EventRules.Text(response.GetProperty("reasoning"), "effort"), EventRules.Text(response.GetProperty("reasoning"), "summary")));
    }

    [Fact]
    public async Task Log_probabilities_come_with_output_text_alone_and_add_up_to_it()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);

        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"input":"Hi","stream":true,"include":["message.output_text.logprobs"],"top_logprobs":1}""");

        JsonElement response = EventRules.Check(events);
        JsonElement[] logprobs = [.. response.GetProperty("output")[1].GetProperty("content")[0].GetProperty("logprobs").EnumerateArray()];
        Assert.Equal("Hello there!", string.Concat(logprobs.Select(token => EventRules.Text(token, "token"))));
        Assert.All(logprobs, token => Assert.Equal(EventRules.Text(token, "token"), EventRules.Text(token.GetProperty("top_logprobs")[0], "token")));
        Assert.Equal(
            logprobs.Select(token => token.GetRawText()),
            events.Where(e => e.Name == "response.output_text.delta").SelectMany(e => e.Data.GetProperty("logprobs").EnumerateArray()).Select(token => token.GetRawText()));
    }

    [Fact]
    public async Task Instructions_and_what_the_developer_says_first_are_one_message_and_formats_are_shown()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>final<|message|>{\"n\":1}<|return|>");
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        JsonElement response = await server.RespondAsync("""
            {"instructions":"Be kind.","input":[{"role":"system","content":"Be exact."},{"role":"user","content":[{"type":"input_text","text":"A"},{"type":"input_text","text":"B"}]},{"role":"developer","content":"Now."}],
             "text":{"verbosity":"low","format":{"type":"json_schema","name":"number","strict":true,"schema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}}},
             "reasoning":{"effort":"none"},"temperature":0.7,"metadata":{"k":"v"},"user":"u","safety_identifier":"s","prompt_cache_key":"p","service_tier":"flex"}
            """);

        string prompt = Prompt(generator, 0);
        Assert.Contains("# Instructions\n\nBe kind.\n\nBe exact.\n\nKeep the answer as short as it can be.", prompt, StringComparison.Ordinal);
        Assert.Contains("# Response Formats\n\n## number", prompt, StringComparison.Ordinal);
        Assert.Contains("<|start|>user<|message|>A\nB<|end|><|start|>developer<|message|># Instructions\n\nNow.", prompt, StringComparison.Ordinal);
        Assert.Equal("number", EventRules.Text(response.GetProperty("text").GetProperty("format"), "name"));
        Assert.Equal(("none", 0.7, "v", "u", "s", "p", "flex", "low"), (
            EventRules.Text(response.GetProperty("reasoning"), "effort"), response.GetProperty("temperature").GetDouble(), EventRules.Text(response.GetProperty("metadata"), "k"), EventRules.Text(response, "user"),
            EventRules.Text(response, "safety_identifier"), EventRules.Text(response, "prompt_cache_key"), EventRules.Text(response, "service_tier"), EventRules.Text(response.GetProperty("text"), "verbosity")));
    }

    [Theory]
    [InlineData("""{"input":5}""", "input", "invalid_type")]
    [InlineData("""{"input":[5]}""", "input[0]", "invalid_type")]
    [InlineData("""{"input":[{"role":"robot","content":""}]}""", "input[0].role", "invalid_value")]
    [InlineData("""{"input":[{"role":"user"}]}""", "input[0].content", "missing_required_parameter")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"x"}]}]}""", "input[0].content[0].type", "unsupported_content")]
    [InlineData("""{"input":[{"type":"function_call_output","call_id":"none","output":""}]}""", "input[0].call_id", "invalid_value")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c"}]}""", "input[0].name", "missing_required_parameter")]
    [InlineData("""{"input":"a","conversation":"conv_1"}""", "conversation", "unsupported_parameter")]
    [InlineData("""{"input":"a","prompt":{"id":"p"}}""", "prompt", "unsupported_parameter")]
    [InlineData("""{"input":"a","background":true,"store":false}""", "background", "invalid_value")]
    [InlineData("""{"input":"a","max_output_tokens":0}""", "max_output_tokens", "integer_below_min_value")]
    [InlineData("""{"input":"a","temperature":3}""", "temperature", "decimal_above_max_value")]
    [InlineData("""{"input":"a","stream":"yes"}""", "stream", "invalid_type")]
    [InlineData("""{"input":"a","metadata":{"a":1}}""", "metadata.a", "invalid_type")]
    [InlineData("""{"input":"a","tools":[{"type":"function"}]}""", "tools[0].name", "missing_required_parameter")]
    [InlineData("""{"input":"a","tools":[{"type":"web_search","x":"\ud800"}]}""", "tools[0]", "invalid_string")]
    [InlineData("""{"input":[{"role":"user","content":"\udc00"}]}""", "input[0].content", "invalid_string")]
    [InlineData("""{"input":"a","tool_choice":"required"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"input":"a","tool_choice":{"type":"function","name":"f"}}""", "tool_choice.name", "invalid_value")]
    [InlineData("""{"input":"a","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"nonsense"}}}}""", "text.format.schema", "invalid_json_schema")]
    [InlineData("""{"input":"a","reasoning":{"effort":"huge"}}""", "reasoning.effort", "invalid_value")]
    [InlineData("""{"input":"a","previous_response_id":"resp_1"}""", "previous_response_id", "previous_response_not_found")]
    [InlineData("""{"input":"a","include":"reasoning.encrypted_content"}""", "include", "invalid_type")]
    public async Task A_request_that_cannot_be_is_refused_with_its_place(string request, string param, string code)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);

        (string? Code, string? Param, string Message) refusal = await server.RefusedAsync(request);

        Assert.Equal((code, param), (refusal.Code, refusal.Param));
        Assert.NotEmpty(refusal.Message);
    }

    [Fact]
    public async Task A_model_that_is_not_served_is_not_found()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);
        Assert.Equal("model_not_found", (await server.RefusedAsync("""{"model":"llama","input":"a"}""", HttpStatusCode.NotFound)).Code);
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_is_refused_or_loses_its_oldest_messages()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, [new ScriptedAnswer(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(ReasoningAndAnswer, HarmonyEncoding.Default.Tokenizer.SpecialTokens.Keys.ToHashSet()))], new() { ContextLength = 400 });
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        string items = string.Join(',', Enumerable.Range(0, 20).Select(i => $$"""{"role":"user","content":"Number {{i}}: {{string.Join(' ', Enumerable.Repeat("word", 30))}}"}"""));
        string call = """{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"x"}""";

        (string? code, string? param, string message) = await server.RefusedAsync($$"""{"input":[{{items}}]}""");
        Assert.Equal(("context_length_exceeded", "input"), (code, param));
        Assert.Contains("400", message, StringComparison.Ordinal);

        JsonElement response = await server.RespondAsync($$"""{"input":[{{call}},{{items}}],"truncation":"auto"}""");
        Assert.Equal("auto", EventRules.Text(response, "truncation"));
        Assert.Contains("oldest messages were left out", response.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        string prompt = Prompt(generator, ^1);
        Assert.Contains("Number 19:", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("Number 0:", prompt, StringComparison.Ordinal);
        Assert.InRange(generator.Requests[^1].Prompt.Length, 200, 300);
    }

    [Fact]
    public async Task Tokens_of_a_request_are_counted_as_they_will_be()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, ReasoningAndAnswer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        const string request = $$"""{"input":"How many?","instructions":"Count.","reasoning":{"effort":"high"},"tools":[{{Weather}}]}""";

        JsonElement count = await server.SendAsync(HttpMethod.Post, "/v1/responses/input_tokens", request);
        JsonElement response = await server.RespondAsync(request);

        Assert.Equal(("response.input_tokens", generator.Requests[0].Prompt.Length), (EventRules.Text(count, "object"), count.GetProperty("input_tokens").GetInt32()));
        Assert.Equal(count.GetProperty("input_tokens").GetInt32(), response.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task A_generator_that_fails_ends_the_stream_in_an_error_and_a_whole_answer_in_500()
    {
        const string script = """{"text":"<|channel|>final<|message|>Half an ans","fail":"The engine broke."}""";
        ScriptedGenerator generator = ScriptedGenerator.Read(new StringReader(script), HarmonyEncoding.Default);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"input":"Hi","stream":true}""");
        JsonElement response = EventRules.Check(events);
        Assert.Equal("response.failed", events[^1].Name);
        Assert.Equal("server_error", EventRules.Text(response.GetProperty("error"), "code"));
        Assert.Equal(("Half an ans", "incomplete"), (EventRules.Said(response.GetProperty("output")[0]), EventRules.Text(response.GetProperty("output")[0], "status")));
        Assert.Equal("failed", EventRules.Text(await server.SendAsync(HttpMethod.Get, $"/v1/responses/{EventRules.Text(response, "id")}"), "status"));

        JsonElement error = (await server.SendAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi"}""", HttpStatusCode.InternalServerError)).GetProperty("error");
        Assert.Equal("server_error", EventRules.Text(error, "type"));
    }

    [Fact]
    public async Task What_nests_as_deep_as_it_may_is_carried_through()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(ReasoningAndAnswer);
        string deep = $"{new string('[', 120)}{new string(']', 120)}";
        string request = $$"""{"input":[{"role":"user","content":"Hi"},{"type":"unknown","x":{{deep}}}],"stream":true,"tools":[{"type":"unknown","x":{{deep}}}]}""";

        JsonElement response = EventRules.Check(await server.StreamAsync(request));
        string id = EventRules.Text(response, "id")!;

        Assert.Contains(deep, response.GetProperty("tools")[0].GetRawText(), StringComparison.Ordinal);
        Assert.Contains(deep, (await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}/input_items")).GetRawText(), StringComparison.Ordinal);
        await server.RespondAsync($$"""{"input":"On","previous_response_id":"{{id}}"}""");
        StoredResponse orphan = new() { Id = id, CreatedAt = default, Status = ResponseStatus.InProgress, Input = default, Response = Encoding.UTF8.GetBytes(response.GetRawText()) };
        Assert.Contains(deep, Encoding.UTF8.GetString(InterruptedResponse.Close(orphan, []).Change.Response.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_sequences_end_the_answer_and_not_the_reasoning()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>analysis<|message|>STOP here?<|end|><|start|>assistant<|channel|>final<|message|>One STOP two<|return|>");

        JsonElement response = await server.RespondAsync("""{"input":"Hi","stop":"STOP"}""");

        Assert.Equal(["STOP here?", "One "], response.GetProperty("output").EnumerateArray().Select(EventRules.Said));
        Assert.Equal("completed", EventRules.Text(response, "status"));
    }

    static IEnumerable<string> Collapse(IEnumerable<string> names)
    {
        string? last = null;
        foreach (string name in names)
        {
            if (name != last || !name.EndsWith("delta", StringComparison.Ordinal))
                yield return name;
            last = name;
        }
    }

    static string Prompt(ScriptedGenerator generator, Index index)
    {
        IReadOnlyList<GenerationRequest> requests = generator.Requests;
        return HarmonyEncoding.Default.Tokenizer.Decode(requests[index.GetOffset(requests.Count)].Prompt.Span);
    }
}
