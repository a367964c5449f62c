using System.Globalization;
using System.Text.Json;
using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class ModelTests
{
    [Fact]
    public async Task Generate_gives_the_recorded_greedy_answers()
    {
        List<JsonElement> cases = [.. Jsonl.Elements("nano/nano-goldens.jsonl")];
        CommandLine run = await CommandLine.RunAsync(string.Join('\n', cases.Select(c => c.GetRawText())), ["generate", "--jsonl"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(40, run.Json.Count);
        foreach ((JsonElement expected, JsonElement answer) in cases.Zip(run.Json))
        {
            Assert.True(JsonElement.DeepEquals(expected.GetProperty("expect").GetProperty("tokens"), answer.GetProperty("tokens")), expected.GetProperty("id").GetString());
            Assert.Equal(expected.GetProperty("expect").GetProperty("stop").GetInt32(), answer.GetProperty("stop").GetInt32());
        }
    }

    [Theory]
    [InlineData("--parallel", "6")]
    [InlineData("--parallel", "2", "--draft", "6")]
    [InlineData("--draft", "4")]
    public async Task Lines_answered_at_the_same_time_or_with_guesses_keep_their_order_and_their_answers(params string[] options)
    {
        List<JsonElement> cases = [.. Jsonl.Elements("nano/nano-goldens.jsonl").Take(20)];
        string input = string.Join('\n', cases.Select(c => c.GetRawText()).Append("not JSON").Append("").Append("""{"id":7,"tokens":[]}"""));
        CommandLine run = await CommandLine.RunAsync(input, ["generate", "--jsonl", .. options]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(22, run.Json.Count);
        foreach ((JsonElement expected, JsonElement answer) in cases.Zip(run.Json))
        {
            Assert.True(JsonElement.DeepEquals(expected.GetProperty("id"), answer.GetProperty("id")));
            Assert.True(JsonElement.DeepEquals(expected.GetProperty("expect").GetProperty("tokens"), answer.GetProperty("tokens")), expected.GetProperty("id").GetString());
        }
        Assert.Contains("not JSON", run.Json[20].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(7, run.Json[21].GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Logits_are_those_recorded()
    {
        using JsonDocument golden = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.PathOf("model/pub-a.golden.json"), TestContext.Current.CancellationToken));
        JsonElement sequence = golden.RootElement.GetProperty("sequences").EnumerateArray().Single(s => s.GetProperty("tokens").GetArrayLength() == 40);
        string tokens = sequence.GetProperty("tokens").GetRawText();
        CommandLine run = await CommandLine.RunAsync(
            $$"""
            {"id":1,"tokens":{{tokens}}}
            {"id":2,"tokens":{{tokens}},"all":true}
            {"id":3,"tokens":[512]}
            {"id":4,"tokens":[]}
            """.ReplaceLineEndings("\n"), ["logits", "--jsonl", "--model", TestData.PathOf("model/pub-a.gguf")]);
        Assert.Equal(0, run.ExitCode);
        float[] expected = [.. sequence.GetProperty("last_logits").EnumerateArray().Select(x => x.GetSingle())];
        AssertClose(expected, run.Json[0].GetProperty("logits"));
        Assert.Equal(40, run.Json[1].GetProperty("logits").GetArrayLength());
        AssertClose(expected, run.Json[1].GetProperty("logits")[39]);
        Assert.Contains("512", run.Json[2].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, run.Json[2].GetProperty("error").GetProperty("index").GetInt32());
        Assert.DoesNotContain("Parameter", run.Json[3].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pub-a-hf")]
    [InlineData("pub-a-original")]
    public async Task A_folder_of_safetensors_gives_the_recorded_logits(string folder)
    {
        using JsonDocument golden = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.PathOf("model/pub-a.golden.json"), TestContext.Current.CancellationToken));
        JsonElement sequence = golden.RootElement.GetProperty("sequences").EnumerateArray().Single(s => s.GetProperty("tokens").GetArrayLength() == 40);
        CommandLine run = await CommandLine.RunAsync($$"""{"id":1,"tokens":{{sequence.GetProperty("tokens").GetRawText()}}}""", ["logits", "--jsonl", "--model", TestData.PathOf($"model/{folder}")]);
        Assert.Equal(0, run.ExitCode);
        AssertClose([.. sequence.GetProperty("last_logits").EnumerateArray().Select(x => x.GetSingle())], run.Json[0].GetProperty("logits"));
    }

    [Theory]
    [InlineData("f32", 0, 0.001)]
    [InlineData("f16", 1e-6, 0.05)]
    [InlineData("q8", 1e-4, 0.5)]
    public async Task Keys_and_values_are_kept_as_asked(string type, double least, double most)
    {
        using JsonDocument golden = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.PathOf("model/pub-a.golden.json"), TestContext.Current.CancellationToken));
        JsonElement sequence = golden.RootElement.GetProperty("sequences").EnumerateArray().Single(s => s.GetProperty("tokens").GetArrayLength() == 40);
        CommandLine run = await CommandLine.RunAsync($$"""{"id":1,"tokens":{{sequence.GetProperty("tokens").GetRawText()}}}""", ["logits", "--jsonl", "--key-values", type, "--model", TestData.PathOf("model/pub-a.gguf")]);
        IEnumerable<double> logits = run.Json[0].GetProperty("logits").EnumerateArray().Select(x => x.GetDouble());
        IEnumerable<double> expected = sequence.GetProperty("last_logits").EnumerateArray().Select(x => x.GetDouble());
        Assert.InRange(logits.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), least, most);
    }

    [Fact]
    public async Task A_seed_gives_the_same_ids_again()
    {
        string[] args = ["generate", "--jsonl"];
        const string line = """{"id":1,"tokens":[8200,1428,8202,4827,382,8201,8200,456,421,493],"max_tokens":30,"temperature":1.5,"seed":11}""";
        CommandLine first = await CommandLine.RunAsync(line, args);
        CommandLine second = await CommandLine.RunAsync(line, args);
        Assert.Equal(first.Output, second.Output);
        Assert.True(first.Json[0].GetProperty("tokens").GetArrayLength() is > 0 and <= 30);
    }

    [Fact]
    public async Task Penalties_bias_and_log_probabilities_have_their_usual_names()
    {
        const string prompt = "\"tokens\":[8200,1428,8202,4827,382,8201,8200,456,421,493],\"max_tokens\":3,\"temperature\":0";
        CommandLine run = await CommandLine.RunAsync(
            $$$"""
            {"id":1,{{{prompt}}},"logprobs":true,"top_logprobs":2}
            {"id":2,{{{prompt}}},"logit_bias":{"17":100}}
            {"id":3,{{{prompt}}},"logit_bias":{"17":100},"frequency_penalty":2,"presence_penalty":2,"repetition_penalty":10,"repetition_window":1}
            {"id":4,{{{prompt}}},"logit_bias":{"8208000":1}}
            {"id":5,{{{prompt}}},"logit_bias":{"x":1}}
            {"id":6,{{{prompt}}},"frequency_penalty":3}
            """.ReplaceLineEndings("\n"), ["generate", "--jsonl"]);
        JsonElement logprobs = run.Json[0].GetProperty("logprobs");
        Assert.Equal(3, logprobs.GetArrayLength());
        Assert.Equal(run.Json[0].GetProperty("tokens")[0].GetInt32(), logprobs[0].GetProperty("top_logprobs")[0].GetProperty("id").GetInt32());
        Assert.InRange(logprobs[0].GetProperty("logprob").GetSingle(), -1, 0);
        Assert.Equal(2, logprobs[0].GetProperty("top_logprobs").GetArrayLength());
        Assert.Equal([17, 17, 17], run.Json[1].GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32()));
        Assert.Equal(17, run.Json[2].GetProperty("tokens")[0].GetInt32());
        Assert.Contains("8208000", Error(3), StringComparison.Ordinal);
        Assert.Contains("'x'", Error(4), StringComparison.Ordinal);
        Assert.Contains("FrequencyPenalty", Error(5), StringComparison.Ordinal);
        string Error(int line) => run.Json[line].GetProperty("error").GetProperty("message").GetString()!;
    }

    [Fact]
    public async Task A_bias_on_the_command_line_forces_an_id()
    {
        CommandLine run = await CommandLine.RunAsync("generate", "--max-tokens", "2", "--logit-bias", "17=100", "--logit-bias", "3=-100", "8200");
        Assert.Equal("17 17\n", run.Output);
        (await CommandLine.RunAsync("generate", "--logit-bias", "17", "8200")).AssertFails(2, "--logit-bias", "'17'");
        (await CommandLine.RunAsync("generate", "--presence-penalty", "3", "8200")).AssertFails(2, "--presence-penalty");
    }

    [Fact]
    public async Task Generate_takes_ids_as_arguments_too()
    {
        JsonElement golden = Jsonl.Elements("nano/nano-goldens.jsonl").First();
        string[] prompt = [.. golden.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32().ToString(CultureInfo.InvariantCulture))];
        CommandLine run = await CommandLine.RunAsync(["generate", "--temperature", "0", .. prompt]);
        Assert.Equal(string.Join(' ', golden.GetProperty("expect").GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32())) + "\n", run.Output);
    }

    [Fact]
    public async Task A_vocabulary_may_come_from_any_kind_of_file()
    {
        const string text = "The capital of Japan is Tokyo. <|end|>";
        CommandLine nano = await CommandLine.RunAsync("tokenize", "--vocab", TestData.ModelPath("gpt-oss-nano.gguf"), "--special", text);
        Assert.EndsWith(" 8201\n", nano.Output, StringComparison.Ordinal);
        CommandLine back = await CommandLine.RunAsync(["detokenize", "--vocab", TestData.ModelPath("gpt-oss-nano.gguf"), .. nano.Output.Trim().Split(' ')]);
        Assert.Equal(text, back.Output);

        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.tiktoken");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, 256).Select(i => $"{Convert.ToBase64String([(byte)i])} {i}"), TestContext.Current.CancellationToken);
        try
        {
            CommandLine bytes = await CommandLine.RunAsync("tokenize", "--vocab", path, "--special", "a<|end|><|reserved_258|>");
            Assert.Equal("97 265 258\n", bytes.Output);
        }
        finally
        {
            File.Delete(path);
        }

        string json = Directory.EnumerateFiles(TestData.PathOf("tokenization"), "*.json", SearchOption.AllDirectories).First();
        CommandLine hf = await CommandLine.RunAsync("tokenize", "--vocab", json, "--count", text);
        Assert.Equal(0, hf.ExitCode);
    }

    static void AssertClose(float[] expected, JsonElement found)
    {
        float[] logits = [.. found.EnumerateArray().Select(x => x.GetSingle())];
        Assert.Equal(expected.Length, logits.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - logits[i]) < 1e-3, $"logit {i}: {logits[i]}, expected {expected[i]}");
    }
}
