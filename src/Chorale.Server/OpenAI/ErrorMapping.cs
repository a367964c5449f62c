using System.Text.Json;
using Chorale.Chat;
using Chorale.Grammar;
using Chorale.Harmony;
using Chorale.Inference;
using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary>Exceptions as OpenAI's errors: the one place that turns the one into the other.</summary>
static class ErrorMapping
{
    /// <summary>The refusal that an exception means; 500 where it is none of the request's making.</summary>
    public static ApiException ToApi(Exception exception) => exception switch
    {
        ApiException api => api,
        PromptTooLongException e => ApiException.ContextLengthExceeded(e.PromptLength, e.ContextLength, param: null),
        BudgetTooSmallException e => new(400, e.Message, "max_output_tokens", "max_output_tokens_too_small", innerException: e),
        SchemaException e => new(400, e.Message, "tools", "invalid_function_parameters", innerException: e),
        HarmonyJsonException e => new(400, e.Message, "tools", "invalid_function_parameters", innerException: e),
        HarmonyRenderException e => new(400, e.Message, null, "invalid_value", innerException: e),
        GrammarException e => new(400, e.Message, null, "invalid_json_schema", innerException: e),
        TokenOutOfRangeException e => new(400, e.Message, "prompt", "invalid_value", innerException: e),
        StoreUnavailableException e => new(503, "The store of responses cannot be reached at the moment. Please try again later.", null, "store_unavailable", "server_error", e) { RetryAfter = TimeSpan.FromSeconds(5) },
        QueueFullException => ApiException.RateLimited(TimeSpan.FromSeconds(1)),
        JsonException e => new(400, $"We could not parse the JSON body of your request: {e.Message}", null, "invalid_json", innerException: e),
        BadHttpRequestException e => new(e.StatusCode, e.Message, null, e.StatusCode == 413 ? "request_too_large" : "invalid_request", innerException: e),
        _ => new(500, "The server had an error while processing your request.", null, "internal_error", "server_error", exception),
    };
}
