using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chorale.Chat;
using Chorale.Harmony;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chorale.Server.Tests;

public class OperationTests
{
    [Fact]
    public async Task A_running_server_is_healthy_and_ready_and_knows_its_version()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        Assert.Equal("ok", (await server.GetAsync("/health")).Text("status"));
        Assert.Equal("ready", (await server.GetAsync("/ready")).Text("status"));
        Assert.Matches(@"^\d+\.\d+\.\d+", (await server.GetAsync("/version")).Text("version"));
        ApiAnswer properties = await server.GetAsync("/props");
        Assert.Equal(("gpt-oss-test", 4, 131_072), (properties.Text("model_alias"), properties["total_slots"]?.GetInt32(), properties["default_generation_settings.n_ctx"]?.GetInt32()));
    }

    [Fact]
    public async Task A_server_that_stops_is_not_ready()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        ApiAnswer ready = await server.GetAsync("/ready");

        Assert.Equal((503, "stopping"), (ready.Status, ready.Text("status")));
    }

    [Theory]
    [InlineData("/health", 200)]
    [InlineData("/ready", 200)]
    [InlineData("/version", 200)]
    [InlineData("/openapi.json", 200)]
    [InlineData("/metrics", 401)]
    [InlineData("/props", 401)]
    [InlineData("/v1/models", 401)]
    public async Task Probes_need_no_key_and_all_else_does(string path, int status)
    {
        await using TestServerApp server = await TestServerApp.StartAsync(new ScriptedGenerator(HarmonyEncoding.Default, "<|return|>"), new() { ApiKeys = ["secret"] });

        Assert.Equal(status, (await server.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions")]
    [InlineData("DELETE", "/v1/models")]
    [InlineData("PUT", "/tokenize")]
    public async Task A_wrong_method_is_told_so(string method, string path)
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Contains("method_not_allowed", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text_and_count_what_happened()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final {\"a\":1}<|return|>");
        await server.PostAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"Hello"}]}""");
        await server.PostAsync("/v1/completions", """{"prompt":"x"}""");
        await server.PostAsync("/v1/completions", "{}");
        await server.GetAsync("/v1/unknown/12345");

        ApiAnswer metrics = await server.GetAsync("/metrics");
        string[] lines = metrics.Json.GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/plain", metrics.Response.Content.Headers.ContentType?.MediaType);
        Assert.All(lines, line => Assert.Matches(@"^(# (HELP|TYPE) chorale_\w+ .+|chorale_\w+(\{\w+=""[^""\n]*""(,\w+=""[^""\n]*"")*\})? -?[0-9.E+-]+)$", line));
        Assert.Equal(lines.Count(line => line.StartsWith("# TYPE", StringComparison.Ordinal)), lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("chorale_requests_total{route=\"/v1/chat/completions\",status=\"200\"} 1", lines);
        Assert.Contains("chorale_requests_total{route=\"/v1/completions\",status=\"400\"} 1", lines);
        Assert.Contains("chorale_requests_total{route=\"(none)\",status=\"404\"} 1", lines);
        Assert.Contains("chorale_harmony_repairs_total{code=\"missing_message\"} 1", lines);
        Assert.Contains("chorale_turns_total{finish=\"stop\"} 2", lines);
        Assert.Contains("chorale_requests_running 0", lines);
        Assert.True(Value(lines, "chorale_reasoning_tokens_total") > 0);
        Assert.Equal(2, Value(lines, "chorale_time_to_first_token_seconds_count"));
        Assert.Equal(Value(lines, "chorale_inter_token_latency_seconds_count"), Value(lines, "chorale_inter_token_latency_seconds_bucket{le=\"+Inf\"}"));
    }

    [Fact]
    public async Task The_document_has_every_route_and_no_other()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");
        ApiAnswer document = await server.GetAsync("/openapi.json");

        IEnumerable<string> documented = document["paths"]!.Value.EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        IEnumerable<string> routed = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => $"{method} {Regex.Replace(route.RoutePattern.RawText!, @"\{\*+", "{")}"));

        Assert.Equal(documented.Order(StringComparer.Ordinal), routed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_document_refers_to_nothing_that_is_not_there()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|return|>");
        ApiAnswer document = await server.GetAsync("/openapi.json");

        Assert.Equal("3.1.0", document.Text("openapi"));
        Assert.Equal((await server.GetAsync("/version")).Text("version"), document.Text("info.version"));
        string[] references = [.. Regex.Matches(document.Json.GetRawText(), @"""\$ref"":\s*""#/([^""]+)""").Select(match => match.Groups[1].Value).Distinct()];
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(document[reference.Replace('/', '.')]));
        string[] ids = [.. document["paths"]!.Value.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value.GetProperty("operationId").GetString()!)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_document_names_every_field_that_an_answer_has()
    {
        await using TestServerApp server = await TestServerApp.PlayAsync("<|channel|>commentary to=functions.f<|message|>{}<|call|>");
        ApiAnswer document = await server.GetAsync("/openapi.json");

        ApiAnswer answer = await server.PostAsync("/v1/chat/completions", """{"messages":[{"role":"user","content":"x"}],"return_token_ids":true,"logprobs":true,"tools":[{"type":"x"}],"stop_token_ids":[200012]}""");

        AssertNamed(answer.Json, document["components.schemas.ChatCompletion"]!.Value, document);
        AssertNamed((await server.GetAsync("/v1/models")).Json, document["components.schemas.ModelList"]!.Value, document);
        AssertNamed((await server.PostAsync("/v1/completions", """{"prompt":"x","return_token_ids":true,"logprobs":1}""")).Json, document["components.schemas.Completion"]!.Value, document);
        AssertNamed((await server.PostAsync("/tokenize", """{"prompt":"x","return_token_strs":true}""")).Json, document["components.schemas.TokenizeResponse"]!.Value, document);
    }

    static void AssertNamed(JsonElement value, JsonElement schema, ApiAnswer document)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            schema = document[reference.GetString()![2..].Replace('/', '.')]!.Value;
        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty field in value.EnumerateObject())
            {
                Assert.True(properties.TryGetProperty(field.Name, out JsonElement inner), field.Name);
                AssertNamed(field.Value, inner, document);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
        {
            foreach (JsonElement item in value.EnumerateArray())
                AssertNamed(item, items, document);
        }
    }

    static double Value(string[] lines, string name) =>
        double.Parse(Assert.Single(lines, line => line.StartsWith($"{name} ", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);
}
