using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary><c>POST /v1/chat/completions</c>: read, prepare, run, write.</summary>
sealed class ChatCompletionsEndpoint(ServerState state, ReasoningCache cache, ILogger<ChatCompletionsEndpoint> logger)
{
    readonly ChatCompletionReader _reader = new(state, cache);

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        long since = state.Time.GetTimestamp();
        ChatCompletionRequest request = await ReadAsync(context);
        using Admission.Place place = state.Admission.Enter();
        ChatTurns turns = ChatTurns.Prepare(request, state, cache);
        AnswerWarnings.AddTo(context.Response, request.Warnings);
        if (request.Stream)
            await StreamAsync(context, request, turns, place, since);
        else
            await AnswerAsync(context, request, turns, place, since);
    }

    async Task<ChatCompletionRequest> ReadAsync(HttpContext context)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context, state.Options);
        return _reader.Read(RequestObject.Root(body.RootElement));
    }

    async Task AnswerAsync(HttpContext context, ChatCompletionRequest request, ChatTurns turns, Admission.Place place, long since)
    {
        IReadOnlyList<ChatChoice> choices = await turns.CompleteAsync(place, since, context.RequestAborted);
        ChatCompletion answer = new()
        {
            Id = AnswerIds.NewChatCompletion(),
            Created = state.Time.GetUtcNow().ToUnixTimeSeconds(),
            Model = state.Model.Id,
            Choices = choices,
            Usage = turns.Usage,
            SystemFingerprint = ServerVersion.Fingerprint,
            ReasoningEffort = request.Effort,
            PromptTokenIds = request.ReturnsTokenIds ? turns.Prompt.ToArray() : null,
            Warnings = request.Warnings.Count > 0 ? request.Warnings : null,
        };
        await JsonAnswer.WriteAsync(context, answer, ChatJson.Default.ChatCompletion);
    }

    async Task StreamAsync(HttpContext context, ChatCompletionRequest request, ChatTurns turns, Admission.Place place, long since)
    {
        ChatCompletionChunk frame = new()
        {
            Id = AnswerIds.NewChatCompletion(),
            Created = state.Time.GetUtcNow().ToUnixTimeSeconds(),
            Model = state.Model.Id,
            SystemFingerprint = ServerVersion.Fingerprint,
            Choices = [],
        };
        await using SseWriter writer = await SseWriter.StartAsync(context, state.Options);
        bool isFirst = true;
        await StreamGuard.RunAsync(writer, context, logger, async () =>
        {
            await foreach (ChatChunkChoice piece in turns.StreamAsync(place, since, context.RequestAborted))
            {
                ChatCompletionChunk chunk = frame with { Choices = [piece] };
                if (isFirst)
                {
                    chunk = chunk with
                    {
                        PromptTokenIds = request.ReturnsTokenIds ? turns.Prompt.ToArray() : null,
                        Warnings = request.Warnings.Count > 0 ? request.Warnings : null,
                    };
                    isFirst = false;
                }
                await writer.WriteAsync(eventName: null, chunk, ChatJson.Default.ChatCompletionChunk);
            }
            if (request.IncludesUsage)
                await writer.WriteAsync(eventName: null, frame with { Usage = turns.Usage }, ChatJson.Default.ChatCompletionChunk);
            await writer.WriteDoneAsync();
        });
    }
}
