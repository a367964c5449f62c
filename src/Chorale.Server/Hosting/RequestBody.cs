using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chorale.Server;

/// <summary>Reads bodies within the limits.</summary>
static partial class RequestBody
{
    /// <summary>The JSON object that a request's body is.</summary>
    /// <returns>The document, the caller's to dispose.</returns>
    /// <exception cref="ApiException">413 too large; 400 no UTF-8, no JSON, nested too deep.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(HttpContext context, ServerOptions options)
    {
        byte[] body = await ReadAsync(context, options.MaxBodyBytes);
        if (!Utf8.IsValid(body))
            throw ApiException.Invalid("We could not parse the JSON body of your request: it is not valid UTF-8.", null, "invalid_utf8");
        if (body.Length == 0)
            throw ApiException.Invalid("We could not parse the JSON body of your request: it is empty.", null, "invalid_json");
        if (options.LogContent)
            LogBody(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RequestBody)), context.TraceIdentifier, Encoding.UTF8.GetString(body));
        ReadOnlyMemory<byte> json = body.AsSpan().StartsWith("\uFEFF"u8) ? body.AsMemory(3) : body;
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = options.MaxJsonDepth });
        }
        catch (JsonException e)
        {
            throw new ApiException(400, $"We could not parse the JSON body of your request: {e.Message}", null, "invalid_json", innerException: e);
        }
    }

    static async Task<byte[]> ReadAsync(HttpContext context, long most)
    {
        if (context.Request.ContentLength > most)
            throw TooLarge(most);
        PipeReader reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult read = await ReadMoreAsync(reader, context.RequestAborted);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Length > most)
                throw TooLarge(most);
            if (read.IsCompleted)
            {
                byte[] body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return body;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Whatever goes wrong while a body arrives, a chunk that is none or a connection that ends, is of the client's making.</summary>
    static async ValueTask<ReadResult> ReadMoreAsync(PipeReader reader, CancellationToken aborted)
    {
        try
        {
            return await reader.ReadAsync(aborted);
        }
        catch (Exception e) when (e is not BadHttpRequestException && !aborted.IsCancellationRequested)
        {
            throw new ApiException(400, "The request body could not be read to its end.", null, "invalid_request", innerException: e);
        }
    }

    static ApiException TooLarge(long most) =>
        new(413, string.Create(CultureInfo.InvariantCulture, $"The request body is too large: at most {most} bytes are accepted."), null, "request_too_large");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Id} asks {Body}")]
    static partial void LogBody(ILogger logger, string id, string body);
}
