using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server.Tests;

public class ChatCompletionTests
{
    const string Path = "/v1/chat/completions";
    const string Hello = """{"model":"gpt-oss-test","messages":[{"role":"user","content":"Hello"}]}""";
    const string Weather = """{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}""";
    const string Thinking = "<|channel|>analysis<|message|>They greet.<|end|><|start|>assistant<|channel|>final<|message|>Hi there!<|return|>";
    const string Call = "<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant<|channel|>commentary<|message|>One moment.<|end|><|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{\"city\":\"Paris\"}<|call|>";

    public static TheoryData<string> Malformed => Samples.Malformed;

    [Fact]
    public async Task An_answer_has_its_reasoning_under_both_names_and_its_exact_cost()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        ApiAnswer answer = await server.PostAsync(Path, Hello);

        Assert.Equal(200, answer.Status);
        Assert.Equal("chat.completion", answer.Text("object"));
        Assert.Equal("gpt-oss-test", answer.Text("model"));
        Assert.StartsWith("chatcmpl-", answer.Text("id"), StringComparison.Ordinal);
        Assert.Equal("medium", answer.Text("reasoning_effort"));
        Assert.Equal("Hi there!", answer.Text("choices.0.message.content"));
        Assert.Equal("assistant", answer.Text("choices.0.message.role"));
        Assert.Equal("They greet.", answer.Text("choices.0.message.reasoning"));
        Assert.Equal("They greet.", answer.Text("choices.0.message.reasoning_content"));
        Assert.Equal(JsonValueKind.Null, answer["choices.0.message.refusal"]?.ValueKind);
        Assert.Equal(JsonValueKind.Null, answer["choices.0.logprobs"]?.ValueKind);
        Assert.Equal("stop", answer.Text("choices.0.finish_reason"));
        ScriptedGenerator generator = (ScriptedGenerator)server.Generator;
        int prompt = generator.Requests[0].Prompt.Length, completion = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Thinking).Length;
        Assert.Equal((prompt, completion, prompt + completion), (answer["usage.prompt_tokens"]?.GetInt32(), answer["usage.completion_tokens"]?.GetInt32(), answer["usage.total_tokens"]?.GetInt32()));
        Assert.Equal(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>analysis<|message|>They greet.<|end|>").Length, answer["usage.completion_tokens_details.reasoning_tokens"]?.GetInt32());
        Assert.Equal(0, answer["usage.prompt_tokens_details.cached_tokens"]?.GetInt32());
        Assert.Null(answer["choices.0.repairs"]);
    }

    [Fact]
    public async Task A_stream_tells_role_reasoning_content_end_and_usage_in_that_order()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        List<JsonElement> chunks = await server.ChunksAsync(Path, """{"messages":[{"role":"user","content":"Hello"}],"stream":true,"stream_options":{"include_usage":true}}""");

        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("assistant", ApiCalls.At(chunks[0], "choices.0.delta.role")?.GetString());
        string[] kinds = [.. chunks.Select(Kind)];
        Assert.Equal(["role", "reasoning", "content", "end", "usage"], kinds.Where((kind, i) => i == 0 || kinds[i - 1] != kind));
        Assert.Equal("They greet.", Joined(chunks, "reasoning"));
        Assert.Equal("They greet.", Joined(chunks, "reasoning_content"));
        Assert.Equal("Hi there!", Joined(chunks, "content"));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.True(chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task A_call_comes_with_its_preamble_as_content_and_ends_for_its_sake()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Call);
        string request = $$"""{"messages":[{"role":"user","content":"Weather in Paris?"}],"tools":[{{Weather}}]}""";

        ApiAnswer answer = await server.PostAsync(Path, request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(request));

        Assert.Equal("One moment.", answer.Text("choices.0.message.content"));
        Assert.Equal("tool_calls", answer.Text("choices.0.finish_reason"));
        JsonElement call = answer["choices.0.message.tool_calls.0"]!.Value;
        Assert.Equal(("function", "get_weather", "{\"city\":\"Paris\"}"), (call.GetProperty("type").GetString(), call.GetProperty("function").GetProperty("name").GetString(), call.GetProperty("function").GetProperty("arguments").GetString()));
        Assert.StartsWith("call_", call.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.False(call.TryGetProperty("index", out _));

        List<JsonElement> pieces = [.. chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.delta.tool_calls.0")).OfType<JsonElement>()];
        Assert.Equal("""{"name":"get_weather","arguments":""}""", pieces[0].GetProperty("function").GetRawText());
        Assert.Equal("function", pieces[0].GetProperty("type").GetString());
        Assert.All(pieces, piece => Assert.Equal(0, piece.GetProperty("index").GetInt32()));
        Assert.All(pieces.Skip(1), piece => Assert.False(piece.TryGetProperty("id", out _)));
        Assert.Equal("{\"city\":\"Paris\"}", string.Concat(pieces.Select(piece => piece.GetProperty("function").GetProperty("arguments").GetString())));
        Assert.Equal("tool_calls", Finish(chunks));
    }

    [Fact]
    public async Task A_call_alone_has_no_content()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>commentary to=functions.now<|message|><|call|>");

        ApiAnswer answer = await server.PostAsync(Path, """{"messages":[{"role":"user","content":"?"}],"tools":[{"type":"function","function":{"name":"now"}}]}""");

        Assert.Equal(JsonValueKind.Null, answer["choices.0.message.content"]?.ValueKind);
        Assert.Equal("{}", answer.Text("choices.0.message.tool_calls.0.function.arguments"));
    }

    [Fact]
    public async Task Preamble_and_answer_are_one_text_with_an_empty_line_between()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>commentary<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>It is 4.<|return|>");

        ApiAnswer answer = await server.PostAsync(Path, Hello);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(Hello));

        Assert.Equal("Let me see.\n\nIt is 4.", answer.Text("choices.0.message.content"));
        Assert.Equal("Let me see.\n\nIt is 4.", Joined(chunks, "content"));
    }

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_slip_of_the_model_is_answered_alike_streamed_or_not_and_nothing_is_lost(string text)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(text);
        string request = $$"""{"messages":[{"role":"user","content":"Weather in Paris?"}],"tools":[{{Weather}},{"type":"function","function":{"name":"now"} }]}""";

        ApiAnswer answer = await server.PostAsync(Path, request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(request));

        Assert.Equal(200, answer.Status);
        Assert.Equal(answer.Text("choices.0.message.content") ?? "", Joined(chunks, "content"));
        Assert.Equal(answer.Text("choices.0.message.reasoning") ?? "", Joined(chunks, "reasoning"));
        Assert.Equal(answer.Text("choices.0.finish_reason"), Finish(chunks));
        Assert.Equal(CallsOf(answer), CallsOf(chunks));

        IReadOnlyList<Message> said = HarmonyEncoding.Default.Parse(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(text), Role.Assistant);
        string told = string.Join('\n', [answer.Text("choices.0.message.content"), answer.Text("choices.0.message.reasoning"), .. CallsOf(answer)]);
        if (said.Any(message => message.Text.Trim().Length > 0))
            Assert.NotEqual("", told.Trim());
        bool isSilent = string.IsNullOrEmpty(answer.Text("choices.0.message.content")) && CallsOf(answer).Count == 0;
        Assert.False(isSilent && answer.Text("choices.0.finish_reason") == "stop" && said.Any(message => message.Text.Length > 0), told);
    }

    [Fact]
    public async Task A_limit_cuts_the_answer_and_says_so()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        ApiAnswer answer = await server.PostAsync(Path, """{"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":9}""");

        Assert.Equal("length", answer.Text("choices.0.finish_reason"));
        Assert.Equal(9, answer["usage.completion_tokens"]?.GetInt32());
    }

    [Theory]
    [InlineData("\"max_tokens\":1")]
    [InlineData("\"max_tokens\":1,\"response_format\":{\"type\":\"json_object\"}")]
    [InlineData("\"max_tokens\":1,\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]")]
    public async Task A_limit_too_small_for_any_answer_is_no_error(string fields)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        ApiAnswer answer = await server.PostAsync(Path, $$"""{"messages":[{"role":"user","content":"Hello"}],{{fields}}}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("length", answer.Text("choices.0.finish_reason"));
    }

    [Theory]
    [InlineData("\"!\"", "Hi there", "!")]
    [InlineData("[\"zebra\",\"the\"]", "Hi ", "the")]
    [InlineData("\"They\"", "Hi there!", null)]
    public async Task Stop_texts_end_the_answer_but_not_the_reasoning(string stop, string content, string? reason)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);
        string request = $$"""{"messages":[{"role":"user","content":"Hello"}],"stop":{{stop}}}""";

        ApiAnswer answer = await server.PostAsync(Path, request);

        Assert.Equal(content, answer.Text("choices.0.message.content"));
        Assert.Equal("They greet.", answer.Text("choices.0.message.reasoning"));
        Assert.Equal("stop", answer.Text("choices.0.finish_reason"));
        Assert.Equal(reason, answer.Text("choices.0.stop_reason"));
        Assert.Equal(content, Joined(await server.ChunksAsync(Path, Streamed(request)), "content"));
    }

    [Fact]
    public async Task Stop_ids_end_the_turn_wherever_they_stand()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        ApiAnswer answer = await server.PostAsync(Path, """{"messages":[{"role":"user","content":"Hello"}],"stop_token_ids":[200007]}""");

        Assert.Equal(200007, answer["choices.0.stop_reason"]?.GetInt32());
        Assert.Equal("stop", answer.Text("choices.0.finish_reason"));
        Assert.Equal("They greet.", answer.Text("choices.0.message.reasoning"));
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_visible_text()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);
        const string Request = """{"messages":[{"role":"user","content":"Hello"}],"logprobs":true,"top_logprobs":1}""";

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(Request));

        List<JsonElement> tokens = [.. answer["choices.0.logprobs.content"]!.Value.EnumerateArray()];
        Assert.Equal("Hi there!", string.Concat(tokens.Select(token => token.GetProperty("token").GetString())));
        Assert.Equal("Hi there!"u8.ToArray(), tokens.SelectMany(token => token.GetProperty("bytes").EnumerateArray()).Select(b => b.GetByte()));
        Assert.All(tokens, token => Assert.Equal(1, token.GetProperty("top_logprobs").GetArrayLength()));
        Assert.Equal(tokens.Count, chunks.Sum(chunk => ApiCalls.At(chunk, "choices.0.logprobs.content")?.GetArrayLength() ?? 0));
    }

    [Fact]
    public async Task Ids_are_told_all_of_them_where_they_are_asked_for()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Call);
        const string Request = """{"messages":[{"role":"user","content":"Hello"}],"return_token_ids":true}""";
        int[] expected = HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials(Call);

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(Request));

        Assert.Equal(expected, Ids(answer["choices.0.token_ids"]));
        Assert.Equal(((ScriptedGenerator)server.Generator).Requests[0].Prompt.ToArray(), Ids(answer["prompt_token_ids"]));
        Assert.Equal(expected, chunks.SelectMany(chunk => Ids(ApiCalls.At(chunk, "choices.0.token_ids"))));
        Assert.Equal(Ids(answer["prompt_token_ids"]), Ids(ApiCalls.At(chunks[0], "prompt_token_ids")));
    }

    [Fact]
    public async Task Several_answers_stream_side_by_side_with_seeds_of_their_own()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, "<|channel|>final<|message|>one<|return|>", "<|channel|>final<|message|>two<|return|>", "<|channel|>final<|message|>three<|return|>");
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        const string Request = """{"messages":[{"role":"user","content":"Hello"}],"n":3,"seed":7}""";

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(Request));

        Assert.Equal(["one", "three", "two"], answer["choices"]!.Value.EnumerateArray().Select(choice => ApiCalls.At(choice, "message.content")!.Value.GetString()).Order(StringComparer.Ordinal));
        Assert.Equal([0, 1, 2], answer["choices"]!.Value.EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal([7L, 8L, 9L], generator.Requests.Take(3).Select(request => request.Sampling.Seed!.Value).Order());
        Assert.Equal(generator.Requests[0].Prompt.Length, answer["usage.prompt_tokens"]?.GetInt32());
        foreach (int index in (int[])[0, 1, 2])
        {
            List<JsonElement> own = [.. chunks.Where(chunk => ApiCalls.At(chunk, "choices.0.index")?.GetInt32() == index)];
            Assert.Contains(Joined(own, "content"), (string[])["one", "two", "three"]);
            Assert.Equal("stop", Finish(own));
        }
    }

    [Fact]
    public async Task Functions_of_the_older_form_are_called_in_the_older_form()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Call);
        const string Request = """{"messages":[{"role":"user","content":"Weather?"}],"functions":[{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}],"function_call":"auto"}""";

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(Request));

        Assert.Equal("""{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}""", answer["choices.0.message.function_call"]?.GetRawText());
        Assert.Null(answer["choices.0.message.tool_calls"]);
        Assert.Equal("function_call", answer.Text("choices.0.finish_reason"));
        Assert.Equal("function_call", Finish(chunks));
        Assert.Equal("{\"city\":\"Paris\"}", string.Concat(chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.delta.function_call.arguments")?.GetString())));
    }

    [Fact]
    public async Task A_tool_that_takes_text_is_called_with_text()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>commentary to=run_sql<|message|>SELECT 1;<|call|>");
        const string Request = """{"messages":[{"role":"user","content":"Count."}],"tools":[{"type":"custom","custom":{"name":"run_sql","description":"Runs SQL."}}]}""";

        ApiAnswer answer = await server.PostAsync(Path, Request);
        List<JsonElement> chunks = await server.ChunksAsync(Path, Streamed(Request));

        JsonElement call = answer["choices.0.message.tool_calls.0"]!.Value;
        Assert.Equal(("custom", """{"name":"run_sql","input":"SELECT 1;"}"""), (call.GetProperty("type").GetString(), call.GetProperty("custom").GetRawText()));
        Assert.False(call.TryGetProperty("function", out _));
        Assert.Equal("SELECT 1;", string.Concat(chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.delta.tool_calls.0.custom.input")?.GetString())));
    }

    [Theory]
    [InlineData(ReasoningFields.Reasoning, "They greet.", null)]
    [InlineData(ReasoningFields.ReasoningContent, null, "They greet.")]
    [InlineData(ReasoningFields.None, null, null)]
    public async Task Reasoning_has_the_name_that_the_server_was_told(ReasoningFields fields, string? reasoning, string? content)
    {
        await using TestServerApp server = await TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, Thinking), new() { ReasoningFields = fields });

        ApiAnswer answer = await server.PostAsync(Path, Hello);

        Assert.Equal((reasoning, content), (answer.Text("choices.0.message.reasoning"), answer.Text("choices.0.message.reasoning_content")));
        Assert.Equal("Hi there!", answer.Text("choices.0.message.content"));
    }

    [Theory]
    [InlineData("\"include_reasoning\":false")]
    [InlineData("\"reasoning\":{\"exclude\":true}")]
    public async Task Reasoning_that_is_not_wanted_is_not_told(string field)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);
        string request = $$"""{"messages":[{"role":"user","content":"Hello"}],{{field}}}""";

        ApiAnswer answer = await server.PostAsync(Path, request);

        Assert.Null(answer["choices.0.message.reasoning"]);
        Assert.Equal("Hi there!", answer.Text("choices.0.message.content"));
        Assert.Equal("", Joined(await server.ChunksAsync(Path, Streamed(request)), "reasoning"));
    }

    [Fact]
    public async Task Reasoning_that_a_client_drops_is_put_back_before_the_call()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Call, "<|channel|>final<|message|>Sunny.<|return|>");
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        string first = $$"""{"messages":[{"role":"user","content":"Weather in Paris?"}],"tools":[{{Weather}}]}""";
        ApiAnswer called = await server.PostAsync(Path, first);
        string? id = called.Text("choices.0.message.tool_calls.0.id");

        await server.PostAsync(Path, $$"""
            {"messages":[{"role":"user","content":"Weather in Paris?"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"{{id}}","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"} }]},
             {"role":"tool","tool_call_id":"{{id}}","content":"sunny"}],"tools":[{{Weather}}]}
            """);

        string before = HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[0].Prompt.Span), after = HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[1].Prompt.Span);
        const string Replayed = "<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant<|channel|>commentary<|message|>One moment.<|end|><|start|>assistant to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>{\"city\":\"Paris\"}<|call|>";
        Assert.Equal(before + Replayed + "<|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>sunny<|end|><|start|>assistant", after);
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_a_stream_is_told_in_a_frame()
    {
        ScriptedAnswer failing = new(HarmonyEncoding.Default.Tokenizer.EncodeWithSpecials("<|channel|>final<|message|>Hi the")) { Failure = "the engine is gone" };
        await using TestServerApp server = await TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, [failing]));

        List<string> frames = await server.StreamAsync(Path, Streamed(Hello));
        ApiAnswer answer = await server.PostAsync(Path, Hello);

        Assert.Equal("server_error", ApiCalls.At(ApiCalls.Parse(frames[^1]), "error.type")?.GetString());
        Assert.DoesNotContain("the engine is gone", frames[^1], StringComparison.Ordinal);
        Assert.Contains(frames, frame => frame.Contains("Hi", StringComparison.Ordinal));
        answer.AssertRefused(500, "internal_error", null);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_generation()
    {
        WatchedGenerator generator = new();
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using HttpRequestMessage request = new(HttpMethod.Post, Path) { Content = new StringContent(Streamed(Hello), System.Text.Encoding.UTF8, "application/json") };
        HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
        await generator.Began.WaitAsync(TestContext.Current.CancellationToken);

        response.Dispose();
        await leave.CancelAsync();

        await generator.Ended.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("{", null, "invalid_json")]
    [InlineData("[]", "body", "invalid_type")]
    [InlineData("{}", "messages", "missing_required_parameter")]
    [InlineData("""{"messages":"hi"}""", "messages", "invalid_type")]
    [InlineData("""{"messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"messages":[1]}""", "messages[0]", "invalid_type")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages[0].role", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"bot","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"x"}}]}]}""", "messages[0].content[1].type", "unsupported_value")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}""", "messages[0].content[0].type", "unsupported_value")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"tool","tool_call_id":"call_x","content":"x"}]}""", "messages[0].tool_call_id", "invalid_value")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{}}]}]}""", "messages[0].tool_calls[0].function.name", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", "messages[0].content", "invalid_string")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":3}""", "temperature", "decimal_above_max_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":"warm"}""", "temperature", "invalid_type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":1e999}""", "temperature", "decimal_above_max_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":0}""", "n", "integer_below_min_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":129}""", "n", "integer_above_max_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens", "integer_below_min_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":1.5}""", "max_tokens", "invalid_type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop":["a","b","c","d","e"]}""", "stop", "array_above_max_length")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_logprobs":3}""", "top_logprobs", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":21}""", "top_logprobs", "integer_above_max_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"logit_bias":{"x":1}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"logit_bias":{"99999999":1}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"logit_bias":{"1":101}}""", "logit_bias.1", "decimal_above_max_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"reasoning_effort":"enormous"}""", "reasoning_effort", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"verbosity":"loud"}""", "verbosity", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"modalities":["audio"]}""", "modalities[0]", "unsupported_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tool_choice":"required"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"b"}}}""", "tool_choice.function.name", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a b"}}]}""", "tools[0].function.name", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "response_format.type", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"array","contains":{"type":"integer"},"minContains":2,"uniqueItems":true}}}}""", "response_format.json_schema.schema", "invalid_json_schema")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"guided_regex":"("}""", "guided_regex", "invalid_grammar")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"guided_choice":[]}""", "guided_choice", "invalid_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop_token_ids":[-1]}""", "stop_token_ids[0]", "integer_below_min_value")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"model":7}""", "model", "invalid_type")]
    public async Task What_is_wrong_with_a_request_is_named_with_its_place(string request, string? param, string code)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        (await server.PostAsync(Path, request)).AssertRefused(400, code, param);
        Assert.Empty(((ScriptedGenerator)server.Generator).Requests);
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        (await server.PostAsync(Path, """{"model":"llama-7","messages":[{"role":"user","content":"x"}]}""")).AssertRefused(404, "model_not_found", "model");
    }

    [Fact]
    public async Task A_conversation_that_does_not_fit_is_told_with_both_numbers()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, [new ScriptedAnswer([200002])], new ScriptOptions { ContextLength = 100 });
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        ApiAnswer answer = await server.PostAsync(Path, $$"""{"messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("word ", 200))}}"}],"stream":true}""");

        answer.AssertRefused(400, "context_length_exceeded", "messages");
        Assert.Contains("100", answer.Text("error.message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_nobody_knows_are_ignored_and_tools_that_are_not_served_are_named()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Thinking);

        ApiAnswer answer = await server.PostAsync(Path, """
            {"model":"gpt-oss-test","messages":[{"role":"user","content":"Hello","name":"bob","x":1}],"store":true,"metadata":{"a":"b"},"service_tier":"auto","prediction":{},"user":"u","frobnicate":[{}],
             "parallel_tool_calls":true,"web_search_options":{},"prompt_cache_key":"k","tools":[{"type":"web_search"}],"seed":null,"stop":null,"top_p":0,"top_k":-1,"max_tokens":-1,"temperature":null}
            """);

        Assert.Equal(200, answer.Status);
        Assert.Equal("Hi there!", answer.Text("choices.0.message.content"));
        Assert.Contains("web_search", answer["warnings"]?.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("web_search", Assert.Single(answer.Response.Headers.GetValues("x-chorale-warning")), StringComparison.Ordinal);
    }

    internal static string Streamed(string request) => $"{request.TrimEnd()[..^1]},\"stream\":true}}";

    internal static string Joined(IEnumerable<JsonElement> chunks, string field) => string.Concat(chunks.Select(chunk => ApiCalls.At(chunk, $"choices.0.delta.{field}")?.GetString()));

    static string? Finish(IEnumerable<JsonElement> chunks) =>
        Assert.Single(chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.finish_reason")).OfType<JsonElement>(), reason => reason.ValueKind == JsonValueKind.String).GetString();

    static List<string> CallsOf(ApiAnswer answer) =>
        [.. (answer["choices.0.message.tool_calls"]?.EnumerateArray() ?? default).Select(call => $"{ApiCalls.At(call, "function.name")}({ApiCalls.At(call, "function.arguments")})")];

    static List<string> CallsOf(List<JsonElement> chunks)
    {
        List<string> calls = [];
        foreach (JsonElement piece in chunks.Select(chunk => ApiCalls.At(chunk, "choices.0.delta.tool_calls.0")).OfType<JsonElement>())
        {
            if (piece.TryGetProperty("id", out _))
                calls.Add($"{ApiCalls.At(piece, "function.name")}(");
            calls[piece.GetProperty("index").GetInt32()] += ApiCalls.At(piece, "function.arguments");
        }
        return [.. calls.Select(call => $"{call})")];
    }

    static int[] Ids(JsonElement? ids) => ids is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(id => id.GetInt32())] : [];

    static string Kind(JsonElement chunk) =>
        chunk.GetProperty("choices").GetArrayLength() == 0 ? "usage"
        : ApiCalls.At(chunk, "choices.0.finish_reason")?.ValueKind == JsonValueKind.String ? "end"
        : ApiCalls.At(chunk, "choices.0.delta.role") is not null ? "role"
        : ApiCalls.At(chunk, "choices.0.delta.reasoning") is not null ? "reasoning"
        : ApiCalls.At(chunk, "choices.0.delta.content") is not null ? "content" : "other";
}
