using System.ComponentModel;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Chorale.Chat.Tests;

public sealed class EmbeddedChatClientTests : IDisposable
{
    readonly ChatModel _model = ChatModel.OpenEmbedded();
    readonly IChatClient _client;

    public EmbeddedChatClientTests() => _client = _model.AsChatClient();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task The_embedded_model_answers()
    {
        ChatResponse response = await _client.GetResponseAsync("What is 17 + 25?", cancellationToken: Cancellation);
        Assert.Equal("17 + 25 = 42.", response.Text);
        Assert.True(response.Usage!.ReasoningTokenCount > 0);
    }

    [Fact]
    public async Task A_second_request_with_the_same_beginning_reports_cached_ids()
    {
        ChatMessage first = new(ChatRole.User, "What is 17 + 25?");
        ChatResponse response = await _client.GetResponseAsync(first, cancellationToken: Cancellation);
        response = await _client.GetResponseAsync([first, .. response.Messages, new(ChatRole.User, "What is the capital of Japan?")], cancellationToken: Cancellation);
        Assert.Equal("The capital of Japan is Tokyo.", response.Text);
        Assert.True(response.Usage!.CachedInputTokenCount > 0);
    }

    [Fact]
    public async Task Functions_are_called_and_their_results_read()
    {
        using IChatClient client = _client.AsBuilder().UseFunctionInvocation().Build();
        string asked = "";
        AIFunction weather = AIFunctionFactory.Create([Description("Gets the current weather in the provided location.")] (string location) =>
        {
            asked = location;
            return new { temperature = 20, condition = "sunny" };
        }, "get_current_weather");
        ChatResponse response = await client.GetResponseAsync("What is the weather in Tokyo?", new() { Tools = [weather] }, Cancellation);
        Assert.Equal("Tokyo", asked);
        Assert.Contains("20", response.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_function_is_called_whatever_the_question()
    {
        AIFunction first = AIFunctionFactory.Create((int count) => count, "count_sheep"), second = AIFunctionFactory.Create((bool wake) => wake, "wake_up");
        ChatResponse response = await _client.GetResponseAsync("Who are you?", new() { Tools = [first, second], ToolMode = ChatToolMode.RequireSpecific("wake_up"), MaxOutputTokens = 200 }, Cancellation);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("wake_up", call.Name);
        Assert.True(((JsonElement)call.Arguments!["wake"]!).ValueKind is JsonValueKind.True or JsonValueKind.False);

        response = await _client.GetResponseAsync("What is the weather?", new() { Tools = [first, second], ToolMode = ChatToolMode.None, MaxOutputTokens = 200 }, Cancellation);
        Assert.Empty(response.Messages[0].Contents.OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task An_answer_under_a_type_can_be_read_as_that_type()
    {
        ChatResponse<Sum> response = await _client.GetResponseAsync<Sum>("What is 17 + 25?", new ChatOptions { MaxOutputTokens = 200 }, cancellationToken: Cancellation);
        Assert.True(response.TryGetResult(out Sum? sum));
        Assert.NotNull(sum);
    }

    [Fact]
    public async Task JSON_without_a_schema_is_an_object()
    {
        ChatResponse response = await _client.GetResponseAsync("What is 17 + 25?", new() { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 120 }, Cancellation);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(response.Text).RootElement.ValueKind);
    }

    [Fact]
    public async Task No_effort_is_no_reasoning()
    {
        ChatResponse response = await _client.GetResponseAsync("What is 17 + 25?", new() { Reasoning = new() { Effort = Microsoft.Extensions.AI.ReasoningEffort.None } }, Cancellation);
        Assert.Equal(0, response.Usage!.ReasoningTokenCount);
        Assert.NotEqual("", response.Text);
    }

    [Fact]
    public async Task A_container_opens_the_model_once_and_closes_it()
    {
        ServiceCollection services = new();
        services.AddChorale(configure: options => options.Engine = new() { ContextLength = 1024 });
        services.AddKeyedChorale("small", ChatModel.EmbeddedPath, options => options.Engine = new() { ContextLength = 256 });
        ITokenGenerator generator;
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            IChatClient client = provider.GetRequiredService<IChatClient>();
            Assert.Equal("17 + 25 = 42.", (await client.GetResponseAsync("What is 17 + 25?", cancellationToken: Cancellation)).Text);
            Assert.Same(provider.GetRequiredService<ChatModel>(), client.GetService<ChatModel>());
            Assert.Same(provider.GetRequiredService<HarmonyEncoding>(), client.GetService<HarmonyEncoding>());
            generator = provider.GetRequiredService<ITokenGenerator>();
            Assert.Equal(1024, generator.ContextLength);
            Assert.Equal(256, provider.GetRequiredKeyedService<IChatClient>("small").GetService<ITokenGenerator>()!.ContextLength);
        }
        Assert.Throws<ObjectDisposedException>(() => generator.GenerateAsync(new() { Prompt = new[] { 1 } }, Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync().AsTask().GetAwaiter().GetResult());
    }

    [Fact]
    public async Task A_client_can_be_added_over_the_containers_generator()
    {
        ServiceCollection services = new();
        services.AddSingleton(HarmonyEncoding.Default);
        services.AddSingleton<ITokenGenerator>(new ScriptedGenerator(HarmonyEncoding.Default, "<|channel|>final<|message|>Hi.<|return|>"));
        services.AddChoraleChatClient(modelName: "scripted");
        await using ServiceProvider provider = services.BuildServiceProvider();
        ChatResponse response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("Hi.", cancellationToken: Cancellation);
        Assert.Equal(("Hi.", "scripted"), (response.Text, response.ModelId));
    }

    public sealed record Sum(int Left, int Right, int Result);
}
