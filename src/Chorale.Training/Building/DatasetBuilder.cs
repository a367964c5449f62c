using System.Buffers;
using System.Collections.Concurrent;
using Chorale.Harmony;

namespace Chorale.Training;

/// <summary>
/// Builds data sets: reads rows in any of the forms, makes samples and writes them as lines of JSON, in order, with a few blocks of the input in memory. Each call is a run of its
/// own; threads may share a builder.
/// </summary>
public sealed class DatasetBuilder
{
    const int BlockBytes = 256 << 10;   // what it becomes stays in the second cache

    readonly HarmonyEncoding _encoding;
    readonly DatasetOptions _options;
    readonly int _blockBytes;

    /// <summary>A builder.</summary>
    /// <param name="options">Null is the defaults.</param>
    /// <param name="encoding">Null is gpt-oss's.</param>
    /// <exception cref="ArgumentException">Options that contradict each other.</exception>
    public DatasetBuilder(DatasetOptions? options = null, HarmonyEncoding? encoding = null)
        : this(options ?? new(), encoding ?? HarmonyEncoding.Default, BlockBytes)
    {
    }

    internal DatasetBuilder(DatasetOptions options, HarmonyEncoding encoding, int blockBytes)
    {
        _options = options;
        _encoding = encoding;
        _blockBytes = blockBytes;
        if (options is { PackTokens: not null, Output: not DatasetOutput.Ids })
            throw new ArgumentException("Only ids can be packed.", nameof(options));
        if (options is { ResponsesOnly: not null, Output: DatasetOutput.Messages })
            throw new ArgumentException("Messages have no place for a mask of markers.", nameof(options));
        if (options.Splits.Count > 0 && (options.Splits.Any(split => split.Share <= 0) || Math.Abs(options.Splits.Sum(split => split.Share) - 1) > 1e-6))
            throw new ArgumentException("The shares of the parts must each be above 0 and make 1 together.", nameof(options));
    }

    /// <summary>Runs.</summary>
    /// <param name="inputs">The files, one after the other.</param>
    /// <param name="outputs">A stream for each part, one where there are no parts; null only counts.</param>
    /// <param name="onBadRow">Is told of each row that cannot be used, in order.</param>
    /// <param name="onProgress">Is told how much was read of the files together, as they are on disk.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="DatasetException">A bad row where <see cref="DatasetOptions.IsStrict"/>; a file of another kind, or a damaged one.</exception>
    public DatasetStatistics Build(
        IEnumerable<DatasetInput> inputs, IReadOnlyList<Stream>? outputs, Action<RowError>? onBadRow = null, Action<long>? onProgress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (outputs is not null && outputs.Count != Math.Max(1, _options.Splits.Count))
            throw new ArgumentException("There must be one stream for each part.", nameof(outputs));
        Run run = new(_options, outputs, onBadRow);
        ConcurrentBag<BatchWorker> workers = [];
        ConcurrentBag<ArrayBufferWriter<byte>> buffers = [];
        Queue<Task<BatchResult>> working = [];
        long before = 0;
        try
        {
            foreach (DatasetInput input in inputs)
            {
                using DatasetFile file = new(input, _blockBytes);
                while (file.Next() is { } batch)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    working.Enqueue(Start(workers, buffers, batch, file.Name, before + file.BytesRead, outputs is not null));
                    while (working.Count > _options.Threads)
                        Finish();
                }
                before += file.BytesRead;
            }
            while (working.Count > 0)
                Finish();
        }
        finally
        {
            foreach (Task<BatchResult> left in working)
                ((IAsyncResult)left).AsyncWaitHandle.WaitOne();   // they read memory that goes back to the pool
        }
        return run.End();

