using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary>What is answered while the model is still being loaded: the process lives, and requests may be tried again.</summary>
static class LoadingServer
{
    static readonly ApiException Loading = new(503, "The model is still being loaded. Please try again in 1s.", null, "model_loading", "server_error") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Answers any request.</summary>
    public static Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/health" => OperationEndpoint.HealthAsync(context),
        "/version" => OperationEndpoint.VersionAsync(context),
        "/openapi.json" => OperationEndpoint.OpenApiAsync(context),
        "/ready" => JsonAnswer.WriteAsync(context, new StatusReport("loading"), ChatJson.Default.StatusReport, StatusCodes.Status503ServiceUnavailable),
        _ => JsonAnswer.WriteErrorAsync(context, Loading),
    };
}
