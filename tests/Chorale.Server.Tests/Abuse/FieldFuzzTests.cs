using System.Text;
using Chorale.Chat;
using Chorale.Harmony;

namespace Chorale.Server.Tests;

/// <summary>Every field of every request, replaced by each thing that it should not be: refused in OpenAI's shape or served, and never a failure of the server.</summary>
public class FieldFuzzTests
{
    const string Function = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    static readonly Dictionary<string, (string Path, string Request)> Requests = new(StringComparer.Ordinal)
    {
        ["chat"] = ("/v1/chat/completions", """
            {"model":"gpt-oss-test",
             "messages":[
              {"role":"system","content":"Be kind."},
              {"role":"developer","content":[{"type":"text","text":"Be brief."}]},
              {"role":"user","name":"Ann","content":[{"type":"text","text":"How warm is it?"}]},
              {"role":"assistant","content":null,"reasoning":"I need it.","reasoning_content":"I need it.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"17"}]},
              {"role":"assistant","content":"17 degrees.","refusal":null},
              {"role":"user","content":"And now?"}],
             "tools":[{"type":"function","function":{"name":"get_weather","description":"The weather.","strict":true,"parameters":@function}},
              {"type":"custom","custom":{"name":"run","description":"Runs.","format":{"type":"grammar","grammar":{"syntax":"regex","definition":"[a-z]+"}}}}],
             "tool_choice":"auto","parallel_tool_calls":true,"max_completion_tokens":64,"max_tokens":64,"n":1,"stop":["END"],"seed":7,
             "temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.05,"frequency_penalty":0.1,"presence_penalty":0.1,"repetition_penalty":1.1,"logit_bias":{"1234":-5},
             "logprobs":true,"top_logprobs":2,"stream":false,"reasoning_effort":"low","reasoning":{"effort":"low","enabled":true,"exclude":false,"max_tokens":50},
             "metadata":{"a":"b"},"user":"u","service_tier":"auto","store":false,"verbosity":"low","chat_template_kwargs":{"reasoning_effort":"low","enable_thinking":true},
             "stop_token_ids":[200012],"return_token_ids":true,"include_reasoning":true}
            """),
        ["chat, streamed"] = ("/v1/chat/completions", """{"messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"n":2,"stop":"END"}"""),
        ["chat, with a format"] = ("/v1/chat/completions", """
            {"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"weather","description":"d","strict":true,"schema":@function}}}
            """),
        ["chat, with a chosen tool"] = ("/v1/chat/completions", """
            {"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":@function}}],"tool_choice":{"type":"function","function":{"name":"get_weather"}}}
            """),
        ["chat, with allowed tools"] = ("/v1/chat/completions", """
            {"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":@function}}],
             "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"get_weather"}}]}}}
            """),
        ["chat, with functions"] = ("/v1/chat/completions", """
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"function_call":{"name":"get_weather","arguments":"{}"}},{"role":"function","name":"get_weather","content":"17"}],
             "functions":[{"name":"get_weather","description":"d","parameters":@function}],"function_call":"auto"}
            """),
        ["completions"] = ("/v1/completions", """
            {"model":"gpt-oss-test","prompt":["<|start|>user<|message|>Hi<|end|><|start|>assistant"],"max_tokens":8,"n":1,"best_of":1,"echo":false,"logprobs":2,"stop":["END"],"seed":1,"temperature":0.5,"top_p":0.9,
             "frequency_penalty":0.1,"presence_penalty":0.1,"logit_bias":{"1234":-5},"stream":false,"user":"u","return_token_ids":true,"stop_token_ids":[200002]}
            """),
        ["completions of ids"] = ("/v1/completions", """{"prompt":[[200006,1428],[200006]],"max_tokens":4,"stream":true,"stream_options":{"include_usage":true}}"""),
        ["responses"] = ("/v1/responses", """
            {"model":"gpt-oss-test","instructions":"Be kind.",
             "input":[
              {"type":"message","role":"developer","content":[{"type":"input_text","text":"Be brief."}]},
              {"role":"user","content":"How warm is it?"},
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"I need it."}],"encrypted_content":null,"status":"completed"},
              {"type":"function_call","id":"fc_1","call_id":"call_1","name":"get_weather","arguments":"{\"city\":\"Oslo\"}","status":"completed"},
              {"type":"function_call_output","id":"fco_1","call_id":"call_1","output":[{"type":"input_text","text":"17"}],"status":"completed"},
              {"type":"custom_tool_call","id":"ctc_1","call_id":"call_2","name":"run","input":"ls"},
              {"type":"custom_tool_call_output","call_id":"call_2","output":"a.txt"},
              {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"17 degrees.","annotations":[],"logprobs":[]}]},
              {"type":"hologram","data":[1]},
              {"role":"user","content":[{"type":"input_text","text":"And now?"}]}],
             "tools":[{"type":"function","name":"get_weather","description":"The weather.","strict":true,"parameters":@function},
              {"type":"custom","name":"run","description":"Runs.","format":{"type":"grammar","syntax":"lark","definition":"start: /[a-z]+/"}},
              {"type":"namespace","name":"crm","description":"d","tools":[{"type":"function","name":"find","parameters":{"type":"object","properties":{}}}]},
              {"type":"web_search"}],
             "tool_choice":"auto","parallel_tool_calls":false,"max_output_tokens":64,"max_tool_calls":3,"temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.05,"seed":3,"stop":["END"],
             "reasoning":{"effort":"low","summary":"auto","context":"auto"},"text":{"format":{"type":"text"},"verbosity":"low"},"include":["reasoning.encrypted_content","message.output_text.logprobs"],
             "top_logprobs":1,"truncation":"auto","store":true,"stream":false,"background":false,"metadata":{"a":"b"},"user":"u","safety_identifier":"s","prompt_cache_key":"k","service_tier":"auto"}
            """),
        ["responses, streamed"] = ("/v1/responses", """{"input":"Hi","stream":true,"stream_options":{"include_obfuscation":false},"store":false}"""),
        ["responses, with a format"] = ("/v1/responses", """{"input":"Hi","text":{"format":{"type":"json_schema","name":"weather","description":"d","strict":true,"schema":@function}}}"""),
        ["responses, with allowed tools"] = ("/v1/responses", """
            {"input":"Hi","tools":[{"type":"function","name":"get_weather","parameters":@function}],"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"get_weather"}]}}
            """),
        ["input tokens"] = ("/v1/responses/input_tokens", """{"input":[{"role":"user","content":"Hi"}],"instructions":"Be kind."}"""),
        ["compact"] = ("/v1/responses/compact", """{"model":"gpt-oss-test","instructions":"Be kind.","input":[{"role":"user","content":"Hi"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello."}]}]}"""),
        ["tokenize"] = ("/tokenize", """{"model":"gpt-oss-test","prompt":"Hi there","content":"Hi there","add_special_tokens":true,"add_special":true,"parse_special":true,"with_pieces":true,"return_token_strs":true}"""),
        ["tokenize messages"] = ("/tokenize", """{"messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":true}"""),
        ["detokenize"] = ("/detokenize", """{"model":"gpt-oss-test","tokens":[13225,1354]}"""),
        ["apply template"] = ("/apply-template", """{"messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":true}"""),
    };

