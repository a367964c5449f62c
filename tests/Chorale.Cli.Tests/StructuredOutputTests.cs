using System.Text.Json;

namespace Chorale.Cli.Tests;

public sealed class StructuredOutputTests : IDisposable
{
    const string Numbers = """{"type":"object","properties":{"numbers":{"type":"array","items":{"type":"integer","minimum":0,"maximum":99},"maxItems":4}},"required":["numbers"],"additionalProperties":false}""";

    readonly string _folder = Directory.CreateTempSubdirectory("chorale-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public async Task A_schema_makes_the_answer_json_and_stands_in_the_developer_message()
    {
        CommandLine run = await CommandLine.RunAsync("chat", "--schema", Write("s.json", Numbers), "--json", "Sort 15, 39 and 86.");
        Assert.Equal(0, run.ExitCode);
        using JsonDocument answer = JsonDocument.Parse(run.Json[0].GetProperty("answer").GetString()!);
        Assert.InRange(answer.RootElement.GetProperty("numbers").GetArrayLength(), 0, 4);
        Assert.NotEqual("", run.Json[0].GetProperty("reasoning").GetString());
        JsonElement formats = run.Json[0].GetProperty("messages")[1].GetProperty("content")[0].GetProperty("response_formats");
        Assert.Contains("numbers", formats.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task White_space_is_where_it_may_be()
    {
        string schema = Write("s.json", """{"const":[1,2,3]}""");
        Assert.Equal("[1,2,3]\n", (await CommandLine.RunAsync("chat", "--schema", schema, "Hi")).Output);
        foreach (string whitespace in (string[])["spaced", "flexible"])
        {
            CommandLine run = await CommandLine.RunAsync("chat", "--schema", schema, "--whitespace", whitespace, "--max-tokens", "60", "Hi");
            Assert.Equal(0, run.ExitCode);
            Assert.Equal([1, 2, 3], JsonSerializer.Deserialize<int[]>(run.Output)!);
        }
    }

    [Fact]
    public async Task A_regular_expression_or_a_grammar_makes_the_answer()
    {
        Assert.Equal("Tokyo\n", (await CommandLine.RunAsync("chat", "--regex", "Tokyo|Paris", "What is the capital of Japan?")).Output);
        const string lark = "start: \"The sum is \" /[0-9]{2}/ \"!\"\n", gbnf = "root ::= \"The sum is \" [0-9]{2} \"!\"\n";
        foreach ((string name, string text) in ((string, string)[])[("a.lark", lark), ("a.gbnf", gbnf), ("b.txt", lark), ("c.txt", gbnf)])
            Assert.Equal("The sum is 42!\n", (await CommandLine.RunAsync("chat", "--grammar", Write(name, text), "--max-tokens", "80", "What is 17 + 25?")).Output);
    }

    [Fact]
    public async Task Reasoning_is_bounded_or_left_out()
    {
        CommandLine none = await CommandLine.RunAsync("chat", "--no-reasoning", "--json", "What is 17 + 25?");
        Assert.Equal(0, none.Json[0].GetProperty("usage").GetProperty("reasoning_tokens").GetInt32());
        Assert.NotEqual("", none.Json[0].GetProperty("answer").GetString());
        CommandLine some = await CommandLine.RunAsync("chat", "--max-reasoning", "9", "--effort", "high", "--json", "What is 17 + 25?");
        Assert.Equal(9, some.Json[0].GetProperty("usage").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal(2, some.Json[0].GetProperty("messages").EnumerateArray().Count(message => message.GetProperty("role").GetString() == "assistant"));
    }

    [Fact]
    public async Task Ids_that_run_out_still_leave_a_whole_answer_and_it_is_said()
    {
        string schema = Write("s.json", Numbers);
        CommandLine run = await CommandLine.RunAsync("chat", "--schema", schema, "--max-tokens", "24", "--effort", "high", "Sort 15, 39 and 86.");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("{\"numbers\":[]}\n", run.Output);
        Assert.Contains("ids ran out", run.Error, StringComparison.Ordinal);
        CommandLine json = await CommandLine.RunAsync("chat", "--schema", schema, "--max-tokens", "24", "--effort", "high", "--json", "Sort 15, 39 and 86.");
        Assert.True(json.Json[0].GetProperty("shortened").GetBoolean());
        Assert.Equal("stop", json.Json[0].GetProperty("finish").GetString());
        (await CommandLine.RunAsync("chat", "--schema", schema, "--max-tokens", "3", "Hi")).AssertFails(1, "takes", "no more than 3");
    }

    [Fact]
    public async Task What_cannot_be_enforced_is_one_line()
    {
        (await CommandLine.RunAsync("chat", "--schema", Write("u.json", """{"properties":{"a":{"type":"array","uniqueItems":true}}}"""), "Hi")).AssertFails(1, "$.properties.a", "uniqueItems");
        (await CommandLine.RunAsync("chat", "--schema", Write("n.json", "{"), "Hi")).AssertFails(1);
        (await CommandLine.RunAsync("chat", "--regex", "(a", "Hi")).AssertFails(1, "Line 1, column 1");
        (await CommandLine.RunAsync("chat", "--grammar", Write("b.lark", "start: x\n"), "Hi")).AssertFails(1, "Line 1, column 8");
        (await CommandLine.RunAsync("chat", "--grammar", Write("c.txt", "begin: \"a\"\n"), "Hi")).AssertFails(1, "c.txt", "start:", "root ::=");
    }

    [Fact]
    public async Task A_conversation_goes_on_after_a_turn_for_which_there_is_no_room()
    {
        CommandLine run = await CommandLine.RunAsync("Hi\nHi\n", ["chat", "--regex", "[a-z]{40}", "--max-tokens", "5"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(2, run.Error.Split("no more than 5").Length - 1);
    }

    [Fact]
    public async Task A_constraint_holds_the_generated_ids_from_the_first_one()
    {
        const string start = "\"tokens\":[8200,1428,8202,4827,8201,8200,456,421,493]", answer = "\"tokens\":[8200,456,421,493,8199,8202]";
        CommandLine run = await CommandLine.RunAsync(
            $$$"""
            {"id":1,{{{start}}},"max_tokens":40,"constraint":{"schema":{{{Numbers}}}}}
            {"id":2,{{{start}}},"max_tokens":9,"temperature":2,"constraint":{"regex":"[0-9]{3}"}}
            {"id":3,{{{answer}}},"max_tokens":9,"constraint":{"lark":"start: \"a\"+ \"b\""}}
            {"id":4,{{{answer}}},"max_tokens":9,"constraint":{"gbnf":"root ::= [a-c]{3}"}}
            {"id":5,{{{start}}},"max_tokens":30,"constraint":{"schema":{"const":[1,2]},"whitespace":"spaced"}}
            {"id":6,{{{start}}},"constraint":{"schema":true},"max_tokens":1}
            """.ReplaceLineEndings("\n"), ["generate", "--jsonl", "--parallel", "3"]);
        Assert.Equal(0, run.ExitCode);
        string[] texts = new string[6];
        for (int i = 0; i < 6; i++)
        {
            int[] tokens = [.. run.Json[i].GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32())];
            JsonElement stop = run.Json[i].GetProperty("stop");
            Assert.True(stop.ValueKind == JsonValueKind.Null || stop.GetInt32() == tokens[^1]);
            texts[i] = (await CommandLine.RunAsync(["detokenize", "--vocab", TestKit.TestData.ModelPath("gpt-oss-nano.gguf"), .. tokens.Where(id => id < 8192).Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))])).Output;
        }
        using JsonDocument numbers = JsonDocument.Parse(texts[0]);
        Assert.True(numbers.RootElement.TryGetProperty("numbers", out _));
        Assert.Matches("^[0-9]{3}$", texts[1]);
        Assert.Matches("^a+b$", texts[2]);
        Assert.Matches("^[abc]{3}$", texts[3]);
        Assert.Matches(@"^\[1, ?2\]$", texts[4]);
        using JsonDocument any = JsonDocument.Parse(texts[5]);
    }

    [Fact]
    public async Task The_stop_id_of_a_constraint_is_that_of_the_prompts_open_message()
    {
        // <|start|>assistant to=functions.f<|message|>
        CommandLine ids = await CommandLine.RunAsync("tokenize", "--vocab", TestKit.TestData.ModelPath("gpt-oss-nano.gguf"), "--special", "<|start|>assistant<|channel|>commentary to=functions.f<|message|>");
        string call = ids.Output.Trim().Replace(' ', ',');
        CommandLine run = await CommandLine.RunAsync($$$"""
            {"id":1,"tokens":[{{{call}}}],"constraint":{"regex":"ab"}}
            {"id":2,"tokens":[8200,456,421,493],"constraint":{"regex":"ab"}}
            """.ReplaceLineEndings("\n"), ["generate", "--jsonl"]);
        Assert.Equal(8206, run.Json[0].GetProperty("stop").GetInt32());
        Assert.Equal(8196, run.Json[1].GetProperty("stop").GetInt32());
    }

    [Theory]
    [InlineData("""5""", "'constraint' must be")]
    [InlineData("""{}""", "found none")]
    [InlineData("""{"schema":{},"regex":"a"}""", "found schema and regex")]
    [InlineData("""{"regex":"a","x":1}""", "no field 'x'")]
    [InlineData("""{"regex":"a","whitespace":"compact"}""", "no field 'whitespace'")]
    [InlineData("""{"schema":{},"whitespace":"wild"}""", "'whitespace' must be")]
    [InlineData("""{"regex":5}""", "'regex' must be a string")]
    [InlineData("""{"regex":null}""", "'regex' is missing")]
    [InlineData("""{"regex":"(a"}""", "column 1")]
    [InlineData("""{"lark":"start: x"}""", "Line 1")]
    [InlineData("""{"gbnf":"root ::= x"}""", "Line 1")]
    [InlineData("""{"schema":{"type":5}}""", "'type'")]
    [InlineData("""{"schema":{"type":"array","uniqueItems":true}}""", "'uniqueItems'")]
    [InlineData("""{"regex":"[a-z]{90}"}""", "no more than 5 may follow")]
    public async Task A_constraint_that_cannot_be_is_the_lines_error(string constraint, string message)
    {
        CommandLine run = await CommandLine.RunAsync($$"""{"id":"x","tokens":[8200,456],"max_tokens":5,"constraint":{{constraint}}}""", ["generate", "--jsonl"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("x", run.Json[0].GetProperty("id").GetString());
        Assert.Contains(message, run.Json[0].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":1,"tokens":[],"constraint":{"regex":"a"}}""", "empty")]
    [InlineData("""{"id":1,"tokens":[99999999],"constraint":{"regex":"a"}}""", "99999999")]
    public async Task A_prompt_that_cannot_be_is_refused_in_the_usual_words(string line, string message)
    {
        CommandLine run = await CommandLine.RunAsync(line, ["generate", "--jsonl"]);
        Assert.Contains(message, run.Json[0].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_says_what_a_schema_compiles_to_and_what_it_costs()
    {
        string schema = Write("s.json", Numbers);
        CommandLine run = await CommandLine.RunAsync("schema", "check", schema);
        Assert.Equal(0, run.ExitCode);
        foreach (string word in (string[])["rules", "states", "terminals", "compiling", "masks", "shortest", "{\"numbers\":[]}"])
            Assert.Contains(word, run.Output, StringComparison.Ordinal);

        JsonElement json = (await CommandLine.RunAsync("schema", "check", schema, "--json", "--vocab", TestKit.TestData.ModelPath("gpt-oss-nano.gguf"))).Json[0];
        Assert.True(json.GetProperty("rules").GetInt32() > 0);
        Assert.True(json.GetProperty("states").GetInt32() > 0);
        Assert.True(json.GetProperty("terminals").GetInt32() > 0);
        Assert.True(json.GetProperty("compile_us").GetDouble() > 0);
        Assert.True(json.GetProperty("mask_us").GetProperty("p99").GetDouble() >= json.GetProperty("mask_us").GetProperty("mean").GetDouble());
        Assert.Equal("{\"numbers\":[]}", json.GetProperty("shortest").GetProperty("text").GetString());
        Assert.All(json.GetProperty("shortest").GetProperty("tokens").EnumerateArray(), token => Assert.InRange(token.GetInt32(), 0, 8191));
    }

    [Fact]
    public async Task Check_takes_a_schema_from_standard_input() =>
        Assert.Contains("[]", (await CommandLine.RunAsync("""{"const":[]}""", ["schema", "check"])).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Check_judges_instances_as_values_and_says_where_one_is_refused()
    {
        string schema = Write("s.json", """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}""");
        string good = Write("good.json", """{ "b": "\u0078", "a": 1.0 }"""), bad = Write("bad.json", """{"a":"x"}""");
        CommandLine both = await CommandLine.RunAsync("schema", "check", schema, "--accepts", good, bad);
        Assert.Equal(1, both.ExitCode);
        Assert.Contains($"{good}: accepted\n", both.Output, StringComparison.Ordinal);
        Assert.Contains($"{bad}: refused at byte ", both.Output, StringComparison.Ordinal);
        Assert.Equal("", both.Error);

        CommandLine one = await CommandLine.RunAsync("schema", "check", schema, "--json", "--accepts", good);
        Assert.Equal(0, one.ExitCode);
        JsonElement instance = one.Json[0].GetProperty("instances")[0];
        Assert.True(instance.GetProperty("accepted").GetBoolean());
        Assert.Equal("""{"a":1,"b":"x"}""", instance.GetProperty("text").GetString());
        (await CommandLine.RunAsync("schema", "check", schema, "--accepts", Write("no.json", "{"))).AssertFails(1, "no.json", "not JSON");
    }

    [Fact]
    public async Task Check_refuses_with_path_and_keyword_unless_lenient()
    {
        string schema = Write("u.json", """{"type":"object","properties":{"a":{"type":"array","uniqueItems":true}}}""");
        (await CommandLine.RunAsync("schema", "check", schema)).AssertFails(1, "$.properties.a", "uniqueItems");
        CommandLine lenient = await CommandLine.RunAsync("schema", "check", schema, "--lenient");
        Assert.Equal(0, lenient.ExitCode);
        Assert.Contains("ignored", lenient.Output, StringComparison.Ordinal);
        JsonElement ignored = (await CommandLine.RunAsync("schema", "check", schema, "--lenient", "--json")).Json[0].GetProperty("ignored")[0];
        Assert.Equal(("$.properties.a", "uniqueItems"), (ignored.GetProperty("path").GetString(), ignored.GetProperty("keyword").GetString()));
        (await CommandLine.RunAsync("schema", "check", Write("n.json", "nothing"))).AssertFails(1, "n.json", "not JSON");
    }

    [Fact]
    public async Task Check_answers_lines()
    {
        CommandLine run = await CommandLine.RunAsync(
            """
            {"id":"a","schema":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"string"}},"required":["x"]},"instances":[{"y":"1","x":1},{"x":"1"},5,null]}
            {"id":2,"schema":true,"instances":[[1,{"a":null}]]}
            {"id":3,"schema":{"type":"string"}}
            {"id":4,"schema":{"properties":{"a":{"type":"array","uniqueItems":true}}},"instances":[]}
            {"id":5,"schema":false,"instances":[1]}
            {"id":6,"instances":[1]}
            {"id":7,"schema":{},"instances":5}
            no JSON
            """.ReplaceLineEndings("\n"), ["schema", "check", "--jsonl"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(8, run.Json.Count);
        Assert.Equal("a", run.Json[0].GetProperty("id").GetString());
        Assert.Equal([true, false, false, false], Results(0));
        Assert.Equal([true], Results(1));
        Assert.Equal([], Results(2));
        Assert.All(run.Json.Take(3), line =>
        {
            Assert.Equal(["id", "ok", "results", "compile_us", "mask_us"], line.EnumerateObject().Select(property => property.Name));
            Assert.True(line.GetProperty("ok").GetBoolean());
            Assert.True(line.GetProperty("compile_us").GetDouble() > 0);
            Assert.True(line.GetProperty("mask_us").GetProperty("mean").GetDouble() > 0);
            Assert.True(line.GetProperty("mask_us").GetProperty("p99").GetDouble() > 0);
        });
        Assert.All(run.Json[3..5], line =>
        {
            Assert.Equal(["id", "ok", "error"], line.EnumerateObject().Select(property => property.Name));
            Assert.False(line.GetProperty("ok").GetBoolean());
        });
        JsonElement error = run.Json[3].GetProperty("error");
        Assert.Equal("$.properties.a", error.GetProperty("path").GetString());
        Assert.Equal("uniqueItems", error.GetProperty("keyword").GetString());
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal("$", run.Json[4].GetProperty("error").GetProperty("path").GetString());
        Assert.Contains("'schema' is missing", Message(5), StringComparison.Ordinal);
        Assert.Contains("'instances' must be a list", Message(6), StringComparison.Ordinal);
        Assert.Contains("not JSON", Message(7), StringComparison.Ordinal);

        bool[] Results(int line) => [.. run.Json[line].GetProperty("results").EnumerateArray().Select(result => result.GetBoolean())];
        string Message(int line) => run.Json[line].GetProperty("error").GetProperty("message").GetString()!;
    }

    [Fact]
    public async Task Hostile_lines_are_answered()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 900)) + string.Concat(Enumerable.Repeat("]", 900));
        string nested = string.Concat(Enumerable.Repeat("{\"not\":", 400)) + "{}" + new string('}', 400);
        CommandLine run = await CommandLine.RunAsync(
            $$"""
            {"id":1,"schema":true,"instances":[{{deep}}]}
            {"id":2,"schema":{{nested}},"instances":[1]}
            {"id":3,"schema":{"$ref":"#"},"instances":[1]}
            {"id":4,"schema":{"type":"string","minLength":100000,"maxLength":100001},"instances":["x"]}
            """.ReplaceLineEndings("\n"), ["schema", "check", "--jsonl"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(4, run.Json.Count);
        Assert.DoesNotContain("internal error", run.Output, StringComparison.Ordinal);
    }
}
