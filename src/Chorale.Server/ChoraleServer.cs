using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary>Makes the server: OpenAI's Responses and Chat Completions over a model.</summary>
public static class ChoraleServer
{
    /// <summary>Builds an application that is ready to be started.</summary>
    /// <param name="options">How it serves.</param>
    /// <param name="model">What it serves; it stays the caller's, and must outlive the application.</param>
    /// <param name="configure">Changes the host before it is built: logging, another web server for tests.</param>
    public static WebApplication Build(ServerOptions options, ServedModel model, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        WebApplicationBuilder builder = CreateBuilder(options);
        builder.Services.AddSingleton(new ServerState(options, model));
        builder.Services.AddSingleton<RequestGate>();
        if (options.CorsOrigins.Count > 0)
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. options.CorsOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("x-request-id", AnswerWarnings.Header)));
        builder.AddResponsesApi(options);
        builder.AddChatApi(options);
        configure?.Invoke(builder);

        WebApplication app = builder.Build();
        RequestGate gate = app.Services.GetRequiredService<RequestGate>();
        if (options.CorsOrigins.Count > 0)
            app.UseCors();
        app.Use(next => context => gate.InvokeAsync(context, next));
        app.UseRouting();
        app.MapResponsesApi();
        app.MapChatApi();
        return app;
    }

    /// <summary>Builds what serves while the model is being loaded: probes are answered, everything else is told to come again. Stop it before the other one is started.</summary>
    /// <param name="options">Where it listens.</param>
    /// <param name="configure">Changes the host before it is built.</param>
    public static WebApplication BuildLoading(ServerOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        WebApplicationBuilder builder = CreateBuilder(options with { ShutdownTimeout = TimeSpan.FromSeconds(1) });
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        app.Run(LoadingServer.AnswerAsync);
        return app;
    }

    static WebApplicationBuilder CreateBuilder(ServerOptions options)
    {
        // Not the working directory: a settings file that happens to lie there must not say where this server listens.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "chorale", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;    // RequestBody sees to it; Kestrel would close the connection before the client has read why
        });
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        return builder;
    }
}