        void Finish()
        {
            BatchResult result = working.Dequeue().GetAwaiter().GetResult();
            run.Take(result);
            result.Lines.ResetWrittenCount();
            buffers.Add(result.Lines);
            onProgress?.Invoke(result.BytesRead);
        }
    }

    /// <summary>The samples one by one, in order, without duplicates where asked for; parts and packs are not made.</summary>
    /// <param name="inputs">The files, one after the other.</param>
    /// <param name="onBadRow">Is told of each row that cannot be used.</param>
    public IEnumerable<SourcedSample> Read(IEnumerable<DatasetInput> inputs, Action<RowError>? onBadRow = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return ReadEach(inputs, onBadRow);
    }

    IEnumerable<SourcedSample> ReadEach(IEnumerable<DatasetInput> inputs, Action<RowError>? onBadRow)
    {
        BatchWorker worker = new(_encoding, _options, writesLines: false);
        Run run = new(_options, outputs: null, onBadRow);
        foreach (DatasetInput input in inputs)
        {
            using DatasetFile file = new(input, _blockBytes);
            while (file.Next() is { } batch)
            {
                BatchResult result;
                using (batch)
                    result = worker.Work(batch, new BatchResult(file.Name, file.BytesRead, new()));
                foreach (RowResult row in result.Rows)
                    foreach (TrainingSample sample in run.Take(result, row))
                        yield return new(sample, file.Name, row.Record.Line);
            }
        }
    }

    Task<BatchResult> Start(ConcurrentBag<BatchWorker> workers, ConcurrentBag<ArrayBufferWriter<byte>> buffers, RecordBatch batch, string file, long bytesRead, bool writesLines) => Task.Run(() =>
    {
        if (!buffers.TryTake(out ArrayBufferWriter<byte>? lines))
            lines = new(BlockBytes);
        if (!workers.TryTake(out BatchWorker? worker))
            worker = new(_encoding, _options, writesLines);
        using (batch)
        {
            BatchResult result = worker.Work(batch, new BatchResult(file, bytesRead, lines));
            workers.Add(worker);
            return result;
        }
    });

    /// <summary>What happens in order: errors, duplicates, packs, writing, counting.</summary>
    sealed class Run
    {
        readonly DatasetOptions _options;
        readonly IReadOnlyList<Stream>? _outputs;
        readonly Action<RowError>? _onBadRow;
        readonly HashSet<UInt128> _seen = [];
        readonly Packer[] _packers = [];
        readonly DatasetStatistics _statistics = new();

        public Run(DatasetOptions options, IReadOnlyList<Stream>? outputs, Action<RowError>? onBadRow)
        {
            _options = options;
            _outputs = outputs;
            _onBadRow = onBadRow;
            if (options.PackTokens is { } tokens)
                _packers = [.. Enumerable.Range(0, Math.Max(1, options.Splits.Count)).Select(split => new Packer(tokens, samples => WritePack(split, samples)))];
        }

        public void Take(BatchResult batch)
        {
            _statistics.Repairs.Add(batch.Repairs);
            foreach (RowResult row in batch.Rows)
                _ = Take(batch, row);
        }

        /// <summary>Takes a row.</summary>
        /// <returns>Its samples, without those that were there before.</returns>
        public List<TrainingSample> Take(BatchResult batch, RowResult row)
        {
            List<TrainingSample> taken = [];
            _statistics.AddRow(row.Record.Length, row.Form);
            if (row.Problem is { } problem)
            {
                RowError error = new(batch.File, row.Record.Line, problem);
                _statistics.AddBadRow();
                _onBadRow?.Invoke(error);
                if (_options.IsStrict)
                    throw new DatasetException($"stopped at the first bad row, {error}");
                return taken;
            }
            foreach (DropReason reason in row.Dropped)
                _statistics.AddDropped(reason);
            foreach (SampleResult result in row.Samples)
            {
                if (_options.RemoveDuplicates && !_seen.Add(new UInt128(result.First, result.Second)))
                {
                    _statistics.AddDropped(DropReason.Duplicate);
                    continue;
                }
                taken.Add(result.Sample);
                _statistics.AddSample(result.Sample, _options.Splits.Count > 0 ? _options.Splits[result.Split].Name : null);
                if (_packers.Length > 0)
                    _packers[result.Split].Add(result.Sample);
                else
                    _outputs?[result.Split].Write(batch.Lines.WrittenSpan.Slice(result.Start, result.Length));
            }
            return taken;
        }

        public DatasetStatistics End()
        {
            foreach (Packer packer in _packers)
            {
                packer.Flush();
                _statistics.Packs += packer.Packs;
            }
            return _statistics;
        }

        void WritePack(int split, IReadOnlyList<TrainingSample> samples)
        {
            if (_outputs is null)
                return;
            ArrayBufferWriter<byte> line = new();
            SampleLines.WritePack(samples, line);
            _outputs[split].Write(line.WrittenSpan);
        }
    }
}
