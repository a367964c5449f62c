using System.Net;
using System.Text;
using System.Text.Json;

namespace Chorale.Server.Tests;

/// <summary>A server that is killed in the middle of a stream, over PostgreSQL: nothing is lost that was acknowledged.</summary>
public class KilledServerTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("response.created")]
    [InlineData("response.output_item.done")]
    [InlineData("response.output_text.delta")]
    public async Task What_was_acknowledged_is_found_after_the_restart(string lastSeen)
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync();
        string script = Path.GetTempFileName();
        string words = string.Join(' ', Enumerable.Range(0, 3000));
        await File.WriteAllTextAsync(script, JsonSerializer.Serialize(new
        {
            text = $"<|channel|>analysis<|message|>Let me count.<|end|><|start|>assistant<|channel|>final<|message|>{words}<|return|>",
            delay_ms = 2,
        }), Token);
        try
        {
            string[] arguments = ["--script", script, "--store", database.Connection.ConnectionString, "--parallel", "1"];
            List<(string Name, JsonElement Data)> seen = [];
            string id, queued;
            await using (ServerProcess server = await ServerProcess.StartAsync(arguments))
            {
                using HttpRequestMessage request = Request("""{"input":"Count!","stream":true}""");
                using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
                await using IAsyncEnumerator<(string Name, JsonElement Data)> reader = ResponseCaller.ReadEventsAsync(response).GetAsyncEnumerator(Token);
                do
                {
                    Assert.True(await reader.MoveNextAsync());
                    seen.Add(reader.Current);
                }
                while (seen[^1].Name != lastSeen);
                id = IdOf(seen[0].Data.GetProperty("response"));
                queued = IdOf(await SendAsync(server, Request("""{"input":"Count later!","background":true}""")));
                if (lastSeen == "response.output_text.delta")
                {
                    // Some of the text is kept before the item ends.
                    int itemDone = seen.Last(e => e.Name == "response.output_item.done").Data.GetProperty("sequence_number").GetInt32();
                    while (await database.ReadNumberAsync($"select coalesce(max(last_sequence), 0) from chorale_events where response_id = '{id}'") <= itemDone + 5)
                    {
                        Assert.True(await reader.MoveNextAsync());
                        seen.Add(reader.Current);
                    }
                }
                await server.KillAsync();
                try
                {
                    while (await reader.MoveNextAsync())
                        seen.Add(reader.Current);
                }
                catch (Exception e) when (e is HttpRequestException or IOException or HttpIOException or JsonException)
                {
                    // What was on its way may have been cut anywhere.
                }
            }

            await using ServerProcess again = await ServerProcess.StartAsync(arguments);
            JsonElement found = await SendAsync(again, new(HttpMethod.Get, $"/v1/responses/{id}"));
            List<(string Name, JsonElement Data)> replayed = await ReplayAsync(again, id, null);

            Assert.Equal(("incomplete", "interrupted"), (EventRules.Text(found, "status"), EventRules.Text(found.GetProperty("incomplete_details"), "reason")));
            EventRules.CheckResponse(found);
            Assert.Equal("incomplete", EventRules.Text(await SendAsync(again, new(HttpMethod.Get, $"/v1/responses/{queued}")), "status"));

            // The events are those that were seen, whole up to the last item that ended, and then the end.
            (string Name, JsonElement Data) last = replayed[^1];
            List<string> kept = [.. replayed.SkipLast(1).Select(e => e.Data.GetRawText())];
            int shared = Math.Min(kept.Count, seen.Count);
            Assert.Equal(seen.Take(shared).Select(e => e.Data.GetRawText()), kept.Take(shared));
            Assert.True(kept.Count > seen.FindLastIndex(e => e.Name is "response.created" or "response.output_item.done"));
            Assert.Equal("response.incomplete", last.Name);
            Assert.Equal(found.GetRawText(), last.Data.GetProperty("response").GetRawText());
            Assert.True(last.Data.GetProperty("sequence_number").GetInt32() > seen[^1].Data.GetProperty("sequence_number").GetInt32());
            Assert.Equal([last.Name], (await ReplayAsync(again, id, seen[^1].Data.GetProperty("sequence_number").GetInt32())).Select(e => e.Name).TakeLast(1));
            JsonElement[] output = [.. found.GetProperty("output").EnumerateArray()];
            Assert.All(seen.Where(e => e.Name == "response.output_item.done").Zip(output), pair => Assert.Equal(pair.First.Data.GetProperty("item").GetRawText(), pair.Second.GetRawText()));
            if (lastSeen == "response.output_text.delta")
            {
                Assert.Equal("incomplete", EventRules.Text(output[1], "status"));
                Assert.StartsWith("0 1", EventRules.Said(output[1]), StringComparison.Ordinal);
                Assert.StartsWith(EventRules.Said(output[1]), words, StringComparison.Ordinal);
            }

            using HttpResponseMessage next = await again.Client.SendAsync(Request($$"""{"input":"Go on.","previous_response_id":"{{id}}","max_output_tokens":5}"""), Token);
            Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        }
        finally
        {
            File.Delete(script);
        }
    }

    static HttpRequestMessage Request(string json) => new(HttpMethod.Post, "/v1/responses") { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    static async Task<JsonElement> SendAsync(ServerProcess server, HttpRequestMessage request)
    {
        using HttpResponseMessage response = await server.Client.SendAsync(request, Token);
        string body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body);
    }

    static async Task<List<(string Name, JsonElement Data)>> ReplayAsync(ServerProcess server, string id, int? after)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/responses/{id}?stream=true{(after is null ? "" : $"&starting_after={after}")}");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        response.EnsureSuccessStatusCode();
        return await ResponseCaller.ReadEventsAsync(response).ToListAsync(Token);
    }

    static string IdOf(JsonElement element) => EventRules.Text(element, "id")!;
}
