using System.ClientModel;
using System.Text.Json;
using OpenAI.Responses;

namespace Chorale.Clients.Tests;

/// <summary>The official .NET SDK over the Responses API, with nothing changed but the address.</summary>
public class OpenAIResponsesTests
{
    static readonly ResponseTool Weather = ResponseTool.CreateFunctionTool("get_weather", BinaryData.FromString(Turns.WeatherSchema), true, "The weather of a city.");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quick_start_runs_as_it_is()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Final("This is a test."));

        ResponsesClient client = new(new ApiKeyCredential("key"), new ResponsesClientOptions { Endpoint = server.Address });
        ResponseResult response = await client.CreateResponseAsync("gpt-5.2", "Say 'this is a test.'", cancellationToken: Cancellation);

        Assert.Equal("This is a test.", response.GetOutputText());
    }

    [Fact]
    public async Task A_response_has_reasoning_answer_and_usage()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);
        CreateResponseOptions options = Asking("Hi");
        options.Instructions = "Be kind.";
        options.Metadata["topic"] = "demo";
        options.ReasoningOptions = new() { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low, ReasoningSummaryVerbosity = ResponseReasoningSummaryVerbosity.Auto };

        ResponseResult response = await server.Responses.CreateResponseAsync(options, Cancellation);

        Assert.Equal((ResponseStatus.Completed, "Hello, world!"), (response.Status, response.GetOutputText()));
        ReasoningResponseItem reasoning = Assert.IsType<ReasoningResponseItem>(response.OutputItems[0]);
        Assert.Equal("The user greets me.", reasoning.GetSummaryText());
        MessageResponseItem message = Assert.IsAssignableFrom<MessageResponseItem>(response.OutputItems[1]);
        Assert.Equal((MessageRole.Assistant, MessageStatus.Completed), (message.Role, message.Status));
        Assert.Equal(server.Requests[0].Prompt.Length, response.Usage.InputTokenCount);
        Assert.Equal(response.Usage.TotalTokenCount, response.Usage.InputTokenCount + response.Usage.OutputTokenCount);
        Assert.True(response.Usage.OutputTokenDetails.ReasoningTokenCount > 0);
        Assert.Equal("demo", response.Metadata["topic"]);
        Assert.Contains("Reasoning: low", server.PromptOf(0), StringComparison.Ordinal);
        Assert.Contains("Be kind.", server.PromptOf(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_event_is_understood_and_comes_in_order()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        List<StreamingResponseUpdate> updates = await StreamAsync(server, Asking("Hi", stream: true));

        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(update => update.SequenceNumber));
        Assert.Equal(
            [
                typeof(StreamingResponseCreatedUpdate), typeof(StreamingResponseInProgressUpdate),
                typeof(StreamingResponseOutputItemAddedUpdate), typeof(StreamingResponseContentPartAddedUpdate), typeof(StreamingResponseReasoningTextDeltaUpdate),
                typeof(StreamingResponseReasoningTextDoneUpdate), typeof(StreamingResponseContentPartDoneUpdate), typeof(StreamingResponseOutputItemDoneUpdate),
                typeof(StreamingResponseOutputItemAddedUpdate), typeof(StreamingResponseContentPartAddedUpdate), typeof(StreamingResponseOutputTextDeltaUpdate),
                typeof(StreamingResponseOutputTextDoneUpdate), typeof(StreamingResponseContentPartDoneUpdate), typeof(StreamingResponseOutputItemDoneUpdate),
                typeof(StreamingResponseCompletedUpdate),
            ],
            Distinct(updates.Select(update => update.GetType())));
        Assert.Equal("The user greets me.", string.Concat(updates.OfType<StreamingResponseReasoningTextDeltaUpdate>().Select(update => update.Delta)));
        Assert.Equal("Hello, world!", string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(update => update.Delta)));
        Assert.Equal("Hello, world!", Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response.GetOutputText());
    }

    [Fact]
    public async Task A_call_its_output_and_the_answer_go_round_with_the_reasoning()
    {
        await using LiveServer server = await LiveServer.PlayAsync(
            Turns.Reasoning("I need the weather.") + Turns.Preamble("Let me look.") + Turns.Call("get_weather", """{"city":"Tokyo"}"""),
            Turns.Final("17 degrees."));
        CreateResponseOptions options = Asking("How warm is it in Tokyo?");
        options.Tools.Add(Weather);

        ResponseResult first = await server.Responses.CreateResponseAsync(options, Cancellation);
        FunctionCallResponseItem call = Assert.Single(first.OutputItems.OfType<FunctionCallResponseItem>());
        Assert.Equal(("get_weather", """{"city":"Tokyo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal("Let me look.", Assert.Single(first.OutputItems.OfType<MessageResponseItem>()).Content[0].Text);

        foreach (ResponseItem item in first.OutputItems)
            options.InputItems.Add(item);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "17 °C"));
        ResponseResult second = await server.Responses.CreateResponseAsync(options, Cancellation);

        Assert.Equal("17 degrees.", second.GetOutputText());
        Assert.Contains("17 °C", server.PromptOf(1), StringComparison.Ordinal);
        Assert.Contains("I need the weather.", server.PromptOf(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_call_is_added_written_and_done()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Call("get_weather", """{"city":"Tokyo"}"""));
        CreateResponseOptions options = Asking("How warm is it in Tokyo?", stream: true);
        options.Tools.Add(Weather);

        List<StreamingResponseUpdate> updates = await StreamAsync(server, options);

        Assert.Equal("""{"city":"Tokyo"}""", string.Concat(updates.OfType<StreamingResponseFunctionCallArgumentsDeltaUpdate>().Select(update => update.Delta.ToString())));
        StreamingResponseFunctionCallArgumentsDoneUpdate done = Assert.Single(updates.OfType<StreamingResponseFunctionCallArgumentsDoneUpdate>());
        Assert.Equal(("get_weather", """{"city":"Tokyo"}"""), (done.FunctionName, done.FunctionArguments.ToString()));
        FunctionCallResponseItem item = Assert.IsType<FunctionCallResponseItem>(Assert.Single(updates.OfType<StreamingResponseOutputItemDoneUpdate>()).Item);
        Assert.Equal(FunctionCallStatus.Completed, item.Status);
        Assert.NotEmpty(item.CallId);
    }

    [Fact]
    public async Task Sealed_reasoning_comes_back_open()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("A secret thought.") + Turns.Call("get_weather", """{"city":"Tokyo"}"""), Turns.Final("17 degrees."));
        CreateResponseOptions options = Asking("How warm is it in Tokyo?");
        options.Tools.Add(Weather);
        options.StoredOutputEnabled = false;
        options.IncludedProperties.Add(IncludedResponseProperty.ReasoningEncryptedContent);

        ResponseResult first = await server.Responses.CreateResponseAsync(options, Cancellation);
        ReasoningResponseItem reasoning = Assert.Single(first.OutputItems.OfType<ReasoningResponseItem>());
        FunctionCallResponseItem call = Assert.Single(first.OutputItems.OfType<FunctionCallResponseItem>());
        Assert.NotEmpty(reasoning.EncryptedContent);
        Assert.DoesNotContain("secret", reasoning.EncryptedContent, StringComparison.Ordinal);

        options.InputItems.Add(new ReasoningResponseItem { EncryptedContent = reasoning.EncryptedContent });
        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "17 °C"));
        await server.Responses.CreateResponseAsync(options, Cancellation);

        Assert.Contains("A secret thought.", server.PromptOf(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_previous_response_is_gone_on_from()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("Tokyo is in Japan.") + Turns.Final("It is in Japan."), Turns.Final("The yen."));

        ResponseResult first = await server.Responses.CreateResponseAsync(LiveServer.Model, "Where is Tokyo?", cancellationToken: Cancellation);
        ResponseResult second = await server.Responses.CreateResponseAsync(LiveServer.Model, "And its money?", previousResponseId: first.Id, cancellationToken: Cancellation);

        Assert.Equal((first.Id, "The yen."), (second.PreviousResponseId, second.GetOutputText()));
        Assert.Contains("Where is Tokyo?", server.PromptOf(1), StringComparison.Ordinal);
        Assert.Contains("It is in Japan.", server.PromptOf(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_is_kept_replayed_listed_and_deleted()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);
        List<StreamingResponseUpdate> updates = await StreamAsync(server, Asking("Hi", stream: true));
        string id = Assert.IsType<StreamingResponseCreatedUpdate>(updates[0]).Response.Id;

        ResponseResult kept = await server.Responses.GetResponseAsync(id, Cancellation);
        List<StreamingResponseUpdate> replayed = await (await server.Responses.GetResponseStreamingAsync(new GetResponseOptions(id) { StreamingEnabled = true, StartingAfter = 4 }, Cancellation)).ToListAsync(Cancellation);
        List<ResponseItem> input = await server.Responses.GetResponseInputItemsAsync(new ResponseItemCollectionOptions(id), Cancellation).ToListAsync(Cancellation);
        ResponseDeletionResult deleted = await server.Responses.DeleteResponseAsync(id, Cancellation);

        Assert.Equal("Hello, world!", kept.GetOutputText());
        Assert.Equal(updates.Skip(5).Select(update => (update.SequenceNumber, update.Kind)), replayed.Select(update => (update.SequenceNumber, update.Kind)));
        Assert.Equal("Hi", Assert.IsAssignableFrom<MessageResponseItem>(Assert.Single(input)).Content[0].Text);
        Assert.True(deleted.Deleted);
        ClientResultException gone = await Assert.ThrowsAsync<ClientResultException>(() => server.Responses.GetResponseAsync(id, Cancellation));
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task A_response_in_the_background_is_polled()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);
        CreateResponseOptions options = Asking("Hi");
        options.BackgroundModeEnabled = true;

        ResponseResult response = await server.Responses.CreateResponseAsync(options, Cancellation);
        Assert.True(response.BackgroundModeEnabled);
        while (response.Status is ResponseStatus.Queued or ResponseStatus.InProgress)
            response = await server.Responses.GetResponseAsync(response.Id, Cancellation);

        Assert.Equal((ResponseStatus.Completed, "Hello, world!"), (response.Status, response.GetOutputText()));
    }

    [Fact]
    public async Task A_response_is_cancelled()
    {
        GatedGenerator gated = new(Turns.Greeting, openAfter: 3);
        await using LiveServer server = await LiveServer.StartAsync(gated);
        CreateResponseOptions options = Asking("Hi");
        options.BackgroundModeEnabled = true;

        ResponseResult response = await server.Responses.CreateResponseAsync(options, Cancellation);
        await gated.Reached.WaitAsync(Cancellation);
        ResponseResult cancelled = await server.Responses.CancelResponseAsync(response.Id, Cancellation);

        Assert.Equal(ResponseStatus.Cancelled, cancelled.Status);
        await gated.Cancelled.WaitAsync(Cancellation);
        Assert.Equal(ResponseStatus.Cancelled, (await server.Responses.GetResponseAsync(response.Id, Cancellation)).Value.Status);
    }

    [Fact]
    public async Task Structured_output_is_what_the_schema_says()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("One event.") + Turns.Final(Turns.Event));
        CreateResponseOptions options = Asking("Alice and Bob go to a science fair.");
        options.TextOptions = new() { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("event", BinaryData.FromString(Turns.EventSchema), jsonSchemaIsStrict: true) };

        ResponseResult response = await server.Responses.CreateResponseAsync(options, Cancellation);

        using JsonDocument answer = JsonDocument.Parse(response.GetOutputText());
        Assert.Equal(2, answer.RootElement.GetProperty("participants").GetArrayLength());
        Assert.Equal(ResponseTextFormatKind.JsonSchema, response.TextOptions.TextFormat.Kind);
        Assert.NotNull(server.Requests[0].Constraint);
    }

    [Fact]
    public async Task A_custom_tool_gets_text()
    {
        await using LiveServer server = await LiveServer.PlayAsync("<|channel|>commentary to=run_program<|message|>print(\"hello\")<|call|>", Turns.Final("It said hello."));
        CreateResponseOptions options = Asking("Say hello.");
        options.Tools.Add(ResponseTool.CreateCustomTool("run_program"));

        ResponseResult first = await server.Responses.CreateResponseAsync(options, Cancellation);
        CustomToolCallItem call = Assert.Single(first.OutputItems.OfType<CustomToolCallItem>());
        Assert.Equal(("run_program", "print(\"hello\")"), (call.ToolName, call.Input));

        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateCustomToolCallOutputItem(call.CallId, [ResponseContentPart.CreateInputTextPart("hello")]));
        Assert.Equal("It said hello.", (await server.Responses.CreateResponseAsync(options, Cancellation)).Value.GetOutputText());
    }

    [Fact]
    public async Task A_limit_leaves_a_response_incomplete()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("Let me count slowly.") + Turns.Final("One, two, three, four, five."));
        CreateResponseOptions options = Asking("Count.");
        options.MaxOutputTokenCount = 16;

        ResponseResult response = await server.Responses.CreateResponseAsync(options, Cancellation);

        Assert.Equal((ResponseStatus.Incomplete, ResponseIncompleteStatusReason.MaxOutputTokens), (response.Status, response.IncompleteStatusDetails.Reason));
        Assert.Equal(16, response.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Refusals_of_the_server_are_exceptions_with_status_and_code()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);

        ClientResultException unknown = await Assert.ThrowsAsync<ClientResultException>(() => server.Responses.CreateResponseAsync("llama-3", "Hi", cancellationToken: Cancellation));
        Assert.Equal(404, unknown.Status);
        Assert.Contains("model_not_found", unknown.Message, StringComparison.Ordinal);

        ClientResultException missing = await Assert.ThrowsAsync<ClientResultException>(
            () => server.Responses.CreateResponseAsync(LiveServer.Model, "Hi", previousResponseId: "resp_nothing", cancellationToken: Cancellation));
        Assert.InRange(missing.Status, 400, 404);
        Assert.Contains("resp_nothing", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_embedded_model_answers()
    {
        await using LiveServer server = await LiveServer.ServeEmbeddedAsync();

        ResponseResult response = await server.Responses.CreateResponseAsync("gpt-5", "What is the capital of Japan?", cancellationToken: Cancellation);
        CreateResponseOptions options = new("gpt-5", [ResponseItem.CreateUserMessageItem("What is the capital of Japan?")]) { StreamingEnabled = true };
        List<StreamingResponseUpdate> updates = await StreamAsync(server, options);

        Assert.Contains("Tokyo", response.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(response.GetOutputText(), string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(update => update.Delta)));
    }

    static CreateResponseOptions Asking(string text, bool stream = false) =>
        new(LiveServer.Model, [ResponseItem.CreateUserMessageItem(text)]) { StreamingEnabled = stream ? true : null };

    static async Task<List<StreamingResponseUpdate>> StreamAsync(LiveServer server, CreateResponseOptions options) =>
        await (await server.Responses.CreateResponseStreamingAsync(options, Cancellation)).ToListAsync(Cancellation);

    /// <summary>Each type where it differs from the one before.</summary>
    static IEnumerable<Type> Distinct(IEnumerable<Type> types)
    {
        Type? last = null;
        foreach (Type type in types)
        {
            if (type != last)
                yield return type;
            last = type;
        }
    }
}
