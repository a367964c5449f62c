using System.ComponentModel;
using Chorale.Clients.Tests;
using Microsoft.Extensions.AI;

namespace Chorale.ExtensionsAI.Tests;

/// <summary>Microsoft.Extensions.AI's adapter of the OpenAI SDK, over both APIs.</summary>
public class ExtensionsAITests
{
    public enum Api
    {
        Chat,
        Responses,
    }

    public static TheoryData<Api> Apis => [Api.Chat, Api.Responses];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Apis))]
    public async Task An_answer_comes_with_its_usage(Api api)
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);
        using IChatClient client = ClientOf(server, api);

        ChatResponse response = await client.GetResponseAsync("Hi", cancellationToken: Cancellation);

        Assert.Equal("Hello, world!", response.Text);
        Assert.Equal(api == Api.Chat ? ChatFinishReason.Stop : null, response.FinishReason);    // of responses the adapter tells only why they are incomplete
        Assert.Equal(server.Requests[0].Prompt.Length, response.Usage!.InputTokenCount);
        Assert.True(response.Usage.ReasoningTokenCount > 0);
    }

    [Theory, MemberData(nameof(Apis))]
    public async Task Reasoning_arrives_in_a_stream(Api api)
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);
        using IChatClient client = ClientOf(server, api);

        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("Hi", cancellationToken: Cancellation).ToListAsync(Cancellation);

        Assert.Equal("The user greets me.", string.Concat(updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Select(content => content.Text)));
        Assert.Equal("Hello, world!", updates.ToChatResponse().Text);
    }

    [Theory, MemberData(nameof(Apis))]
    public async Task Reasoning_arrives_with_a_whole_answer(Api api)
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Greeting);
        using IChatClient client = ClientOf(server, api);
        ChatOptions options = new() { Reasoning = new() { Effort = ReasoningEffort.High, Output = ReasoningOutput.Summary } };    // of whole responses the adapter reads the summary only

        ChatResponse response = await client.GetResponseAsync("Hi", options, Cancellation);

        Assert.Equal("The user greets me.", string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(content => content.Text)));
        Assert.Contains("Reasoning: high", server.PromptOf(0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Api.Chat, false), InlineData(Api.Chat, true), InlineData(Api.Responses, false), InlineData(Api.Responses, true)]
    public async Task Functions_are_called_until_the_answer_comes(Api api, bool streams)
    {
        await using LiveServer server = await LiveServer.PlayAsync(
            Turns.Reasoning("Where is it?") + Turns.Preamble("Let me look.") + Turns.Call("find_place", """{"name":"harbour"}"""),
            Turns.Reasoning("Now the weather.") + Turns.Call("get_weather", """{"city":"Osaka"}"""),
            Turns.Final("It is 21 degrees in Osaka."));
        List<string> called = [];
        ChatOptions options = new()
        {
            Tools =
            [
                AIFunctionFactory.Create([Description("Where a place lies.")] (string name) => { called.Add(name); return "Osaka"; }, "find_place"),
                AIFunctionFactory.Create([Description("The weather of a city.")] (string city) => { called.Add(city); return "21 °C"; }, "get_weather"),
            ],
        };
        using IChatClient client = ClientOf(server, api).AsBuilder().UseFunctionInvocation().Build();

        string answer = streams
            ? (await client.GetStreamingResponseAsync("How warm is it at the harbour?", options, Cancellation).ToListAsync(Cancellation)).ToChatResponse().Messages[^1].Text
            : (await client.GetResponseAsync("How warm is it at the harbour?", options, Cancellation)).Messages[^1].Text;

        Assert.Equal("It is 21 degrees in Osaka.", answer);
        Assert.Equal(["harbour", "Osaka"], called);
        Assert.Equal(3, server.Requests.Count);
        Assert.Contains("21 °C", server.PromptOf(2), StringComparison.Ordinal);
        Assert.Contains("Where is it?", server.PromptOf(2), StringComparison.Ordinal);      // the adapter does not pass reasoning on over Chat Completions
        Assert.Contains("Now the weather.", server.PromptOf(2), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Apis))]
    public async Task A_typed_answer_is_read(Api api)
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Reasoning("One event.") + Turns.Final(Turns.Event));
        using IChatClient client = ClientOf(server, api);

        ChatResponse<CalendarEvent> response = await client.GetResponseAsync<CalendarEvent>("Alice and Bob go to a science fair.", cancellationToken: Cancellation);

        Assert.Equal("Science Fair", response.Result.Name);
        Assert.Equal(["Alice", "Bob"], response.Result.Participants);
        Assert.NotNull(server.Requests[0].Constraint);
    }

    [Fact]
    public async Task A_conversation_goes_on_by_its_id()
    {
        await using LiveServer server = await LiveServer.PlayAsync(Turns.Final("It is in Japan."), Turns.Final("The yen."));
        using IChatClient client = ClientOf(server, Api.Responses);

        ChatResponse first = await client.GetResponseAsync("Where is Tokyo?", cancellationToken: Cancellation);
        ChatResponse second = await client.GetResponseAsync("And its money?", new() { ConversationId = first.ConversationId }, Cancellation);

        Assert.Equal("The yen.", second.Text);
        Assert.Contains("It is in Japan.", server.PromptOf(1), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Apis))]
    public async Task The_embedded_model_answers(Api api)
    {
        await using LiveServer server = await LiveServer.ServeEmbeddedAsync();
        using IChatClient client = api == Api.Chat ? server.Client.GetChatClient("gpt-5").AsIChatClient() : server.Client.GetResponsesClient().AsIChatClient("gpt-5");

        Assert.Contains("42", (await client.GetResponseAsync("What is 17 + 25?", cancellationToken: Cancellation)).Text, StringComparison.Ordinal);
    }

    static IChatClient ClientOf(LiveServer server, Api api) =>
        api == Api.Chat ? server.Chat.AsIChatClient() : server.Responses.AsIChatClient(LiveServer.Model);

    public sealed record CalendarEvent(string Name, string[] Participants);
}
