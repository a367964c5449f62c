using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chorale.Server;

/// <summary>The routes of Chat Completions, Completions, models and tokens, and of the server's own health.</summary>
static class ChatApiRoutes
{
    public static void AddChatApi(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton(new ReasoningCache());
        builder.Services.AddSingleton<ChatCompletionsEndpoint>();
        builder.Services.AddSingleton<TextCompletionsEndpoint>();
        builder.Services.AddSingleton<ModelsEndpoint>();
        builder.Services.AddSingleton<TokensEndpoint>();
        builder.Services.AddSingleton<OperationEndpoint>();
    }

    public static void MapChatApi(this IEndpointRouteBuilder routes)
    {
        IServiceProvider services = routes.ServiceProvider;
        Map("POST", "/v1/chat/completions", services.GetRequiredService<ChatCompletionsEndpoint>().HandleAsync);
        Map("POST", "/v1/completions", services.GetRequiredService<TextCompletionsEndpoint>().HandleAsync);

        ModelsEndpoint models = services.GetRequiredService<ModelsEndpoint>();
        Map("GET", "/v1/models", models.ListAsync);
        Map("GET", "/v1/models/{**model}", models.GetAsync);

        TokensEndpoint tokens = services.GetRequiredService<TokensEndpoint>();
        Map("POST", "/tokenize", tokens.TokenizeAsync);
        Map("POST", "/detokenize", tokens.DetokenizeAsync);
        Map("POST", "/apply-template", tokens.ApplyTemplateAsync);

        OperationEndpoint operation = services.GetRequiredService<OperationEndpoint>();
        Map("GET", "/health", OperationEndpoint.HealthAsync);
        Map("GET", "/ready", operation.ReadyAsync);
        Map("GET", "/version", OperationEndpoint.VersionAsync);
        Map("GET", "/metrics", operation.MetricsAsync);
        Map("GET", "/props", operation.PropertiesAsync);
        Map("GET", "/openapi.json", OperationEndpoint.OpenApiAsync);

        void Map(string method, string pattern, RequestDelegate handler) => routes.MapMethods(pattern, [method], handler);
    }
}
