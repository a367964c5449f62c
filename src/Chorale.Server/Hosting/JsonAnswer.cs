using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary>Writes answers that are one JSON document.</summary>
static class JsonAnswer
{
    /// <summary>Writes a value with a status.</summary>
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, ServerJson.Relaxed))
            JsonSerializer.Serialize(writer, value, type);
        return WriteRawAsync(context, buffer.WrittenMemory, status);
    }

    /// <summary>Writes what is JSON already with a status.</summary>
    public static async Task WriteRawAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        await response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>Writes a refusal.</summary>
    public static Task WriteErrorAsync(HttpContext context, ApiException error)
    {
        if (error.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = ((int)after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (error.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(context, new ApiErrorBody(error.Error), ServerJson.Default.ApiErrorBody, error.Status);
    }
}
