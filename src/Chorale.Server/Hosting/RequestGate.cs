using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary>What every request passes: it gets an id, its key is checked, its errors take OpenAI's shape, it is counted and logged.</summary>
sealed partial class RequestGate(ServerState state, ILogger<RequestGate> logger)
{
    const string IdHeader = "x-request-id";

    readonly ApiKeyCheck _keys = new(state.Options.ApiKeys);

    /// <summary>Lets a request through to what is behind.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        long since = state.Time.GetTimestamp();
        string id = $"req_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        context.TraceIdentifier = id;
        context.Response.Headers[IdHeader] = id;
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["openai-processing-ms"] = ((long)state.Time.GetElapsedTime(since).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        try
        {
            _keys.Require(context.Request);
            await next(context);
            await DescribeAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;   // nobody reads it; it is for the log
        }
        catch (Exception e)
        {
            await RefuseAsync(context, e);
        }
        finally
        {
            TimeSpan duration = state.Time.GetElapsedTime(since);
            state.Metrics.RecordRequest(RouteOf(context), context.Response.StatusCode, duration);
            LogRequest(context.Request.Method, RouteOf(context), context.Response.StatusCode, duration.TotalMilliseconds, id);
        }
    }

    /// <summary>Routing's own refusals have no body: they get one.</summary>
    static async Task DescribeAsync(HttpContext context)
    {
        if (context.Response.HasStarted || context.Response.ContentLength is not null || context.Response.ContentType is not null)
            return;
        string what = $"{context.Request.Method} {context.Request.Path}";
        ApiException? error = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiException.NotFound($"Unknown request URL: {what}. Please check the URL for typos.", code: "unknown_url"),
            StatusCodes.Status405MethodNotAllowed => new(405, $"Not allowed to {what}.", null, "method_not_allowed"),
            _ => null,
        };
        if (error is not null)
            await JsonAnswer.WriteErrorAsync(context, error);
    }

    async Task RefuseAsync(HttpContext context, Exception exception)
    {
        ApiException error = ErrorMapping.ToApi(exception);
        if (error.Status >= StatusCodes.Status500InternalServerError)
            LogFailure(context.TraceIdentifier, exception);
        if (context.Response.HasStarted)
            context.Abort();    // it is too late for a status: the client must not take what came for the whole
        else
            await JsonAnswer.WriteErrorAsync(context, error);
    }

    /// <summary>The route, not the path, so that ids do not multiply what is counted.</summary>
    static string RouteOf(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } ? pattern : "(none)";

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Route} {Status} in {Milliseconds:F1} ms, {Id}")]
    partial void LogRequest(string method, string route, int status, double milliseconds, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Id} failed")]
    partial void LogFailure(string id, Exception exception);
}
