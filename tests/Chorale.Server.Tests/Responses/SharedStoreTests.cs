using System.Net;
using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>Servers that share a PostgreSQL database.</summary>
public class SharedStoreTests
{
    const string Answer = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>One two three four.<|return|>";

    [Fact]
    public async Task A_response_that_one_server_makes_is_found_streamed_and_gone_on_from_at_another()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        GatedGenerator generator = new(Answer);
        await using TestServerApp maker = await StartAsync(generator, database), reader = await StartAsync(new GatedGenerator(Answer), database);
        string id = IdOf(await maker.RespondAsync("""{"input":"Hi","background":true}"""));
        await generator.PassAsync(12);

        JsonElement midway = await reader.SendAsync(HttpMethod.Get, $"/v1/responses/{id}");
        while (midway.GetProperty("output").GetArrayLength() < 2)
            midway = await reader.SendAsync(HttpMethod.Get, $"/v1/responses/{id}");
        Assert.Equal("in_progress", EventRules.Text(midway, "status"));
        Assert.StartsWith("One", EventRules.Said(midway.GetProperty("output")[1]), StringComparison.Ordinal);

        Task<List<(string Name, JsonElement Data)>> live = reader.ReplayAsync(id);
        generator.PassAll();

        JsonElement response = EventRules.Check(await live);
        Assert.Equal("completed", EventRules.Text(response, "status"));
        Assert.Equal(response.GetRawText(), (await maker.SendAsync(HttpMethod.Get, $"/v1/responses/{id}")).GetRawText());
        Assert.Equal("previous_response_not_found", (await reader.RefusedAsync($$"""{"input":"?","previous_response_id":"{{ResponseIds.New().Id}}"}""")).Code);
    }

    [Fact]
    public async Task A_response_is_cancelled_and_deleted_from_another_server()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        GatedGenerator first = new(Answer), second = new(Answer);
        await using TestServerApp maker = await StartAsync(first, database), maker2 = await StartAsync(second, database), other = await StartAsync(new GatedGenerator(Answer), database);
        string cancelled = IdOf(await maker.RespondAsync("""{"input":"Hi","background":true}""")), deleted = IdOf(await maker2.RespondAsync("""{"input":"Hi","background":true}"""));
        await first.PassAsync(3);
        await second.PassAsync(3);

        Assert.Equal("cancelled", EventRules.Text(await other.SendAsync(HttpMethod.Post, $"/v1/responses/{cancelled}/cancel"), "status"));
        Assert.True(await first.Stopped);
        await other.SendAsync(HttpMethod.Delete, $"/v1/responses/{deleted}");
        second.PassAll();
        await other.SendAsync(HttpMethod.Get, $"/v1/responses/{deleted}", status: HttpStatusCode.NotFound);
        await second.Stopped;
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_told_at_the_start()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => TestServerApp.StartAsync(new GatedGenerator(Answer), new() { Store = "postgres://nobody:secret@127.0.0.1:1/nothing?connect_timeout=1" }));
    }

    static Task<TestServerApp> StartAsync(GatedGenerator generator, PostgresDatabase database) =>
        TestServerApp.StartAsync(generator, new() { Store = database.Connection.ConnectionString });

    static string IdOf(JsonElement element) => EventRules.Text(element, "id")!;
}
