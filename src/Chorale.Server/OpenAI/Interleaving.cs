using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Chorale.Server;

/// <summary>Several streams as one, each item as soon as it is there.</summary>
static class Interleaving
{
    /// <summary>Items that wait for the reader before the streams do.</summary>
    const int Capacity = 64;

    /// <summary>Reads all streams, so many at a time. Where one fails, or the reader stops, the others end too before this does.</summary>
    public static IAsyncEnumerable<T> Of<T>(IReadOnlyList<IAsyncEnumerable<T>> streams, int parallel, CancellationToken cancellationToken) =>
        streams is [{ } only] ? only : Merge(streams, parallel, cancellationToken);

    static async IAsyncEnumerable<T> Merge<T>(IReadOnlyList<IAsyncEnumerable<T>> streams, int parallel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<T> items = Channel.CreateBounded<T>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        Task reading = ReadAll(streams, items.Writer, parallel, stop.Token);
        try
        {
            await foreach (T item in items.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task ReadAll<T>(IReadOnlyList<IAsyncEnumerable<T>> streams, ChannelWriter<T> writer, int parallel, CancellationToken cancellationToken)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = Math.Max(1, parallel), CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(streams, options, async (stream, token) =>
            {
                await foreach (T item in stream.WithCancellation(token))
                    await writer.WriteAsync(item, token);
            });
            writer.Complete();
        }
#pragma warning disable CA1031 // whatever it is, the reader gets it
        catch (Exception e)
#pragma warning restore CA1031
        {
            writer.Complete(e is AggregateException { InnerException: { } inner } ? inner : e);
        }
    }
}
