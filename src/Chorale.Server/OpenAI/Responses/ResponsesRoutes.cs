using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chorale.Server;

/// <summary>The routes of the Responses API, and what they need.</summary>
static class ResponsesRoutes
{
    public static void AddResponsesApi(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton(_ => ResponseStores.Open(options));
        builder.Services.AddSingleton<ResponseService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ResponseService>());
    }

    public static void MapResponsesApi(this IEndpointRouteBuilder routes)
    {
        ServerState state = routes.ServiceProvider.GetRequiredService<ServerState>();
        ResponseService responses = routes.ServiceProvider.GetRequiredService<ResponseService>();
        routes.MapPost("/v1/responses", context => CreateAsync(context, state, responses));
        routes.MapPost("/v1/responses/input_tokens", context => CountAsync(context, state, responses));
        routes.MapPost("/v1/responses/compact", context => CompactAsync(context, state, responses));
        routes.MapGet("/v1/responses/{id}", context => GetAsync(context, state, responses));
        routes.MapDelete("/v1/responses/{id}", context => DeleteAsync(context, responses));
        routes.MapPost("/v1/responses/{id}/cancel", async context => await JsonAnswer.WriteRawAsync(context, await responses.CancelAsync(IdOf(context), context.RequestAborted)));
        routes.MapGet("/v1/responses/{id}/input_items", context => ListAsync(context, responses));
    }

    static async Task CreateAsync(HttpContext context, ServerState state, ResponseService responses)
    {
        long since = state.Time.GetTimestamp();
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        ResponseRequest request = ResponseRequestReader.Read(body.RootElement, state.Options, state.Model);
        ResponseRun run = await responses.CreateAsync(request, since, context.RequestAborted);
        AnswerWarnings.AddTo(context.Response, run.Response.Warnings);
        try
        {
            if (request.Stream)
            {
                await SendAsync(context, state, run.Log.ReadAsync(-1, context.RequestAborted));
                return;
            }
            if (!request.Background)
            {
                await run.Completion.WaitAsync(context.RequestAborted);
                ResponseService.ThrowIfFailed(run);
            }
            await JsonAnswer.WriteRawAsync(context, ResponseEventWriter.Serialize(run.Response));
        }
        finally
        {
            if (!request.Background)
                run.Stop(ResponseEnd.Cancelled);    // the client left; a response that has ended does not mind
        }
    }

    static async Task CountAsync(HttpContext context, ServerState state, ResponseService responses)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        ResponseRequest request = ResponseRequestReader.Read(body.RootElement, state.Options, state.Model);
        int tokens = await responses.CountTokensAsync(request, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, new InputTokenCount(tokens), ResponsesJson.Default.InputTokenCount);
    }

    static async Task CompactAsync(HttpContext context, ServerState state, ResponseService responses)
    {
        long since = state.Time.GetTimestamp();
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        ResponseRequest request = ResponseRequestReader.Read(body.RootElement, state.Options, state.Model);
        await JsonAnswer.WriteAsync(context, await responses.CompactAsync(request, since, context.RequestAborted), ResponsesJson.Default.CompactedResponse);
    }

    static async Task GetAsync(HttpContext context, ServerState state, ResponseService responses)
    {
        string id = IdOf(context);
        int after = ReadInteger(context, "starting_after", 0, int.MaxValue) ?? -1;
        if (ReadBoolean(context, "stream"))
            await SendAsync(context, state, await responses.ReplayAsync(id, after, context.RequestAborted));
        else
            await JsonAnswer.WriteRawAsync(context, await responses.GetAsync(id, context.RequestAborted));
    }

    static async Task DeleteAsync(HttpContext context, ResponseService responses)
    {
        string id = IdOf(context);
        await responses.DeleteAsync(id, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, new DeletedResponse(id), ResponsesJson.Default.DeletedResponse);
    }

    static async Task ListAsync(HttpContext context, ResponseService responses)
    {
        int limit = ReadInteger(context, "limit", 1, 100) ?? 20;
        string? order = context.Request.Query["order"];
        if (order is not (null or "asc" or "desc"))
            throw ApiException.Invalid($"Invalid value: '{RequestValue.Shorten(order)}'. Supported values are: 'asc' and 'desc'.", "order", "invalid_value");
        string? after = context.Request.Query["after"];
        ReadOnlyMemory<byte> items = await responses.GetInputAsync(IdOf(context), context.RequestAborted);
        await JsonAnswer.WriteRawAsync(context, InputItems.WritePage(JsonElement.Parse(items.Span, new JsonDocumentOptions { MaxDepth = 1024 }), limit, order == "asc", after));
    }

    static async Task SendAsync(HttpContext context, ServerState state, IAsyncEnumerable<StoredEvent> events)
    {
        await using SseWriter sse = await SseWriter.StartAsync(context, state.Options);
        await foreach (StoredEvent stored in events)
            await sse.WriteRawAsync(stored.Type, stored.Json);
    }

    static string IdOf(HttpContext context) => (string)context.GetRouteValue("id")!;

    static int? ReadInteger(HttpContext context, string name, int min, int max)
    {
        string? text = context.Request.Query[name];
        if (string.IsNullOrEmpty(text))
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? value
            : throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid '{name}': expected an integer from {min} to {max}, but got '{RequestValue.Shorten(text)}' instead."), name, "invalid_value");
    }

    static bool ReadBoolean(HttpContext context, string name)
    {
        string? text = context.Request.Query[name];
        return text switch
        {
            null or "" or "false" or "0" => false,
            "true" or "1" => true,
            _ => throw ApiException.Invalid($"Invalid '{name}': expected 'true' or 'false', but got '{RequestValue.Shorten(text)}' instead.", name, "invalid_value"),
        };
    }
}
