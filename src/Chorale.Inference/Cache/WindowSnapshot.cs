using Chorale.Kernels;

namespace Chorale.Inference;

/// <summary>What the sliding layers hold of the window before a position, copied out of their rings.</summary>
sealed class WindowSnapshot : IDisposable
{
    readonly NativeBuffer<byte> _blocks;    // [sliding layers, blocks from the first position of the window on, kvHeads], as they lie in the rings
    readonly int _first;

    /// <summary>Copies the window.</summary>
    /// <param name="position">Where a sequence will be able to go back to.</param>
    /// <param name="first">The first position that an id there sees; the rings hold it and all after it.</param>
    /// <param name="layers">The sliding layers.</param>
    public WindowSnapshot(int position, int first, ReadOnlySpan<LayerKeyValues> layers)
    {
        (Position, _first) = (position, first);
        _blocks = new((long)layers.Length * BlockCount * layers[0].BlocksLength);
        long at = 0;
        foreach (LayerKeyValues layer in layers)
        {
            for (int block = 0; block < BlockCount; block++, at += layer.BlocksLength)
                layer.Blocks(PositionOf(block)).CopyTo(_blocks.Slice(at, layer.BlocksLength));
        }
    }

    /// <summary>Where a sequence can go back to with it.</summary>
    public int Position { get; }

    public long ByteCount => _blocks.Length;

    /// <summary>Puts the window back in its place in the rings of this sequence, or of another.</summary>
    public void CopyTo(ReadOnlySpan<LayerKeyValues> layers)
    {
        long at = 0;
        foreach (LayerKeyValues layer in layers)
        {
            layer.Reserve(_first, Position - _first);
            for (int block = 0; block < BlockCount; block++, at += layer.BlocksLength)
                _blocks.Slice(at, layer.BlocksLength).CopyTo(layer.Blocks(PositionOf(block)));
        }
    }

    public void Dispose() => _blocks.Dispose();

    int BlockCount => Position == _first ? 0 : ((Position - 1) / KeyValueLayout.BlockSlots) - (_first / KeyValueLayout.BlockSlots) + 1;

    int PositionOf(int block) => Math.Max(_first, ((_first / KeyValueLayout.BlockSlots) + block) * KeyValueLayout.BlockSlots);
}
