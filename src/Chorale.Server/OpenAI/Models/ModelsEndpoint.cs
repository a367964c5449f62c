using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
sealed class ModelsEndpoint(ServerState state)
{
    readonly ModelEntry _model = new(state.Model.Id, state.Created.ToUnixTimeSeconds(), state.Model.ContextLength);

    /// <summary>Lists the model that is served.</summary>
    public Task ListAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context, new ModelList([_model], [new(_model.Id, _model.ContextLength)]), ChatJson.Default.ModelList);

    /// <summary>Describes a model; ids may hold slashes.</summary>
    public Task GetAsync(HttpContext context)
    {
        string id = context.Request.RouteValues["model"] as string ?? "";
        state.RequireModel(id);
        return JsonAnswer.WriteAsync(context, _model, ChatJson.Default.ModelEntry);
    }
}
