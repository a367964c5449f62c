using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary>What becomes of a failure when a stream has begun: it is too late for a status, so the client is told in a frame, and the stream ends.</summary>
static partial class StreamGuard
{
    /// <summary>Runs the rest of a stream.</summary>
    public static async Task RunAsync(SseWriter writer, HttpContext context, ILogger logger, Func<Task> stream)
    {
        try
        {
            await stream();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // whatever it is, the client is told
        catch (Exception e)
#pragma warning restore CA1031
        {
            ApiException error = ErrorMapping.ToApi(e);
            if (error.Status >= StatusCodes.Status500InternalServerError)
                LogFailure(logger, context.TraceIdentifier, e);
            await writer.WriteAsync(eventName: null, new ApiErrorBody(error.Error), ServerJson.Default.ApiErrorBody);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Id} failed in the middle of its stream")]
    static partial void LogFailure(ILogger logger, string id, Exception exception);
}
