namespace Chorale.Cli.Tests;

public sealed class TemplateDiffTests
{
    const string Conversation = """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a","thinking":"t"}]}""";

    [Fact]
    public async Task Renderings_stand_side_by_side_with_the_first_difference_and_its_reason()
    {
        CommandLine run = await CommandLine.RunAsync(Conversation, ["template", "diff", "--between", "gpt-oss,harmony,qwen3", "--width", "120"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] lines = run.Output.Split('\n');
        Assert.Matches(@"^gpt-oss +│ harmony +│ qwen3", lines[0]);
        Assert.Contains("»", run.Output, StringComparison.Ordinal);
        Assert.Contains("gpt-oss and harmony: gpt-oss and harmony put different white space at the end of the developer message", run.Output, StringComparison.Ordinal);
        Assert.Contains("gpt-oss and qwen3: another format", run.Output, StringComparison.Ordinal);
        Assert.Contains("reasoning kept", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversations_of_harmony_messages_are_compared_too()
    {
        const string messages = """{"messages":[{"role":"user","content":"q"},{"role":"assistant","channel":"analysis","content":"t"},{"role":"assistant","channel":"final","content":"a"}]}""";
        CommandLine run = await CommandLine.RunAsync(messages, ["template", "diff", "--between", "harmony,harmony"]);
        Assert.Contains("harmony and harmony: the same", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_holds_the_same()
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.html");
        try
        {
            CommandLine run = await CommandLine.RunAsync(Conversation, ["template", "diff", "--html", file]);
            Assert.Equal((0, ""), (run.ExitCode, run.Output));
            string page = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.Contains("<mark>", page, StringComparison.Ordinal);
            Assert.Contains("&lt;|start|&gt;user", page, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task What_cannot_be_compared_is_one_line()
    {
        (await CommandLine.RunAsync("{", ["template", "diff"])).AssertFails(ExitCodes.Failure, "is not JSON");
        (await CommandLine.RunAsync("3", ["template", "diff"])).AssertFails(ExitCodes.Failure, "expected a row");
        (await CommandLine.RunAsync(Conversation, ["template", "diff", "--between", "gpt-6"])).AssertFails(ExitCodes.Failure, "'gpt-6' is no file");
        Assert.Equal(ExitCodes.Usage, (await CommandLine.RunAsync(Conversation, ["template", "diff", "--width", "3"])).ExitCode);
    }
}
