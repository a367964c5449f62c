using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Chorale.Server;

/// <summary>The routes of the Responses API, and what they need.</summary>
static class ResponsesRoutes
{
    public static void AddResponsesApi(this WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void MapResponsesApi(this IEndpointRouteBuilder routes)
    {
    }
}
