using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;

namespace Chorale.Cli;

/// <summary>
/// The batch form of a command: one JSON object a line in, one a line out, in order, its <c>id</c> kept. A line that fails gives an
/// <c>error</c> and the rest go on.
/// </summary>
static class JsonlBatch
{
    // A conversation may nest as deep as its reader allows (128 levels in a line's own object); the goldens go beyond 64.
    static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 1024 };
    static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1024, SkipValidation = true };

    /// <summary>Writes the properties of one answer into an object that is already open.</summary>
    public delegate ValueTask Answer(JsonElement line, Utf8JsonWriter writer, CancellationToken cancellationToken);

    /// <summary>Answers each line of the input; an empty line is skipped.</summary>
    /// <returns><see cref="ExitCodes.Success"/>: every line was answered, if only by an error.</returns>
    public static async Task<int> RunAsync(CliHost host, Answer answer, CancellationToken cancellationToken)
    {
        InputLines lines = new(host.Input);
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter writer = new(buffer, WriteOptions);
        while (await lines.NextAsync(cancellationToken) is { } line)
        {
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            await AnswerLineAsync(line, answer, buffer, writer, cancellationToken);
            buffer.Write("\n"u8);
            await host.Output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            await host.Output.FlushAsync(cancellationToken);
            buffer.ResetWrittenCount();
        }
        return ExitCodes.Success;
    }

    /// <summary>Answers several lines at the same time; the answers keep the order of the lines, each written as soon as those before it are.</summary>
    /// <param name="host">Whose streams are read and written.</param>
    /// <param name="answer">May be called from several threads at a time.</param>
    /// <param name="parallel">How many lines at a time, at least 1.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <inheritdoc cref="RunAsync(CliHost, Answer, CancellationToken)" path="/returns"/>
    public static async Task<int> RunAsync(CliHost host, Answer answer, int parallel, CancellationToken cancellationToken)
    {
        if (parallel == 1)
            return await RunAsync(host, answer, cancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using SemaphoreSlim room = new(parallel);
        Channel<Task<ArrayBufferWriter<byte>>> answers = Channel.CreateBounded<Task<ArrayBufferWriter<byte>>>(parallel * 8);
#pragma warning disable CA2025 // awaited below, however reading ends
        Task writing = WriteAsync(host, answers.Reader, stop);
#pragma warning restore CA2025
        try
        {
            InputLines lines = new(host.Input);
            while (await lines.NextAsync(stop.Token) is { } line)
            {
                if (line.Span.Trim(" \t\r"u8).IsEmpty)
                    continue;
                byte[] copy = line.ToArray();
                await room.WaitAsync(stop.Token);
                await answers.Writer.WaitToWriteAsync(stop.Token);
#pragma warning disable CA2025 // every task that is begun is written, and the writer awaits them all before the semaphore goes
                answers.Writer.TryWrite(Task.Run(() => AnswerApartAsync(copy, answer, room, stop.Token), CancellationToken.None));
#pragma warning restore CA2025
            }
        }
        finally
        {
            answers.Writer.Complete();
            await writing;
        }
        return ExitCodes.Success;
    }

    static async Task<ArrayBufferWriter<byte>> AnswerApartAsync(byte[] line, Answer answer, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        try
        {
            ArrayBufferWriter<byte> buffer = new();
            using Utf8JsonWriter writer = new(buffer, WriteOptions);
            await AnswerLineAsync(line, answer, buffer, writer, cancellationToken);
            buffer.Write("\n"u8);
            return buffer;
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>Writes answers in order; where one cannot be made or written, nothing more is read, and those in the making are awaited.</summary>
    static async Task WriteAsync(CliHost host, ChannelReader<Task<ArrayBufferWriter<byte>>> answers, CancellationTokenSource stop)
    {
        ExceptionDispatchInfo? failure = null;
        await foreach (Task<ArrayBufferWriter<byte>> answer in answers.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                ArrayBufferWriter<byte> buffer = await answer;
                if (failure is not null)
                    continue;
                await host.Output.WriteAsync(buffer.WrittenMemory, stop.Token);
                await host.Output.FlushAsync(stop.Token);
            }
#pragma warning disable CA1031 // whatever it is reaches the caller when all are done
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
                await stop.CancelAsync();
            }
        }
        failure?.Throw();
    }

    static async ValueTask AnswerLineAsync(ReadOnlyMemory<byte> line, Answer answer, ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        string id = "null";
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, ReadOptions);
            id = IdOf(document.RootElement);
            Open(writer, id);
            await answer(document.RootElement, writer, cancellationToken);
        }
        catch (Exception e) when (LineError.From(e) is { } error)
        {
            buffer.ResetWrittenCount();
            Open(writer, id);
            error.WriteTo(writer);
        }
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    static void Open(Utf8JsonWriter writer, string id)
    {
        writer.Reset();
        writer.WriteStartObject();
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id, skipInputValidation: true);
    }

    static string IdOf(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
            throw new BatchException($"expected a JSON object, found {LineReader.Describe(line)}");
        return line.TryGetProperty("id"u8, out JsonElement id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number ? id.GetRawText() : "null";
    }
}
