using System.ComponentModel;
using System.Text.Json;
using Chorale.Harmony;
using Chorale.Inference;
using Chorale.TestKit;
using Chorale.Tokenization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Chorale.Chat.Tests;

public class ChoraleChatClientTests
{
    const string Thinks = "<|channel|>analysis<|message|>I should look.<|end|><|start|>assistant";
    const string Tells = "<|channel|>commentary<|message|>Let me look.<|end|><|start|>assistant";
    const string Calls = "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{ \"city\": \"Paris\" }<|call|>";
    const string Answers = "<|channel|>final<|message|>It rains.<|return|>";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static AIFunction Weather { get; } = AIFunctionFactory.Create([Description("The weather in a city.")] (string city) => $"rain in {city}", "get_weather");

    public static TheoryData<string> Malformed => [.. Jsonl.Read<Sample>("harmony/malformed.jsonl").Select(sample => sample.Text)];

    public sealed record Sample(string Text);

    [Fact]
    public async Task Reasoning_answer_and_usage_come_apart()
    {
        ScriptedClient script = new(Thinks + Answers);
        ChatResponse response = await script.Client.GetResponseAsync("Will it rain?", cancellationToken: Cancellation);

        ChatMessage message = Assert.Single(response.Messages);
        Assert.Equal(ChatRole.Assistant, message.Role);
        Assert.Equal("It rains.", response.Text);
        Assert.Equal("I should look.", Assert.Single(message.Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("gpt-oss", response.ModelId);
        Assert.Equal(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero), response.CreatedAt);
        ChatTurn turn = Assert.IsType<ChatTurn>(response.RawRepresentation);
        Assert.Equal(turn.TokenIds, Assert.IsType<int[]>(response.AdditionalProperties![ChoraleChatClient.TokenIdsKey]));
        Assert.Equal(script.Requests[0].Prompt.Length, response.AdditionalProperties[ChoraleChatClient.PromptTokensKey]);
        Assert.Equal((turn.Usage.PromptTokens, turn.Usage.CompletionTokens, turn.Usage.ReasoningTokens), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.ReasoningTokenCount));
        Assert.Equal(response.Usage.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount);
        Assert.Equal(turn.Usage.FinalTokens, response.Usage.AdditionalCounts!["final_tokens"]);
        Assert.Contains("Current date: 2026-11-29", script.Prompts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updates_carry_channel_and_ids_of_what_they_add()
    {
        ScriptedClient script = new(Thinks + Answers);
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in script.Client.GetStreamingResponseAsync("Will it rain?", cancellationToken: Cancellation))
            updates.Add(update);

        Assert.Equal("I should look.", string.Concat(updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Select(content => content.Text)));
        Assert.Equal("It rains.", string.Concat(updates.Select(update => update.Text)));
        Assert.All(updates.SelectMany(update => update.Contents).OfType<TextContent>(), content => Assert.Equal("final", content.AdditionalProperties![ChoraleChatClient.ChannelKey]));
        int[] ids = [.. updates[..^1].Where(update => update.Text.Length > 0).SelectMany(update => (int[])update.AdditionalProperties![ChoraleChatClient.TokenIdsKey]!)];
        Assert.Equal("It rains.", HarmonyEncoding.Default.Tokenizer.Decode(ids));
        Assert.All(updates, update => Assert.Equal(updates[0].MessageId, update.MessageId));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.Single(updates[^1].Contents.OfType<UsageContent>());
    }

    [Fact]
    public async Task Reasoning_that_is_not_wanted_is_left_out()
    {
        ScriptedClient script = new(Thinks + Answers);
        ChatResponse response = await script.Client.GetResponseAsync("Will it rain?", new() { Reasoning = new() { Output = ReasoningOutput.None } }, Cancellation);
        Assert.Empty(response.Messages[0].Contents.OfType<TextReasoningContent>());
        Assert.Equal("It rains.", response.Text);
    }

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_malformed_turn_gives_what_a_person_would_read(string text)
    {
        ScriptedClient script = new(text);
        ChatResponse response = await script.Client.GetResponseAsync("Go.", new() { Tools = [Weather] }, Cancellation);
        ChatTurn turn = (ChatTurn)response.RawRepresentation!;

        string[] calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => call.Name)];
        Assert.Equal(turn.Calls.Select(call => call.Name), calls);
        if (turn.Finish == ChatFinish.Stop && turn.Messages.Any(message => message.Text.Length > 0))
            Assert.True(response.Text.Length > 0 || calls.Length > 0);
        if (turn.Repairs.Count > 0)
            Assert.Equal(turn.Repairs.Count, Assert.IsType<string[]>(response.AdditionalProperties![ChoraleChatClient.RepairsKey]).Length);

