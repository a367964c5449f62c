using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Chorale.Server;

/// <summary>Writes a stream of server-sent events: each frame whole, in one flush; comments where it is quiet for long.</summary>
sealed class SseWriter : IAsyncDisposable
{
    readonly PipeWriter _body;
    readonly Utf8JsonWriter _json;
    readonly SemaphoreSlim _writing = new(1, 1);
    readonly CancellationToken _aborted;
    readonly ITimer _timer;
    bool _wasQuiet;
    bool _isClosed;

    SseWriter(HttpContext context, ServerOptions options)
    {
        _body = context.Response.BodyWriter;
        _json = new(_body, ServerJson.Relaxed);
        _aborted = context.RequestAborted;
        _timer = options.TimeProvider.CreateTimer(static writer => ((SseWriter)writer!).Tick(), this, options.KeepAlive / 2, options.KeepAlive / 2);
    }

    /// <summary>Begins the stream: status and headers go out at once.</summary>
    public static async Task<SseWriter> StartAsync(HttpContext context, ServerOptions options)
    {
        HttpResponse response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.StartAsync(context.RequestAborted);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
        return new(context, options);
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="eventName">Its <c>event:</c> line; null writes none.</param>
    /// <param name="value">Its data.</param>
    /// <param name="type">How the data is written.</param>
    public async ValueTask WriteAsync<T>(string? eventName, T value, JsonTypeInfo<T> type)
    {
        await _writing.WaitAsync(_aborted);
        try
        {
            Begin(eventName);
            JsonSerializer.Serialize(_json, value, type);
            await EndAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes a frame whose data is JSON already.</summary>
    /// <param name="eventName">Its <c>event:</c> line; null writes none.</param>
    /// <param name="json">Its data, on one line.</param>
    public async ValueTask WriteRawAsync(string? eventName, ReadOnlyMemory<byte> json)
    {
        await _writing.WaitAsync(_aborted);
        try
        {
            Begin(eventName);
            _body.Write(json.Span);
            await EndAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes <c>data: [DONE]</c>.</summary>
    public ValueTask WriteDoneAsync() => WriteRawAsync(null, "[DONE]"u8.ToArray());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _writing.WaitAsync(CancellationToken.None);
        _isClosed = true;
        await _json.DisposeAsync();
        _writing.Release();
    }

    void Begin(string? eventName)
    {
        _wasQuiet = false;
        if (eventName is not null)
        {
            _body.Write("event: "u8);
            Encoding.UTF8.GetBytes(eventName, _body);
            _body.Write("\n"u8);
        }
        _body.Write("data: "u8);
        _json.Reset(_body);
    }

    async ValueTask EndAsync()
    {
        if (_json.BytesPending > 0)
            _json.Flush();
        _body.Write("\n\n"u8);
        FlushResult flushed = await _body.FlushAsync(_aborted);
        if (flushed.IsCompleted)
            _aborted.ThrowIfCancellationRequested();
    }

    void Tick()
    {
        if (!_wasQuiet)
        {
            _wasQuiet = true;
            return;
        }
        if (_writing.Wait(0, CancellationToken.None))
            _ = WriteCommentAsync();
    }

    async Task WriteCommentAsync()
    {
        try
        {
            if (_isClosed)
                return;
            _body.Write(": keep-alive\n\n"u8);
            await _body.FlushAsync(_aborted);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException)
        {
            // The client is gone; whoever writes next finds out.
        }
        finally
        {
            _writing.Release();
        }
    }
}
