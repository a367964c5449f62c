using System.Net;
using System.Text.Json;
using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.Extensions.DependencyInjection;

namespace Chorale.Server.Tests;

/// <summary>A store that cannot be reached never leads to more than a clear error.</summary>
public class StoreOutageTests
{
    const string Answer = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>One two three four.<|return|>";

    [Fact]
    public async Task Requests_that_need_the_store_are_told_to_come_back()
    {
        BrittleStore store = new();
        await using TestServerApp server = await StartAsync(store);
        string id = EventRules.Text(await server.RespondAsync("""{"input":"Hi"}"""), "id")!;
        store.Works = (_, _) => false;

        await ExpectAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi"}""");
        await ExpectAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");
        await ExpectAsync(HttpMethod.Post, "/v1/responses", $$"""{"input":"Hi","store":false,"previous_response_id":"{{id}}"}""");
        await ExpectAsync(HttpMethod.Get, $"/v1/responses/{id}", null);
        await ExpectAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true", null);
        await ExpectAsync(HttpMethod.Delete, $"/v1/responses/{id}", null);
        Assert.Equal("completed", EventRules.Text(await server.RespondAsync("""{"input":"Hi","store":false}"""), "status"));

        async Task ExpectAsync(HttpMethod method, string path, string? json)
        {
            JsonElement error = (await server.SendAsync(method, path, json, HttpStatusCode.ServiceUnavailable)).GetProperty("error");
            Assert.Equal("store_unavailable", EventRules.Text(error, "code"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_kept_is_not_shown_as_kept(bool onlyTheEnd)
    {
        BrittleStore store = new();
        await using TestServerApp server = await StartAsync(store);
        store.Works = (what, change) => what != "append" || (onlyTheEnd ? change?.Status.IsEnd() != true : change is not null);

        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"input":"Hi","stream":true}""");

        Assert.Equal("response.failed", events[^1].Name);
        Assert.Equal(onlyTheEnd ? 2 : 0, events.Count(e => e.Name == "response.output_item.done"));
        int[] numbers = [.. events.Select(e => e.Data.GetProperty("sequence_number").GetInt32())];
        Assert.Equal(numbers.Distinct().Order(), numbers);
        JsonElement told = events[^1].Data.GetProperty("response");
        Assert.Equal("server_error", EventRules.Text(told.GetProperty("error"), "code"));

        store.Works = (_, _) => true;
        JsonElement found = await server.SendAsync(HttpMethod.Get, $"/v1/responses/{EventRules.Text(told, "id")}");
        Assert.Equal(onlyTheEnd ? "incomplete" : "failed", EventRules.Text(found, "status"));
        if (onlyTheEnd)
        {
            Assert.Equal(["Hm.", "One two three four."], found.GetProperty("output").EnumerateArray().Select(EventRules.Said));
            List<(string Name, JsonElement Data)> replayed = await server.ReplayAsync(EventRules.Text(told, "id")!, numbers[^1]);
            Assert.Equal(["response.incomplete"], replayed.Select(e => e.Name));
        }
    }

    [Fact]
    public async Task An_end_that_could_not_be_kept_is_replaced_by_the_failure_that_it_led_to()
    {
        BrittleStore store = new();
        await using TestServerApp server = await StartAsync(store);
        int ends = 0;
        store.Works = (what, change) => what != "append" || change?.Status.IsEnd() != true || Interlocked.Increment(ref ends) > 1;

        List<(string Name, JsonElement Data)> events = await server.StreamAsync("""{"input":"Hi","stream":true}""");

        Assert.Equal("failed", EventRules.Text(EventRules.Check(events), "status"));
        string id = EventRules.Text(events[0].Data.GetProperty("response"), "id")!;
        Assert.Equal(events.Select(e => e.Data.GetRawText()), (await server.ReplayAsync(id)).Select(e => e.Data.GetRawText()));
    }

    static Task<TestServerApp> StartAsync(BrittleStore store) =>
        TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, Answer), configure: builder => builder.Services.AddSingleton<IResponseStore>(store));
}
