namespace Chorale.Server.Tests;

public class ModelsTests
{
    [Fact]
    public async Task The_model_is_listed_for_both_kinds_of_clients()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        ApiAnswer list = await server.GetAsync("/v1/models");

        Assert.Equal(("list", "gpt-oss-test", "model", "chorale"), (list.Text("object"), list.Text("data.0.id"), list.Text("data.0.object"), list.Text("data.0.owned_by")));
        Assert.Equal((131_072, 131_072), (list["data.0.context_length"]?.GetInt32(), list["data.0.max_model_len"]?.GetInt32()));
        Assert.Equal(("gpt-oss-test", "list"), (list.Text("models.0.slug"), list.Text("models.0.visibility")));
        Assert.All((string[])["display_name", "supported_reasoning_levels", "shell_type", "supported_in_api", "priority", "base_instructions", "supports_reasoning_summaries", "support_verbosity", "truncation_policy", "supports_parallel_tool_calls", "experimental_supported_tools", "upgrade"],
            name => Assert.NotNull(list[$"models.0.{name}"]));
    }

    [Theory]
    [InlineData("gpt-oss-test")]
    [InlineData("openai/gpt-oss-20b")]
    public async Task A_model_is_described_by_any_of_its_names(string id)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        Assert.Equal("gpt-oss-test", (await server.GetAsync($"/v1/models/{id}")).Text("id"));
    }

    [Fact]
    public async Task Another_model_is_not_found()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        (await server.GetAsync("/v1/models/llama/7")).AssertRefused(404, "model_not_found", "model");
    }
}
