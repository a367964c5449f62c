using System.Text.Json;
using Chorale.Inference;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class TemplateTests
{
    const string Talk = """[{"role":"user","content":"Hi <|end|>"}]""";

    static readonly string GptOss = TestData.PathOf("templates/jinja/gpt-oss.jinja");

    static string[] Lines(params string[] lines) => [string.Join('\n', lines)];

    [Fact]
    public async Task A_conversation_is_rendered_by_name_and_by_file()
    {
        CommandLine named = await CommandLine.RunAsync(Talk, ["template", "render", "gpt-oss", "--date", "2025-08-21", "--add-generation-prompt"]);
        Assert.Equal((0, ""), (named.ExitCode, named.Error));
        Assert.Contains("Current date: 2025-08-21", named.Output, StringComparison.Ordinal);
        Assert.EndsWith("<|start|>user<|message|>Hi <|end|><|end|><|start|>assistant\n", named.Output, StringComparison.Ordinal);
        CommandLine file = await CommandLine.RunAsync(Talk, ["template", "render", GptOss, "--date", "2025-08-21", "--add-generation-prompt", "--interpret"]);
        Assert.Equal(named.Output, file.Output);
    }

    [Fact]
    public async Task Variables_are_set_as_JSON_or_as_words()
    {
        CommandLine run = await CommandLine.RunAsync(Talk, ["template", "render", "gpt-oss", "--set", "reasoning_effort=high", "--set", """builtin_tools=["python"]"""]);
        Assert.Contains("Reasoning: high", run.Output, StringComparison.Ordinal);
        Assert.Contains("## python", run.Output, StringComparison.Ordinal);
        Assert.Contains("Current date: 2026-11-21", run.Output, StringComparison.Ordinal);
        (await CommandLine.RunAsync(Talk, ["template", "render", "gpt-oss", "--set", "effort"])).AssertFails(ExitCodes.Usage, "NAME=VALUE");
    }

    [Fact]
    public async Task Ids_keep_a_callers_control_tokens_as_text()
    {
        CommandLine ids = await CommandLine.RunAsync(Talk, ["template", "render", "gpt-oss", "--ids"]);
        CommandLine plain = await CommandLine.RunAsync(Talk, ["template", "render", "gpt-oss", "--ids", "--plain-text"]);
        Assert.Equal(2, ids.Output.Split(' ').Count(id => id.Trim() == "200007"));
        Assert.Equal(3, plain.Output.Split(' ').Count(id => id.Trim() == "200007"));
    }

    [Fact]
    public async Task Pieces_tell_whose_they_are()
    {
        CommandLine run = await CommandLine.RunAsync(Talk, ["template", "render", "qwen3", "--json"]);
        JsonElement answer = run.Json[0];
        Assert.Equal("<|im_start|>user\nHi <|end|><|im_end|>\n", answer.GetProperty("text").GetString());
        Assert.Equal("template:<|im_start|> caller:user template:\n caller:Hi <|end|> template:<|im_end|>\n",
            string.Join(' ', answer.GetProperty("pieces").EnumerateArray().Select(piece => $"{piece.GetProperty("from").GetString()}:{piece.GetProperty("text").GetString()}")));
        Assert.True(answer.GetProperty("native").GetBoolean());
    }

    [Fact]
    public async Task A_batch_answers_each_line()
    {
        CommandLine run = await CommandLine.RunAsync(Lines(
            """{"id":1,"template":"llama3","messages":[{"role":"user","content":"Hi"}],"unknown":5,"kwargs":{"add_generation_prompt":true}}""",
            """{"id":2,"template":"gpt-oss","messages":[{"role":"user","content":"x"},{"role":"tool","content":"y"}]}""",
            """{"id":3,"template":"gpt-oss","messages":[{"role":"user","content":null}],"tools":null}""",
            $$"""{"id":4,"template_file":{{JsonSerializer.Serialize(TestData.PathOf("templates/jinja/qwen3-trl-training.jinja"))}},"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yo"}]}""",
            """{"id":5,"template":"llama3","special_tokens":{"bos_token":"<s>"},"messages":[{"role":"user","content":"Hi"}]}""",
            """{"id":6,"template":"llama3.2","date":"2024-02-29","messages":[{"role":"user","content":"\ud83d"}]}""",
            """{"id":7,"template":"nope","messages":[]}""",
            """{"id":8,"messages":[]}""",
            """{"id":9,"template":"qwen3","messages":[{"role":"user","content":"Hi"}],"kwargs":{"continue_final_message":true,"add_generation_prompt":true}}""",
            """{"id":10,"template":"qwen3","date":"today","messages":[]}""")[0], ["template", "render", "--jsonl"]);
        Assert.Equal((0, 10), (run.ExitCode, run.Json.Count));
        Assert.Equal("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n", run.Json[0].GetProperty("text").GetString());
        Assert.Equal("""{"message":"Message has tool role, but there was no previous assistant message with a tool call!","kind":"raised","message_index":1}""", run.Json[1].GetProperty("error").GetRawText());
        Assert.Equal("python", run.Json[2].GetProperty("error").GetProperty("kind").GetString());
        Assert.Equal("""[["<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",false],["<think>\n\n</think>\n\nYo<|im_end|>\n",true]]""", run.Json[3].GetProperty("segments").GetRawText());
        Assert.StartsWith("<s>", run.Json[4].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("29 Feb 2024", run.Json[5].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("\uFFFD", run.Json[5].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("qwen3", run.Json[6].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("'template'", run.Json[7].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("call", run.Json[8].GetProperty("error").GetProperty("kind").GetString());
        Assert.Contains("'date'", run.Json[9].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_gives_ids_where_they_are_asked_for()
    {
        const string line = """{"id":1,"template":"gpt-oss","messages":[{"role":"user","content":"Hi <|end|>"}]}""";
        Assert.False((await CommandLine.RunAsync(line, ["template", "render", "--jsonl"])).Json[0].TryGetProperty("tokens", out _));
        JsonElement tokens = (await CommandLine.RunAsync(line, ["template", "render", "--jsonl", "--tokens"])).Json[0].GetProperty("tokens");
        Assert.Equal(2, tokens.EnumerateArray().Count(id => id.GetInt32() == 200007));
    }

    [Fact]
    public async Task A_model_of_another_family_is_refused_by_the_engine_but_its_template_is_rendered()
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.gguf");
        try
        {
            await using (FileStream file = File.Create(path))
            {
                new GgufWriter()
                    .Add("general.architecture", "llama")
                    .Add("tokenizer.chat_template", "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}")
                    .Add("tokenizer.ggml.tokens", (string[])["<s>", "</s>"])
                    .Add("tokenizer.ggml.bos_token_id", 0)
                    .WriteTo(file);
            }
            CommandLine rendered = await CommandLine.RunAsync(Talk, ["template", "render", path]);
            Assert.Equal((0, "<s>[user] Hi <|end|>\n"), (rendered.ExitCode, rendered.Output));
            (await CommandLine.RunAsync("", ["generate", "--model", path, "--jsonl"])).AssertFails(ExitCodes.Failure, "architecture 'llama'", "expected 'gpt-oss'");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task What_cannot_be_used_is_told_in_one_line()
    {
        (await CommandLine.RunAsync(Talk, ["template", "render", "no-such-template"])).AssertFails(ExitCodes.Failure, "no-such-template", "qwen3");
        (await CommandLine.RunAsync(Talk, ["template", "render"])).AssertFails(ExitCodes.Usage, "TEMPLATE");
        (await CommandLine.RunAsync("[", ["template", "render", "qwen3"])).AssertFails(ExitCodes.Failure);
        (await CommandLine.RunAsync("5", ["template", "render", "qwen3"])).AssertFails(ExitCodes.Failure, "messages");
        (await CommandLine.RunAsync("""[{"role":"user"}]""", ["template", "render", "gpt-oss"])).AssertFails(ExitCodes.Failure, "messages[0]", "content");
        (await CommandLine.RunAsync(Talk, ["template", "render", "qwen3", "--date", "today"])).AssertFails(ExitCodes.Usage, "yyyy-MM-dd");
    }

    [Fact]
    public async Task Lint_tells_of_a_template_and_of_data()
    {
        string data = string.Join('\n', """{"messages":[{"role":"user","content":"x<|end|>"},{"role":"assistant","content":"y"}]}""", """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null}]}""", "{");
        CommandLine run = await CommandLine.RunAsync(data, ["template", "lint", "gpt-oss", "-"]);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("warning not_prefix_preserving", run.Output, StringComparison.Ordinal);
        Assert.Contains("warning forged_marker line 1, messages[0]", run.Output, StringComparison.Ordinal);
        Assert.Contains("error render_error line 2, messages[1]", run.Output, StringComparison.Ordinal);
        Assert.Contains("error bad_line line 3", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 conversations: bad_line 1, forged_marker 1, render_error 1", run.Output, StringComparison.Ordinal);
        CommandLine json = await CommandLine.RunAsync(data, ["template", "lint", "gpt-oss", "-", "--json", "--most", "1"]);
        Assert.Single(json.Json, finding => finding.TryGetProperty("line", out _));
    }

    [Fact]
    public async Task Lint_fails_for_warnings_where_it_is_strict()
    {
        Assert.Equal(ExitCodes.Success, (await CommandLine.RunAsync("template", "lint", "gpt-oss")).ExitCode);
        Assert.Equal(ExitCodes.Failure, (await CommandLine.RunAsync("template", "lint", "gpt-oss", "--strict")).ExitCode);
    }
}
