using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Chorale.Server;

/// <summary>What those ask who run the server: whether it lives, whether it answers, what it has done.</summary>
sealed class OperationEndpoint(ServerState state, IHostApplicationLifetime lifetime)
{
    const string DocumentName = "Chorale.Server.openapi.json";

    static readonly Lazy<byte[]> Document = new(ReadDocument);

    /// <summary>The process lives.</summary>
    public static Task HealthAsync(HttpContext context) => JsonAnswer.WriteAsync(context, new StatusReport("ok"), ChatJson.Default.StatusReport);

    /// <summary>Which version it is.</summary>
    public static Task VersionAsync(HttpContext context) => JsonAnswer.WriteAsync(context, new VersionReport(ServerVersion.Text), ChatJson.Default.VersionReport);

    /// <summary>The description of all routes.</summary>
    public static async Task OpenApiAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = Document.Value.Length;
        await context.Response.BodyWriter.WriteAsync(Document.Value, context.RequestAborted);
    }

    /// <summary>Requests are answered: not when the server stops, nor before its model is there.</summary>
    public Task ReadyAsync(HttpContext context)
    {
        bool isReady = lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
        string status = isReady ? "ready" : lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : "starting";
        return JsonAnswer.WriteAsync(context, new StatusReport(status), ChatJson.Default.StatusReport, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>What llama-server's clients ask first.</summary>
    public Task PropertiesAsync(HttpContext context)
    {
        ServerProperties properties = new(
            state.Model.Id, state.Options.Parallel, new(state.Model.ContextLength, state.Model.DefaultSampling.Temperature), string.Create(CultureInfo.InvariantCulture, $"chorale {ServerVersion.Text}"));
        return JsonAnswer.WriteAsync(context, properties, ChatJson.Default.ServerProperties);
    }

    /// <summary>Counters for Prometheus.</summary>
    public async Task MetricsAsync(HttpContext context)
    {
        byte[] text = Encoding.UTF8.GetBytes(new MetricsText().Write(state));
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = text.Length;
        await context.Response.BodyWriter.WriteAsync(text, context.RequestAborted);
    }

    static byte[] ReadDocument()
    {
        using Stream document = typeof(OperationEndpoint).Assembly.GetManifestResourceStream(DocumentName)!;
        byte[] bytes = new byte[document.Length];
        document.ReadExactly(bytes);
        return bytes;
    }
}
