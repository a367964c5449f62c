using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>The weights of a model as the kernels read them: in place in the mapped files where those hold them so, else in memory of their own.</summary>
/// <remarks>Valid until it or the checkpoint is disposed.</remarks>
sealed class ModelWeights : IDisposable
{
    readonly List<NativeBuffer<byte>> _buffers = [];
    readonly TiledWeights? _tiled;

    ModelWeights(CheckpointWeights source, TiledWeights? tiled)
    {
        _tiled = tiled;
        Embedding = Load(source.Embedding);    // in tiles only where it is the output matrix too
        Layers = [.. source.Layers.Select(Load)];
        FinalNorm = source.FinalNorm;
        Unembedding = source.Unembedding == source.Embedding ? Embedding : Load(source.Unembedding);
    }

    public WeightMatrix Embedding { get; }      // [vocab, hidden]

    public LayerWeights[] Layers { get; }

    public float[] FinalNorm { get; }           // [hidden]

    public WeightMatrix Unembedding { get; }    // [vocab, hidden]

    /// <summary>Maps or reads each matrix.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ModelWeights Load(CheckpointWeights source) => new(source, tiled: null);

    /// <summary>The memory that <see cref="Repack"/> takes.</summary>
    public static long TileBytes(CheckpointWeights source) => Matrices(source).Sum(matrix => TileLayout.ByteCount(matrix.Type, matrix.Rows, matrix.Columns));

    /// <summary>Reads the matrices that can lie in tiles into such, and maps or reads the others.</summary>
    /// <param name="source">The weights; the embedding, of which a token needs one row, stays where it is.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="IOException">A file cannot be read, or the system has no memory for the tiles.</exception>
    public static ModelWeights Repack(CheckpointWeights source, WorkerPool pool)
    {
        TiledWeights tiled = new(Matrices(source));
        try
        {
            tiled.Read(pool);
            return new(source, tiled);
        }
        catch
        {
            tiled.Dispose();
            throw;
        }
    }

    /// <summary>Frees the matrices that do not lie in the files; a forgotten one is freed by its finalizer.</summary>
    public void Dispose()
    {
        _tiled?.Dispose();
        foreach (NativeBuffer<byte> buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }

    LayerWeights Load(CheckpointLayer source) => new()
    {
        Attention = new()
        {
            Norm = source.AttentionNorm,
            Query = Load(source.Query),
            QueryBias = source.QueryBias,
            Key = Load(source.Key),
            KeyBias = source.KeyBias,
            Value = Load(source.Value),
            ValueBias = source.ValueBias,
            Sinks = source.Sinks,
            Output = Load(source.Output),
            OutputBias = source.OutputBias,
        },
        Mixture = new()
        {
            Norm = source.MixtureNorm,
            Router = Load(source.Router),
            RouterBias = source.RouterBias,
            Experts = [.. source.Experts.Select(Load)],
        },
    };

    ExpertWeights Load(CheckpointExpert source) => new()
    {
        Gate = Load(source.Gate),
        GateBias = source.GateBias,
        Up = Load(source.Up),
        UpBias = source.UpBias,
        Down = Load(source.Down),
        DownBias = source.DownBias,
    };

    WeightMatrix Load(MatrixSource source)
    {
        if (_tiled is not null && _tiled.TryGet(source, out WeightMatrix tiles))
            return tiles;
        if (source.TryMap(out WeightMatrix matrix))
            return matrix;
        NativeBuffer<byte> buffer = new(source.Rows * source.RowBytes);
        _buffers.Add(buffer);
        int rowsAtATime = (int)Math.Clamp((1 << 24) / source.RowBytes, 1, source.Rows);
        for (int row = 0; row < source.Rows; row += rowsAtATime)
        {
            int count = Math.Min(rowsAtATime, source.Rows - row);
            source.ReadRows(row, count, buffer.Slice(row * source.RowBytes, checked((int)(count * source.RowBytes))));
        }
        return buffer.Matrix(0, source.Type, source.Rows, source.Columns);
    }

    /// <summary>The matrices that can lie in tiles and of which a token needs all rows, in the order of use.</summary>
    static IEnumerable<MatrixSource> Matrices(CheckpointWeights source) =>
        source.Layers
            .SelectMany(layer => layer.Experts.SelectMany(expert => new[] { expert.Gate, expert.Up, expert.Down }).Prepend(layer.Output).Prepend(layer.Value).Prepend(layer.Key).Prepend(layer.Query))
            .Append(source.Unembedding)
            .Where(matrix => TileLayout.Fits(matrix.Type, matrix.Rows));
}