    public static TheoryData<string> Kinds => [.. Requests.Keys];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_request_as_it_is_is_served(string kind)
    {
        (string path, string request) = RequestOf(kind);
        await using TestServerApp server = await StartAsync();

        using HttpResponseMessage response = await PostAsync(server, path, request);

        string body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_wrong_field_is_more_than_a_refusal(string kind)
    {
        (string path, string request) = RequestOf(kind);
        await using TestServerApp server = await StartAsync();
        List<string> faults = [];
        foreach ((string what, string json) in JsonFuzz.Of(request))
        {
            using HttpResponseMessage response = await PostAsync(server, path, json);
            if (await Refusals.FaultOfAsync(response, Cancellation) is { } fault)
                faults.Add($"{what}: {fault}");
        }
        Assert.True(faults.Count == 0, $"{faults.Count}:\n{string.Join('\n', faults.Take(30))}");
    }

    static (string Path, string Request) RequestOf(string kind) => (Requests[kind].Path, Requests[kind].Request.Replace("@function", Function, StringComparison.Ordinal));

    static Task<TestServerApp> StartAsync() =>
        TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hi.<|return|>"));

    static async Task<HttpResponseMessage> PostAsync(TestServerApp server, string path, string json)
    {
        using StringContent body = new(json, Encoding.UTF8, "application/json");
        return await server.Client.PostAsync(new Uri(path, UriKind.Relative), body, Cancellation);
    }
}
