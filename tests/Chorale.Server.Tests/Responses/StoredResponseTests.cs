using System.Net;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Chorale.Inference;

namespace Chorale.Server.Tests;

/// <summary>Responses after their beginning: found, listed, replayed, cancelled, deleted, gone on from, made in the background.</summary>
public class StoredResponseTests
{
    const string Answer = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>One two three four.<|return|>";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_conversation_goes_on_from_a_response_and_from_one_after_that()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        string first = IdOf(await server.RespondAsync("""{"input":"First?","instructions":"Only here."}"""));
        string second = IdOf(await server.RespondAsync($$"""{"input":[{"role":"user","content":"Second?"}],"previous_response_id":"{{first}}"}"""));
        await server.RespondAsync($$"""{"input":"Third?","previous_response_id":"{{second}}"}""");

        string prompt = HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[^1].Prompt.Span);
        const string answer = "<|start|>assistant<|channel|>final<|message|>One two three four.<|end|>";
        Assert.EndsWith(
            $"<|start|>user<|message|>First?<|end|>{answer}<|start|>user<|message|>Second?<|end|>{answer}<|start|>user<|message|>Third?<|end|><|start|>assistant", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("Only here.", prompt, StringComparison.Ordinal);

        await server.SendAsync(HttpMethod.Delete, $"/v1/responses/{first}");
        Assert.Equal("previous_response_not_found", (await server.RefusedAsync($$"""{"input":"?","previous_response_id":"{{second}}"}""")).Code);
    }

    [Fact]
    public async Task Items_are_referred_to_by_their_ids()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        JsonElement first = await server.RespondAsync("""{"input":"First?"}""");
        string answer = IdOf(first.GetProperty("output")[1]);
        string question = IdOf((await server.SendAsync(HttpMethod.Get, $"/v1/responses/{IdOf(first)}/input_items")).GetProperty("data")[0]);

        JsonElement second = await server.RespondAsync($$"""{"input":[{"type":"item_reference","id":"{{question}}"},{"id":"{{answer}}"},{"role":"user","content":"Go on."}]}""");

        Assert.EndsWith(
            "<|start|>user<|message|>First?<|end|><|start|>assistant<|channel|>final<|message|>One two three four.<|end|><|start|>user<|message|>Go on.<|end|><|start|>assistant",
            HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[^1].Prompt.Span), StringComparison.Ordinal);
        JsonElement items = (await server.SendAsync(HttpMethod.Get, $"/v1/responses/{IdOf(second)}/input_items?order=asc")).GetProperty("data");
        Assert.Equal(["message", "message", "message"], items.EnumerateArray().Select(item => EventRules.Text(item, "type")));
        Assert.Equal("item_not_found", (await server.RefusedAsync("""{"input":[{"type":"item_reference","id":"msg_none"}]}""", HttpStatusCode.NotFound)).Code);
    }

    [Fact]
    public async Task Input_items_come_in_pages_latest_first()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);
        string id = IdOf(await server.RespondAsync($$"""{"input":[{{string.Join(',', Enumerable.Range(0, 7).Select(i => $$"""{"id":"msg_{{i}}","role":"user","content":"{{i}}"}"""))}}]}"""));

        JsonElement page = await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}/input_items?limit=3");
        Assert.Equal(("list", "msg_6", "msg_4", true), (EventRules.Text(page, "object"), EventRules.Text(page, "first_id"), EventRules.Text(page, "last_id"), page.GetProperty("has_more").GetBoolean()));
        Assert.Equal(("message", "completed", "6"), (EventRules.Text(page.GetProperty("data")[0], "type"), EventRules.Text(page.GetProperty("data")[0], "status"), EventRules.Text(page.GetProperty("data")[0].GetProperty("content")[0], "text")));
        JsonElement rest = await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}/input_items?limit=100&order=asc&after=msg_4");
        Assert.Equal(["msg_5", "msg_6"], rest.GetProperty("data").EnumerateArray().Select(IdOf));
        Assert.False(rest.GetProperty("has_more").GetBoolean());

        foreach (string query in new[] { "limit=0", "limit=101", "limit=x", "order=up" })
            await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}/input_items?{query}", status: HttpStatusCode.BadRequest);
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}/input_items?after=msg_9", status: HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{ResponseIds.New().Id}/input_items", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Events_are_replayed_behind_any_number()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);
        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"input":"Hi","stream":true}""");
        string id = IdOf(EventRules.Check(events));

        for (int after = 0; after < events.Count; after++)
            Assert.Equal(events.Skip(after + 1).Select(e => e.Data.GetRawText()), (await server.ReplayAsync(id, after)).Select(e => e.Data.GetRawText()));
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after=-1", status: HttpStatusCode.BadRequest);
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{ResponseIds.New().Id}?stream=true", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_compacted_conversation_goes_on_from_the_note_of_it()
    {
        ScriptedGenerator generator = new(HarmonyEncoding.Default, Answer, "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>The note.<|return|>", Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        string first = IdOf(await server.RespondAsync("""{"input":"First?"}"""));

        JsonElement compacted = await server.SendAsync(HttpMethod.Post, "/v1/responses/compact", $$"""{"previous_response_id":"{{first}}","input":[{"role":"user","content":"Second?"}]}""");

        JsonElement[] output = [.. compacted.GetProperty("output").EnumerateArray()];
        Assert.Equal(("response.compaction", true), (EventRules.Text(compacted, "object"), compacted.GetProperty("usage").GetProperty("output_tokens").GetInt32() > 0));
        Assert.Equal(["message", "message", "compaction"], output.Select(item => EventRules.Text(item, "type")));
        Assert.DoesNotContain("note", compacted.GetRawText(), StringComparison.Ordinal);
        await server.RespondAsync($$"""{"input":[{{string.Join(',', output.Select(item => item.GetRawText()))}},{"role":"user","content":"Third?"}]}""");
        string prompt = HarmonyEncoding.Default.Tokenizer.Decode(generator.Requests[^1].Prompt.Span);
        Assert.Contains("First?", prompt, StringComparison.Ordinal);
        Assert.Contains("The note.<|end|><|start|>user<|message|>Third?", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("One two three four.", prompt, StringComparison.Ordinal);
        (string? code, _, _) = await server.RefusedAsync("""{"input":[{"type":"compaction","encrypted_content":"AAAA"}]}""");
        Assert.Equal("invalid_encrypted_content", code);
    }

    [Fact]
    public async Task A_response_that_was_not_asked_to_be_kept_is_not()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);
        string id = IdOf(await server.RespondAsync("""{"input":"Hi","store":false}"""));
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}", status: HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Delete, $"/v1/responses/{id}", status: HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Post, $"/v1/responses/{id}/cancel", status: HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Get, "/v1/responses/r%E2%82%ACsp", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_deleted_response_is_gone()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync(Answer);
        string id = IdOf(await server.RespondAsync("""{"input":"Hi"}"""));

        JsonElement deleted = await server.SendAsync(HttpMethod.Delete, $"/v1/responses/{id}");

        Assert.Equal($$"""{"id":"{{id}}","object":"response","deleted":true}""", deleted.GetRawText());
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}", status: HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Delete, $"/v1/responses/{id}", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_response_in_the_background_is_polled_and_streamed_while_it_is_made()
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);

        JsonElement begun = await server.RespondAsync("""{"input":"Hi","background":true}""");
        string id = IdOf(begun);
        Assert.Equal(("queued", true), (EventRules.Text(begun, "status"), begun.GetProperty("background").GetBoolean()));
        await generator.PassAsync(6);
        Assert.Equal("in_progress", EventRules.Text(await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}"), "status"));
        Assert.Equal("response_not_finished", (await server.RefusedAsync($$"""{"input":"?","previous_response_id":"{{id}}"}""")).Code);

        Task<List<(string Name, JsonElement Data)>> whole = server.ReplayAsync(id), rest = server.ReplayAsync(id, 3);
        generator.PassAll();

        List<(string Name, JsonElement Data)> events = await whole;
        EventRules.Check(events);
        Assert.Equal("response.queued", events[1].Name);
        Assert.Equal(events.Skip(4).Select(e => e.Data.GetRawText()), (await rest).Select(e => e.Data.GetRawText()));
        Assert.Equal("completed", EventRules.Text(await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}"), "status"));
    }

    [Fact]
    public async Task A_stream_in_the_background_survives_its_reader()
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(Token);
        string id;
        using (HttpResponseMessage response = await server.PostRawAsync("/v1/responses", """{"input":"Hi","background":true,"stream":true}""", HttpCompletionOption.ResponseHeadersRead, leave.Token))
        {
            await using IAsyncEnumerator<(string Name, JsonElement Data)> reader = ResponseCaller.ReadEventsAsync(response).GetAsyncEnumerator(Token);
            await reader.MoveNextAsync();
            id = IdOf(reader.Current.Data.GetProperty("response"));
        }
        await leave.CancelAsync();
        generator.PassAll();

        JsonElement response2 = EventRules.Check(await server.ReplayAsync(id));
        Assert.Equal("completed", EventRules.Text(response2, "status"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_response_is_cancelled_and_keeps_what_was_said(bool background)
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        using HttpResponseMessage response = await server.PostRawAsync("/v1/responses", $$"""{"input":"Hi","stream":true,"background":{{(background ? "true" : "false")}}}""", HttpCompletionOption.ResponseHeadersRead);
        await using IAsyncEnumerator<(string Name, JsonElement Data)> reader = ResponseCaller.ReadEventsAsync(response).GetAsyncEnumerator(Token);
        List<(string Name, JsonElement Data)> events = [];
        await reader.MoveNextAsync();
        events.Add(reader.Current);
        string id = IdOf(reader.Current.Data.GetProperty("response"));
        await generator.PassAsync(12);
        while (events[^1].Name != "response.output_text.delta" && await reader.MoveNextAsync())
            events.Add(reader.Current);

        JsonElement cancelled = await server.SendAsync(HttpMethod.Post, $"/v1/responses/{id}/cancel");

        Assert.Equal("cancelled", EventRules.Text(cancelled, "status"));
        Assert.True(await generator.Stopped);
        while (await reader.MoveNextAsync())
            events.Add(reader.Current);
        Assert.Equal(cancelled.GetRawText(), EventRules.Check(events).GetRawText());
        Assert.Equal("incomplete", EventRules.Text(cancelled.GetProperty("output")[1], "status"));
        Assert.Equal(cancelled.GetRawText(), (await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}")).GetRawText());
        Assert.Equal(cancelled.GetRawText(), (await server.SendAsync(HttpMethod.Post, $"/v1/responses/{id}/cancel")).GetRawText());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_ends_the_answer_at_once(bool stream)
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<HttpResponseMessage> asked = server.PostRawAsync("/v1/responses", $$"""{"input":"Hi","stream":{{(stream ? "true" : "false")}}}""", HttpCompletionOption.ResponseContentRead, leave.Token);
        await generator.PassAsync(3);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.True(await generator.Stopped);
    }

    [Fact]
    public async Task Deleting_a_response_that_is_made_ends_it()
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator);
        string id = IdOf(await server.RespondAsync("""{"input":"Hi","background":true}"""));
        await generator.PassAsync(3);

        await server.SendAsync(HttpMethod.Delete, $"/v1/responses/{id}");

        Assert.True(await generator.Stopped);
        await server.SendAsync(HttpMethod.Get, $"/v1/responses/{id}", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task One_more_than_may_wait_is_refused_and_leaves_nothing_behind()
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator, new() { Parallel = 1, QueueLength = 1 });
        string[] ids = [IdOf(await server.RespondAsync("""{"input":"1","background":true}""")), IdOf(await server.RespondAsync("""{"input":"2","background":true}"""))];

        foreach (string more in new[] { "\"background\":true", "\"stream\":true" })
        {
            using HttpResponseMessage refused = await server.PostRawAsync("/v1/responses", $$"""{"input":"3",{{more}}}""");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        Assert.Equal("queued", EventRules.Text(await server.SendAsync(HttpMethod.Get, $"/v1/responses/{ids[1]}"), "status"));
        Assert.Equal("cancelled", EventRules.Text(await server.SendAsync(HttpMethod.Post, $"/v1/responses/{ids[1]}/cancel"), "status"));
        generator.PassAll();
        Assert.Equal("completed", EventRules.Text(EventRules.Check(await server.ReplayAsync(ids[0])), "status"));
        await server.RespondAsync("""{"input":"4"}""");
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_ends_as_one_that_reached_its_limit()
    {
        GatedGenerator generator = new(Answer);
        await using TestServerApp server = await TestServerApp.StartAsync(generator, new() { RequestTimeout = TimeSpan.FromMilliseconds(50) });

        JsonElement response = await server.RespondAsync("""{"input":"Hi"}""");

        Assert.Equal(("incomplete", "max_output_tokens"), (EventRules.Text(response, "status"), EventRules.Text(response.GetProperty("incomplete_details"), "reason")));
    }

    [Fact]
    public async Task A_stop_lets_running_answers_end()
    {
        GatedGenerator generator = new(Answer);
        TestServerApp server = await TestServerApp.StartAsync(generator);
        Task<List<(string Name, JsonElement Data)>> stream = server.StreamAsync("""{"input":"Hi","stream":true}""");
        await generator.PassAsync(3);

        Task stopping = server.StopAsync(Token);
        generator.PassAll();
        await stopping;

        Assert.Equal("completed", EventRules.Text(EventRules.Check(await stream), "status"));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_that_cannot_wait_any_longer_interrupts()
    {
        GatedGenerator generator = new(Answer);
        TestServerApp server = await TestServerApp.StartAsync(generator);
        string id = IdOf(await server.RespondAsync("""{"input":"Hi","background":true}"""));
        Task<List<(string Name, JsonElement Data)>> stream = server.ReplayAsync(id);
        await generator.PassAsync(3);

        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await server.StopAsync(now.Token);

        JsonElement response = EventRules.Check(await stream);
        Assert.Equal(("incomplete", "interrupted"), (EventRules.Text(response, "status"), EventRules.Text(response.GetProperty("incomplete_details"), "reason")));
        await server.DisposeAsync();
    }

    static string IdOf(JsonElement element) => EventRules.Text(element, "id")!;
}
