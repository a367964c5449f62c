using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Chorale.Server;

/// <summary>The routes of Chat Completions, Completions, models and tokens, and of the server's own health.</summary>
static class ChatApiRoutes
{
    public static void AddChatApi(this WebApplicationBuilder builder, ServerOptions options)
    {
    }

    public static void MapChatApi(this IEndpointRouteBuilder routes)
    {
    }
}
