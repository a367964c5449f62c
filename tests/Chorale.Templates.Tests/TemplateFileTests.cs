namespace Chorale.Templates.Tests;

public sealed class TemplateFileTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chorale-templates");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_tokenizer_config_gives_template_and_special_tokens()
    {
        string path = Write("tokenizer_config.json", """{"chat_template":"{{ bos_token }}{{ eos_token }}!","bos_token":"<s>","eos_token":{"content":"</s>"},"unk_token":null}""");
        Assert.Equal("<s></s>!", Render(ChatTemplate.LoadFile(path)));
        Assert.Equal("<s></s>!", Render(ChatTemplate.LoadFile(_folder.FullName)));
    }

    [Fact]
    public void Named_templates_are_chosen_by_name()
    {
        string path = Write("tokenizer_config.json", """{"chat_template":[{"name":"default","template":"D"},{"name":"tool_use","template":"T"}]}""");
        Assert.Equal("D", Render(ChatTemplate.LoadFile(path)));
        Assert.Equal("T", Render(ChatTemplate.LoadFile(path, "tool_use")));
        Assert.Contains("default, tool_use", Assert.Throws<FormatException>(() => ChatTemplate.LoadFile(path, "rag")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jinja_file_in_the_folder_wins()
    {
        Write("tokenizer_config.json", """{"chat_template":"old","bos_token":"<s>"}""");
        Write("chat_template.jinja", "{{ bos_token }}new");
        Assert.Equal("<s>new", Render(ChatTemplate.LoadFile(_folder.FullName)));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{}")]
    [InlineData("tokenizer_config.json", "[]")]
    [InlineData("tokenizer_config.json", "{")]
    [InlineData("tokenizer_config.json", """{"chat_template":5}""")]
    public void A_file_without_a_template_is_refused(string name, string content) => Assert.Throws<FormatException>(() => ChatTemplate.LoadFile(Write(name, content)));

    [Fact]
    public void An_unknown_name_is_refused_with_those_that_there_are() =>
        Assert.Contains("qwen3", Assert.Throws<ArgumentException>(() => ChatTemplate.Named("gpt-4")).Message, StringComparison.Ordinal);

    static string Render(ChatTemplate template) => template.Render(new TemplateInput { Messages = TemplateValue.None });

    string Write(string name, string content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
