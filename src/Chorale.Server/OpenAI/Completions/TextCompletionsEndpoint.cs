using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary><c>POST /v1/completions</c>: read, run, write.</summary>
sealed class TextCompletionsEndpoint(ServerState state, ILogger<TextCompletionsEndpoint> logger)
{
    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        long since = state.Time.GetTimestamp();
        TextCompletionRequest request = await ReadAsync(context);
        using Admission.Place place = state.Admission.Enter();
        TextContinuations continuations = TextContinuations.Prepare(request, state);
        TextCompletion frame = new()
        {
            Id = AnswerIds.NewCompletion(),
            Created = state.Time.GetUtcNow().ToUnixTimeSeconds(),
            Model = state.Model.Id,
            Choices = [],
            SystemFingerprint = ServerVersion.Fingerprint,
        };
        if (request.Stream)
        {
            await StreamAsync(context, request, continuations, frame, place, since);
            return;
        }
        IReadOnlyList<TextChoice> choices = await continuations.CompleteAsync(place, since, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, frame with { Choices = choices, Usage = continuations.Usage }, ChatJson.Default.TextCompletion);
    }

    async Task<TextCompletionRequest> ReadAsync(HttpContext context)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        return TextCompletionReader.Read(RequestObject.Root(body.RootElement), state);
    }

    async Task StreamAsync(HttpContext context, TextCompletionRequest request, TextContinuations continuations, TextCompletion frame, Admission.Place place, long since)
    {
        await using SseWriter writer = await SseWriter.StartAsync(context, state.Options);
        await StreamGuard.RunAsync(writer, context, logger, async () =>
        {
            await foreach (TextChoice piece in continuations.StreamAsync(place, since, context.RequestAborted))
                await writer.WriteAsync(eventName: null, frame with { Choices = [piece] }, ChatJson.Default.TextCompletion);
            if (request.IncludesUsage)
                await writer.WriteAsync(eventName: null, frame with { Usage = continuations.Usage }, ChatJson.Default.TextCompletion);
            await writer.WriteDoneAsync();
        });
    }
}
