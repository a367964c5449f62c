using Chorale.TestKit;

namespace Chorale.Cli.Tests;

public class UsageTests
{
    static readonly string[] Commands = ["chat", "serve", "render", "parse", "tokenize", "detokenize", "generate", "logits", "check", "explain", "inspect", "schema"];

    [Fact]
    public async Task Help_lists_every_command()
    {
        CommandLine run = await CommandLine.RunAsync("--help");
        Assert.Equal(0, run.ExitCode);
        Assert.All(Commands, command => Assert.Contains($"  {command} ", run.Output, StringComparison.Ordinal));
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Every_command_has_help()
    {
        foreach (string command in Commands)
        {
            CommandLine run = await CommandLine.RunAsync(command, "--help");
            Assert.Equal(0, run.ExitCode);
            Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("tokenize", "--no-such-option")]
    [InlineData("chat", "hi", "--temperature", "3")]
    [InlineData("chat", "hi", "--temperature", "warm")]
    [InlineData("chat", "hi", "--top-p", "0")]
    [InlineData("chat", "hi", "--max-tokens", "0")]
    [InlineData("chat", "hi", "--effort", "enormous")]
    [InlineData("chat", "hi", "--context", "0")]
    [InlineData("chat", "hi", "--date", "tomorrow")]
    [InlineData("generate", "1", "--min-p", "2")]
    [InlineData("logits", "1", "--precision", "sloppy")]
    [InlineData("logits", "1", "--key-values", "f8")]
    [InlineData("render", "--for", "fun")]
    [InlineData("check", "--date", "June")]
    [InlineData("check", "--format", "xml")]
    [InlineData("explain", "--width", "3")]
    [InlineData("chat", "hi", "--schema", "a.json", "--regex", "a")]
    [InlineData("chat", "hi", "--grammar", "a.lark", "--regex", "a")]
    [InlineData("chat", "hi", "--whitespace", "wild")]
    [InlineData("chat", "hi", "--max-reasoning", "-1")]
    [InlineData("chat", "hi", "--max-reasoning", "5", "--no-reasoning")]
    [InlineData("schema", "check", "a.json", "--whitespace", "wild")]
    [InlineData("schema", "check", "a.json", "--jsonl")]
    [InlineData("schema", "check", "--jsonl", "--accepts", "a.json")]
    public async Task Wrong_usage_is_2(params string[] args)
    {
        CommandLine run = await CommandLine.RunAsync(args);
        run.AssertFails(ExitCodes.Usage, "--help");
    }

    [Theory]
    [InlineData("inspect", "no-such-file.gguf")]
    [InlineData("chat", "hi", "--model", "no-such-file.gguf")]
    [InlineData("generate", "1", "--model", "no-such-file.gguf")]
    [InlineData("logits", "1", "--model", "no-such-file.gguf")]
    [InlineData("tokenize", "hi", "--vocab", "no-such-file.gguf")]
    [InlineData("render", "no-such-file.gguf")]
    [InlineData("parse", "no-such-file.gguf")]
    [InlineData("check", "no-such-file.gguf")]
    [InlineData("explain", "no-such-file.gguf")]
    [InlineData("schema", "check", "no-such-file.gguf")]
    [InlineData("chat", "hi", "--schema", "no-such-file.gguf")]
    [InlineData("chat", "hi", "--grammar", "no-such-file.gguf")]
    public async Task A_missing_file_is_one_line(params string[] args)
    {
        CommandLine run = await CommandLine.RunAsync(args);
        run.AssertFails(ExitCodes.Failure, "no-such-file.gguf");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public async Task A_truncated_model_is_one_line(int length)
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.gguf");
        byte[] whole = await File.ReadAllBytesAsync(TestData.ModelPath("gpt-oss-nano.gguf"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, whole[..length], TestContext.Current.CancellationToken);
        try
        {
            (await CommandLine.RunAsync("chat", "hi", "--model", path)).AssertFails(ExitCodes.Failure, Path.GetFileName(path));
            (await CommandLine.RunAsync("inspect", path)).AssertFails(ExitCodes.Failure, Path.GetFileName(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Another_architecture_is_named()
    {
        string path = Path.Combine(Path.GetTempPath(), $"chorale-{Guid.NewGuid():N}.gguf");
        byte[] file = await File.ReadAllBytesAsync(TestData.ModelPath("gpt-oss-nano.gguf"), TestContext.Current.CancellationToken);
        int at = file.AsSpan().IndexOf("gpt-oss"u8);
        "gemma-9"u8.CopyTo(file.AsSpan(at));
        await File.WriteAllBytesAsync(path, file, TestContext.Current.CancellationToken);
        try
        {
            (await CommandLine.RunAsync("chat", "hi", "--model", path)).AssertFails(ExitCodes.Failure, "gemma-9", "gpt-oss");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("{\"messages\":[")]
    [InlineData("")]
    [InlineData("{\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}")]
    public async Task Broken_json_is_one_line(string json)
    {
        CommandLine run = await CommandLine.RunAsync(json, ["render"]);
        run.AssertFails(ExitCodes.Failure, "line 1");
    }

    [Fact]
    public async Task A_folder_is_no_model() =>
        (await CommandLine.RunAsync("chat", "hi", "--model", Path.GetTempPath())).AssertFails(ExitCodes.Failure, "folder");

    [Fact]
    public async Task Inspect_shows_metadata_tensors_types_and_sizes()
    {
        CommandLine table = await CommandLine.RunAsync("inspect");
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("gpt-oss.block_count", table.Output, StringComparison.Ordinal);
        Assert.Contains("blk.0.ffn_gate_exps.weight", table.Output, StringComparison.Ordinal);
        Assert.Contains("MXFP4", table.Output, StringComparison.Ordinal);

        CommandLine json = await CommandLine.RunAsync("inspect", TestData.ModelPath("gpt-oss-nano.gguf"), "--json");
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json.Output);
        Assert.Equal(4, document.RootElement.GetProperty("metadata").GetProperty("gpt-oss.block_count").GetInt32());
        Assert.Equal(8256, document.RootElement.GetProperty("metadata").GetProperty("tokenizer.ggml.tokens").GetArrayLength());
        Assert.Equal(9_737_504, document.RootElement.GetProperty("bytes").GetInt64());
    }

    [Theory]
    [InlineData("pub-a.gguf", "GGUF", 1, 41)]
    [InlineData("pub-a-hf", "safetensors (Hugging Face)", 1, 41)]
    [InlineData("pub-a-original", "safetensors (OpenAI)", 1, 33)]
    [InlineData("pub-b-hf", "safetensors (Hugging Face)", 3, 60)]
    public async Task Inspect_shows_models_of_every_layout(string model, string layout, int files, int tensors)
    {
        CommandLine table = await CommandLine.RunAsync("inspect", TestData.PathOf($"model/{model}"));
        Assert.Equal(0, table.ExitCode);
        Assert.Contains(layout, table.Output, StringComparison.Ordinal);

        CommandLine json = await CommandLine.RunAsync("inspect", TestData.PathOf($"model/{model}"), "--json");
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json.Output);
        Assert.Equal(layout, document.RootElement.GetProperty("layout").GetString());
        Assert.Equal(files, document.RootElement.GetProperty("files").GetArrayLength());
        Assert.Equal(tensors, document.RootElement.GetProperty("tensors").GetArrayLength());
        Assert.Equal(model.StartsWith("pub-a", StringComparison.Ordinal) ? 216_016 : 734_832, document.RootElement.GetProperty("parameters").GetInt64());
        if (layout.Contains("Hugging", StringComparison.Ordinal))
            Assert.Equal("yarn", document.RootElement.GetProperty("metadata").GetProperty("rope_scaling").GetProperty("rope_type").GetString());
    }

    [Fact]
    public void The_public_surface_is_as_listed() => PublicApi.Verify(typeof(ChoraleProgram).Assembly);
}
