using System.ClientModel;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;

namespace Chorale.Clients.Tests;

/// <summary>The official .NET SDK over Chat Completions, with nothing changed but the address.</summary>
public class OpenAIChatTests
{
    static readonly ChatTool Weather = ChatTool.CreateFunctionTool("get_weather", "The weather of a city.", BinaryData.FromString(Turns.WeatherSchema), true);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quick_start_runs_as_it_is()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Final("This is a test."));

        ChatClient client = new("gpt-5.2", new ApiKeyCredential("key"), server.ClientOptions);
        ChatCompletion completion = await client.CompleteChatAsync("Say 'this is a test.'");

        Assert.Equal("This is a test.", completion.Content[0].Text);
    }

    [Theory]
    [InlineData("gpt-4o"), InlineData("gpt-4o-mini"), InlineData("gpt-5"), InlineData("gpt-5.2"), InlineData("o3-mini"), InlineData("gpt-oss-20b"), InlineData("openai/gpt-oss-120b")]
    public async Task The_names_of_hosted_models_are_served(string model)
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        ChatCompletion completion = await server.Client.GetChatClient(model).CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancellation);

        Assert.Equal("Hello, world!", completion.Content[0].Text);
    }

    [Fact]
    public async Task A_completion_has_answer_finish_and_usage()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        ChatCompletion completion = await server.Chat.CompleteChatAsync([new DeveloperChatMessage("Be kind."), new UserChatMessage("Hi")], cancellationToken: Cancellation);

        Assert.Equal("Hello, world!", Assert.Single(completion.Content).Text);
        Assert.Equal((ChatFinishReason.Stop, ChatMessageRole.Assistant), (completion.FinishReason, completion.Role));
        Assert.Null(completion.Refusal);
        Assert.Empty(completion.ToolCalls);
        Assert.StartsWith("chatcmpl-", completion.Id, StringComparison.Ordinal);
        Assert.Equal(server.Requests[0].Prompt.Length, completion.Usage.InputTokenCount);
        Assert.Equal(completion.Usage.TotalTokenCount, completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount);
        Assert.InRange(completion.Usage.OutputTokenDetails.ReasoningTokenCount, 1, completion.Usage.OutputTokenCount - 1);
        Assert.Equal(0, completion.Usage.InputTokenDetails.CachedTokenCount);
        Assert.Contains("Be kind.", server.PromptOf(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_adds_up_to_the_completion()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        List<StreamingChatCompletionUpdate> updates = await server.Chat.CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: Cancellation).ToListAsync(Cancellation);

        Assert.Equal("Hello, world!", TextOf(updates));
        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
        Assert.True(updates[^1].Usage.OutputTokenDetails.ReasoningTokenCount > 0);
        Assert.Single(updates.Select(update => update.CompletionId).Distinct());
    }

    [Fact]
    public async Task A_call_its_result_and_the_answer_go_round()
    {
        await using LiveServer server = await LiveServer.PlayAsync(
            Turns.Reasoning("I need the weather.") + Turns.Call("get_weather", """{"city":"Tokyo"}"""),
            Turns.Final("17 degrees."));
        List<ChatMessage> messages = [new UserChatMessage("How warm is it in Tokyo?")];
        ChatCompletionOptions options = new() { Tools = { Weather } };

        ChatCompletion first = await server.Chat.CompleteChatAsync(messages, options, Cancellation);
        ChatToolCall call = Assert.Single(first.ToolCalls);
        Assert.Equal((ChatFinishReason.ToolCalls, "get_weather", """{"city":"Tokyo"}"""), (first.FinishReason, call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Empty(first.Content);

        messages.AddRange([new AssistantChatMessage(first), new ToolChatMessage(call.Id, "17 °C")]);
        ChatCompletion second = await server.Chat.CompleteChatAsync(messages, options, Cancellation);

        Assert.Equal("17 degrees.", second.Content[0].Text);
        string prompt = server.PromptOf(1);
        Assert.Contains("17 °C", prompt, StringComparison.Ordinal);
        Assert.Contains("I need the weather.", prompt, StringComparison.Ordinal);    // the SDK does not pass reasoning on: the server kept it by the call's id
        Assert.Contains("functions.get_weather", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_call_is_gathered_by_its_index()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Preamble("Let me look.") + Turns.Call("get_weather", """{"city":"Tōkyō \"down town\""}"""));

        List<StreamingChatCompletionUpdate> updates =
            await server.Chat.CompleteChatStreamingAsync([new UserChatMessage("How warm is it?")], new() { Tools = { Weather } }, Cancellation).ToListAsync(Cancellation);

        List<StreamingChatToolCallUpdate> calls = [.. updates.SelectMany(update => update.ToolCallUpdates)];
        Assert.All(calls, call => Assert.Equal(0, call.Index));
        Assert.Equal("get_weather", calls[0].FunctionName);
        Assert.NotEmpty(calls[0].ToolCallId);
        Assert.Equal("""{"city":"Tōkyō \"down town\""}""", string.Concat(calls.Select(call => call.FunctionArgumentsUpdate?.ToString())));
        Assert.Equal("Let me look.", TextOf(updates));
        Assert.Contains(updates, update => update.FinishReason == ChatFinishReason.ToolCalls);
    }

    [Fact]
    public async Task Structured_output_is_what_the_schema_says()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("One event.") + Turns.Final(Turns.Event));
        ChatCompletionOptions options = new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("event", BinaryData.FromString(Turns.EventSchema), jsonSchemaIsStrict: true) };

        ChatCompletion completion = await server.Chat.CompleteChatAsync([new UserChatMessage("Alice and Bob go to a science fair.")], options, Cancellation);

        using JsonDocument answer = JsonDocument.Parse(completion.Content[0].Text);
        Assert.Equal("Science Fair", answer.RootElement.GetProperty("name").GetString());
        Assert.NotNull(server.Requests[0].Constraint);
    }

    [Fact]
    public async Task Log_probabilities_stand_for_the_visible_text()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("A flag.") + Turns.Final("Yes 🇯🇵, of course."));
        ChatCompletionOptions options = new() { IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };

        ChatCompletion completion = await server.Chat.CompleteChatAsync([new UserChatMessage("Is it?")], options, Cancellation);
        List<StreamingChatCompletionUpdate> updates = await server.Chat.CompleteChatStreamingAsync([new UserChatMessage("Is it?")], options, Cancellation).ToListAsync(Cancellation);

        Assert.Equal("Yes 🇯🇵, of course.", Encoding.UTF8.GetString([.. completion.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray())]));
        Assert.All(completion.ContentTokenLogProbabilities, token => Assert.InRange(token.TopLogProbabilities.Count, 1, 3));
        Assert.Equal(
            completion.ContentTokenLogProbabilities.Select(token => token.Token),
            updates.SelectMany(update => update.ContentTokenLogProbabilities).Select(token => token.Token));
    }

    [Fact]
    public async Task Limits_and_stop_sequences_are_kept()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Final("One, two, three, four, five."));

        ChatCompletion cut = await server.Chat.CompleteChatAsync([new UserChatMessage("Count.")], new() { MaxOutputTokenCount = 6 }, Cancellation);
        ChatCompletion stopped = await server.Chat.CompleteChatAsync([new UserChatMessage("Count.")], new() { StopSequences = { "four" } }, Cancellation);

        Assert.Equal((ChatFinishReason.Length, 6), (cut.FinishReason, cut.Usage.OutputTokenCount));
        Assert.Equal((ChatFinishReason.Stop, "One, two, three, "), (stopped.FinishReason, stopped.Content[0].Text));
    }

    [Fact]
    public async Task Refusals_of_the_server_are_exceptions_with_status_and_code()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        ClientResultException unknown = await Assert.ThrowsAsync<ClientResultException>(
            () => server.Client.GetChatClient("llama-3").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancellation));
        Assert.Equal(404, unknown.Status);
        Assert.Contains("model_not_found", unknown.Message, StringComparison.Ordinal);

        ClientResultException wrong = await Assert.ThrowsAsync<ClientResultException>(
            () => server.Chat.CompleteChatAsync([new UserChatMessage("Hi")], new() { Temperature = 7 }, Cancellation));
        Assert.Equal(400, wrong.Status);
        Assert.Contains("temperature", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_asked_for_where_the_server_has_one()
    {
        await using LiveServer server = await LiveServer.StartAsync(new Chat.ScriptedGenerator(Harmony.HarmonyEncoding.Default, Turns.Greeting), new() { ApiKeys = ["secret"] });

        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() => server.Chat.CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancellation));
        Assert.Equal(401, refused.Status);
        ChatClient known = new(LiveServer.Model, new ApiKeyCredential("secret"), server.ClientOptions);
        ChatCompletion completion = await known.CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancellation);
        Assert.Equal("Hello, world!", completion.Content[0].Text);
    }

    [Fact]
    public async Task Models_are_listed_and_found()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        OpenAI.Models.OpenAIModelCollection models = await server.Client.GetOpenAIModelClient().GetModelsAsync(Cancellation);
        OpenAI.Models.OpenAIModel model = await server.Client.GetOpenAIModelClient().GetModelAsync(LiveServer.Model, Cancellation);

        Assert.Contains(models, listed => listed.Id == LiveServer.Model);
        Assert.Equal(LiveServer.Model, model.Id);
    }

    [Fact]
    public async Task The_embedded_model_answers()
    {
        await using LiveServer server = await LiveServer.ServeEmbeddedAsync();

        ChatCompletion completion = await server.Client.GetChatClient("gpt-4o").CompleteChatAsync([new UserChatMessage("What is 17 + 25?")], cancellationToken: Cancellation);
        List<StreamingChatCompletionUpdate> updates =
            await server.Client.GetChatClient("gpt-4o").CompleteChatStreamingAsync([new UserChatMessage("What is 17 + 25?")], cancellationToken: Cancellation).ToListAsync(Cancellation);

        Assert.Contains("42", completion.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(completion.Content[0].Text, TextOf(updates));
    }

    [Fact]
    public async Task The_embedded_model_calls_when_it_must_and_holds_to_schemas()
    {
        await using LiveServer server = await LiveServer.ServeEmbeddedAsync();
        ChatClient client = server.Client.GetChatClient("gpt-4o");

        ChatCompletion called = await client.CompleteChatAsync([new UserChatMessage("Hello!")], new() { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateFunctionChoice("get_weather") }, Cancellation);
        ChatCompletion formed = await client.CompleteChatAsync(
            [new UserChatMessage("Hello!")],
            new() { MaxOutputTokenCount = 200, ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("event", BinaryData.FromString(Turns.EventSchema), jsonSchemaIsStrict: true) },
            Cancellation);

        using JsonDocument arguments = JsonDocument.Parse(Assert.Single(called.ToolCalls).FunctionArguments);
        Assert.Equal(JsonValueKind.String, arguments.RootElement.GetProperty("city").ValueKind);
        using JsonDocument answer = JsonDocument.Parse(formed.Content[0].Text);
        Assert.Equal(JsonValueKind.Array, answer.RootElement.GetProperty("participants").ValueKind);
    }

    static string TextOf(IEnumerable<StreamingChatCompletionUpdate> updates) => string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text));
}