        // And it can be said again: what was read is no trouble in the next prompt.
        await script.Client.GetResponseAsync([new(ChatRole.User, "Go."), .. response.Messages, new(ChatRole.User, "On.")], new() { Tools = [Weather] }, Cancellation);
    }

    [Fact]
    public void Whatever_a_model_writes_comes_as_one_message_and_goes_back()
    {
        string[] pieces = ["<|start|>", "<|end|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|call|>", "<|return|>", "assistant", "analysis", "commentary", "final", " to=functions.get_weather", " to=get_time", "{\"city\":\"Paris\"}", "{", "Hi.", " ", "\n\n", "json"];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            ScriptedClient script = new(string.Concat(bytes.Select(one => pieces[one % pieces.Length])), Answers);
            ChatOptions options = new() { Tools = [Weather] };
            ChatResponse response = script.Client.GetResponseAsync("Go.", options, Cancellation).GetAwaiter().GetResult();
            ChatTurn turn = (ChatTurn)response.RawRepresentation!;
            ChatMessage message = response.Messages.Single();
            _ = script.Client.GetResponseAsync([new(ChatRole.User, "Go."), message], options, Cancellation).GetAwaiter().GetResult();
            return message.Contents.OfType<FunctionCallContent>().Count() == turn.Calls.Count
                && (turn.Finish != ChatFinish.Stop || turn.Messages.All(said => said.Text.Length == 0) || response.Text.Length > 0 || turn.Calls.Count > 0);
        }));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Calls_results_and_reasoning_go_round_through_function_invocation(bool streaming)
    {
        ScriptedClient script = new(Thinks + Tells + Calls, Answers);
        using IChatClient client = script.Client.AsBuilder().UseFunctionInvocation().Build();
        ChatOptions options = new() { Tools = [Weather] };
        ChatResponse response = streaming
            ? await client.GetStreamingResponseAsync("Will it rain?", options, Cancellation).ToChatResponseAsync(Cancellation)
            : await client.GetResponseAsync("Will it rain?", options, Cancellation);

        Assert.Equal("It rains.", response.Messages[^1].Text);
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant], response.Messages.Select(message => message.Role));
        Assert.EndsWith(
            "<|start|>user<|message|>Will it rain?<|end|>"
            + "<|start|>assistant<|channel|>analysis<|message|>I should look.<|end|>"
            + "<|start|>assistant<|channel|>commentary<|message|>Let me look.<|end|>"
            + "<|start|>assistant to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>{ \"city\": \"Paris\" }<|call|>"
            + "<|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>rain in Paris<|end|>"
            + "<|start|>assistant", script.Conversation(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_has_been_through_JSON_is_rendered_as_one_that_has_not()
    {
        ScriptedClient script = new(Thinks + Tells + Calls, Answers, Answers);
        ChatOptions options = new() { Tools = [Weather] };
        ChatResponse response = await script.Client.GetResponseAsync("Will it rain?", options, Cancellation);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        ChatMessage[] history = [new(ChatRole.User, "Will it rain?"), .. response.Messages, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "rain")])];
        ChatMessage[] stored = JsonSerializer.Deserialize<ChatMessage[]>(JsonSerializer.Serialize(history, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;

        await script.Client.GetResponseAsync(history, options, Cancellation);
        await script.Client.GetResponseAsync(stored, options, Cancellation);
        Assert.Equal(script.Prompts[1], script.Prompts[2]);
        Assert.Contains("{ \"city\": \"Paris\" }<|call|>", script.Prompts[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_somebody_changed_go_back_changed()
    {
        ScriptedClient script = new(Calls, Answers);
        ChatOptions options = new() { Tools = [Weather] };
        ChatResponse response = await script.Client.GetResponseAsync("Will it rain?", options, Cancellation);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        call.Arguments!["city"] = "Rome";
        await script.Client.GetResponseAsync([new(ChatRole.User, "Will it rain?"), .. response.Messages, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "sun")])], options, Cancellation);
        Assert.Contains("{\"city\":\"Rome\"}<|call|>", script.Prompts[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Paris", script.Prompts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_of_another_client_is_rendered_as_Harmony()
    {
        ScriptedClient script = new(Answers);
        await script.Client.GetResponseAsync(
            [
                new(ChatRole.System, "Be brief."),
                new(ChatRole.System, "Be kind."),
                new(ChatRole.User, "Will it rain?"),
                new(ChatRole.Assistant, [new TextReasoningContent("Look."), new TextContent("One moment."), new FunctionCallContent("1", "get_weather", new Dictionary<string, object?> { ["city"] = "Paris" })]),
                new(ChatRole.Tool, [new FunctionResultContent("1", result: null) { Exception = new InvalidOperationException("offline") }]),
                new(ChatRole.Assistant, "I cannot say."),
                new(ChatRole.System, "Now be frank."),
                new(ChatRole.User, [new TextContent("Why?"), new DataContent("why"u8.ToArray(), "text/plain")]),
            ],
            new() { Instructions = "Be quick.", Tools = [Weather] }, Cancellation);
        Assert.Equal(
            "<|start|>developer<|message|># Instructions\n\nBe brief.\n\nBe kind.\n\nBe quick.\n\n# Tools\n\n## functions\n\nnamespace functions {\n\n// The weather in a city.\ntype get_weather = (_: {\ncity: string,\n}) => any;\n\n} // namespace functions<|end|>"
            + "<|start|>user<|message|>Will it rain?<|end|>"
            + "<|start|>assistant<|channel|>commentary<|message|>One moment.<|end|>"    // the reasoning has had its answer
            + "<|start|>assistant to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>{\"city\":\"Paris\"}<|call|>"
            + "<|start|>functions.get_weather to=assistant<|channel|>commentary<|message|>Error: offline<|end|>"
            + "<|start|>assistant<|channel|>final<|message|>I cannot say.<|end|>"
            + "<|start|>developer<|message|># Instructions\n\nNow be frank.<|end|>"
            + "<|start|>user<|message|>Why?\nwhy<|end|><|start|>assistant", script.Conversation());
    }

    [Fact]
    public async Task Messages_that_came_one_behind_the_other_stay_apart()
    {
        ScriptedClient script = new("<|channel|>analysis<|message|>One.<|end|><|start|>assistant<|channel|>analysis<|message|>Two.<|end|><|start|>assistant" + Tells + Answers, Answers);
        ChatResponse response = await script.Client.GetResponseAsync("Go.", cancellationToken: Cancellation);
        Assert.Equal("Let me look.\n\nIt rains.", response.Text);

        await script.Client.GetResponseAsync([new(ChatRole.User, "Go."), new(ChatRole.Assistant, [.. response.Messages[0].Contents.TakeWhile(content => content is not TextContent { Text.Length: > 0 })]), new(ChatRole.User, "On.")], cancellationToken: Cancellation);
        Assert.Contains("analysis<|message|>One.<|end|><|start|>assistant<|channel|>analysis<|message|>Two.<|end|>", script.Prompts[1], StringComparison.Ordinal);

        await script.Client.GetResponseAsync([new(ChatRole.User, "Go."), .. response.Messages, new(ChatRole.User, "On.")], cancellationToken: Cancellation);
        Assert.Contains("commentary<|message|>Let me look.<|end|><|start|>assistant<|channel|>final<|message|>It rains.<|end|>", script.Prompts[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "not json")]
    [InlineData("[1, 2]", "[1, 2]")]
    public async Task Arguments_that_are_no_object_are_kept_and_said_to_be_none(string arguments, string kept)
    {
        ScriptedClient script = new($"<|channel|>commentary to=functions.look <|constrain|>json<|message|>{arguments}<|call|>", Answers);
        using IChatClient client = script.Client;
        ChatResponse response = await client.GetResponseAsync("Go.", new() { Tools = [AIFunctionFactory.CreateDeclaration("look", "Looks.", JsonDocument.Parse("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}""").RootElement)] }, Cancellation);
        FunctionCallContent call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("look", call.Name);
        Assert.NotNull(call.Exception);
        Assert.Empty(call.Arguments!);
        Assert.Equal(kept, call.AdditionalProperties![ChoraleChatClient.ArgumentsKey]);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);

        await client.GetResponseAsync([new(ChatRole.User, "Go."), .. response.Messages], cancellationToken: Cancellation);
        Assert.Contains(kept + "<|call|>", script.Prompts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_a_limit_cut_is_no_call()
    {
        ScriptedClient script = new(Calls);
        ChatResponse response = await script.Client.GetResponseAsync("Go.", new() { MaxOutputTokens = 16, RawRepresentationFactory = _ => new ChatSessionOptions { EnforceTools = ToolEnforcement.Off }, Tools = [Weather] }, Cancellation);
        Assert.Empty(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.StartsWith("get_weather {", Assert.IsType<string>(response.AdditionalProperties![ChoraleChatClient.CutCallKey]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer_and_not_the_reasoning()
    {
        ScriptedClient script = new("<|channel|>analysis<|message|>STOP is a word.<|end|><|start|>assistant<|channel|>final<|message|>It rains. STOP it.<|return|>");
        ChatResponse response = await script.Client.GetResponseAsync("Go.", new() { StopSequences = ["STOP"] }, Cancellation);
        Assert.Equal("It rains. ", response.Text);
        Assert.Equal("STOP is a word.", response.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("STOP", response.AdditionalProperties![ChoraleChatClient.StopSequenceKey]);
    }

    [Fact]
    public async Task Options_reach_the_generator()
    {
        ScriptedClient script = new(Answers);
        await script.Client.GetResponseAsync("Go.", new()
        {
            Temperature = 0.5f,
            TopP = 0.9f,
            TopK = 40,
            FrequencyPenalty = 0.25f,
            PresencePenalty = -0.25f,
            Seed = 7,
            MaxOutputTokens = 300,
            Reasoning = new() { Effort = Microsoft.Extensions.AI.ReasoningEffort.ExtraHigh },
            AdditionalProperties = new() { ["min_p"] = 0.05, ["repetition_penalty"] = 1.1f, ["top_log_probabilities"] = 2 },
        }, Cancellation);
        Assert.Equal(new SamplingOptions { Temperature = 0.5f, TopP = 0.9f, TopK = 40, FrequencyPenalty = 0.25f, PresencePenalty = -0.25f, Seed = 7, MinP = 0.05f, RepetitionPenalty = 1.1f }, script.Requests[0].Sampling);
        Assert.Equal((300, 2), (script.Requests[0].MaxTokens, script.Requests[0].TopLogProbabilities));
        Assert.Contains("Reasoning: high", script.Prompts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_probabilities_come_with_the_ids_they_are_of()
    {
        ScriptedClient script = new(Answers);
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in script.Client.GetStreamingResponseAsync("Go.", new() { AdditionalProperties = new() { ["top_log_probabilities"] = 0 } }, Cancellation))
            updates.Add(update);
        Assert.All(updates.Where(update => update.Text.Length > 0), update =>
            Assert.Equal(((int[])update.AdditionalProperties![ChoraleChatClient.TokenIdsKey]!).Length, ((float[])update.AdditionalProperties[ChoraleChatClient.LogProbabilitiesKey]!).Length));
    }

    [Theory]
    [InlineData("temperature")]
    [InlineData("max_tokens")]
    [InlineData("min_p")]
    [InlineData("required")]
    [InlineData("specific")]
    [InlineData("image")]
    public async Task What_cannot_be_asked_for_is_refused_before_anything_is_generated(string what)
    {
        ScriptedClient script = new(Answers);
        ChatOptions options = what switch
        {
            "temperature" => new() { Temperature = 3 },
            "max_tokens" => new() { MaxOutputTokens = 0 },
            "min_p" => new() { AdditionalProperties = new() { ["min_p"] = "much" } },
            "required" => new() { ToolMode = ChatToolMode.RequireAny },
            "specific" => new() { Tools = [Weather], ToolMode = ChatToolMode.RequireSpecific("get_time") },
            _ => new(),
        };
        ChatMessage message = what == "image" ? new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]) : new(ChatRole.User, "Go.");
        await Assert.ThrowsAnyAsync<ArgumentException>(() => script.Client.GetResponseAsync(message, options, Cancellation));
        Assert.Empty(script.Requests);
    }

    [Fact]
    public async Task Tools_that_are_no_functions_are_skipped_with_a_note()
    {
        ScriptedClient script = new(Answers);
        ChatResponse response = await script.Client.GetResponseAsync("Go.", new() { Tools = [new HostedWebSearchTool(), Weather, Weather] }, Cancellation);
        Assert.Contains("HostedWebSearchTool", Assert.Single(Assert.IsType<string[]>(response.AdditionalProperties![ChoraleChatClient.NotesKey])), StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(script.Prompts[0], "type get_weather"));
    }

    [Fact]
    public async Task Tools_may_have_namespaces_of_their_own()
    {
        AIFunction diff = AIFunctionFactory.Create((string file) => $"diff of {file}", new AIFunctionFactoryOptions { Name = "diff", AdditionalProperties = new Dictionary<string, object?> { [ChoraleChatClient.NamespaceKey] = "git" } });
        ScriptedClient script = new("<|channel|>commentary to=git.diff <|constrain|>json<|message|>{\"file\":\"a.cs\"}<|call|>", Answers);
        using IChatClient client = script.Client.AsBuilder().UseFunctionInvocation().Build();
        Assert.Equal("It rains.", (await client.GetResponseAsync("Go.", new() { Tools = [diff, Weather] }, Cancellation)).Messages[^1].Text);
        Assert.Contains("namespace git {", script.Prompts[0], StringComparison.Ordinal);
        Assert.Contains("<|start|>git.diff to=assistant<|channel|>commentary<|message|>diff of a.cs<|end|>", script.Prompts[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Services_are_those_of_the_model()
    {
        ScriptedClient script = new(Answers);
        Assert.Same(HarmonyEncoding.Default, script.Client.GetService<HarmonyEncoding>());
        Assert.IsType<ScriptedGenerator>(script.Client.GetService<ITokenGenerator>());
        Assert.Same(script.Client, script.Client.GetService<ChoraleChatClient>());
        Assert.Same(Tokenizer.O200kHarmony, script.Client.GetService<Tokenizer>());
        Assert.Equal(("chorale", "gpt-oss"), (script.Client.GetService<ChatClientMetadata>()!.ProviderName, script.Client.GetService<ChatClientMetadata>()!.DefaultModelId));
        Assert.NotNull(script.Client.GetService<ChatModel>());
        Assert.Null(script.Client.GetService<string>());
        Assert.Null(script.Client.GetService(typeof(ChatModel), "key"));
    }

    [Fact]
    public async Task Cancelling_ends_the_stream()
    {
        ScriptedClient script = new(Answers);
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in script.Client.GetStreamingResponseAsync("Go.", cancellationToken: source.Token))
                await source.CancelAsync();
        });
    }
}
