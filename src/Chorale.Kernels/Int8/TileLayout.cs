namespace Chorale.Kernels;

/// <summary>Weights in tiles of 16 rows, so that a vector holds the same four columns of 16 rows and sums of 16 rows come out side by side.</summary>
/// <remarks>
/// A tile holds its scales, filled up to a multiple of 64 bytes, then its codes; a matrix is its tiles, so its rows are a multiple of 16.
/// Of each block of 32 columns there are, in MXFP4, four vectors of 64 bytes: byte 4r + i of vector j has the code of row r, column 4j + i in its low half
/// and column 16 + 4j + i in its high half; the scales are 16 bytes a block. In Q8_0 there are eight vectors: byte 4r + i of vector j
/// is row r, column 4j + i, plus 128; the scales are 16 float16 a block.
/// </remarks>
static unsafe class TileLayout
{
    public const int Rows = 16;

    /// <summary>Bytes of codes in one tile.</summary>
    public static long CodeBytes(WeightType type, int columns) => (long)(columns / 32) * (type == WeightType.Mxfp4 ? 256 : 512);

    /// <summary>Bytes of scales in one tile: where its codes begin.</summary>
    public static long ScaleBytes(WeightType type, int columns) => ((long)(columns / 32) * (type == WeightType.Mxfp4 ? 16 : 32) + 63) & ~63L;

    /// <summary>Bytes of one tile.</summary>
    public static long TileBytes(WeightType type, int columns) => ScaleBytes(type, columns) + CodeBytes(type, columns);

    /// <summary>Bytes of a matrix.</summary>
    public static long ByteCount(WeightType type, int rows, int columns) => rows / Rows * TileBytes(type, columns);

    /// <summary>Whether a matrix can be put in tiles.</summary>
    public static bool Fits(WeightType type, int rows) => type is WeightType.Mxfp4 or WeightType.Q8_0 && rows % Rows == 0;

    /// <summary>Puts 16 rows in a tile.</summary>
    /// <param name="rows">The rows one after the other, in the type's row layout.</param>
    /// <param name="type">MXFP4 or Q8_0.</param>
    /// <param name="columns">A multiple of 32.</param>
    /// <param name="tile">Where to; all of it is written.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Pack(ReadOnlySpan<byte> rows, WeightType type, int columns, Span<byte> tile)
    {
        if (!Fits(type, Rows) || rows.Length != Rows * type.RowBytes(columns) || tile.Length != TileBytes(type, columns))
            throw new ArgumentException($"{rows.Length} bytes are not {Rows} rows of {columns} columns of {type} for a tile of {tile.Length} bytes.", nameof(rows));
        fixed (byte* from = rows, to = tile)
            Pack(from, type, columns, to);
    }

    /// <summary>As the other, unchecked.</summary>
    internal static void Pack(byte* rows, WeightType type, int columns, byte* tile)
    {
        if (type == WeightType.Mxfp4)
            PackMxfp4(rows, columns, tile);
        else
            PackQ8(rows, columns, tile);
    }

    static void PackMxfp4(byte* rows, int columns, byte* tile)
    {
        long rowBytes = WeightType.Mxfp4.RowBytes(columns);
        byte* scales = tile;
        new Span<byte>(scales, (int)ScaleBytes(WeightType.Mxfp4, columns)).Clear();
        tile += ScaleBytes(WeightType.Mxfp4, columns);
        for (int block = 0; block < columns / 32; block++, tile += 256, scales += 16, rows += Mxfp4.BlockBytes)
        {
            for (int row = 0; row < Rows; row++)
            {
                byte* from = rows + row * rowBytes;
                scales[row] = from[0];
                for (int j = 0; j < 4; j++)
                    *(uint*)(tile + 64 * j + 4 * row) = *(uint*)(from + 1 + 4 * j);    // GGUF's halves are 16 columns apart, as here
            }
        }
    }

    static void PackQ8(byte* rows, int columns, byte* tile)
    {
        long rowBytes = WeightType.Q8_0.RowBytes(columns);
        byte* scales = tile;
        new Span<byte>(scales, (int)ScaleBytes(WeightType.Q8_0, columns)).Clear();
        tile += ScaleBytes(WeightType.Q8_0, columns);
        for (int block = 0; block < columns / 32; block++, tile += 512, scales += 32, rows += Q8Block.BlockBytes)
        {
            for (int row = 0; row < Rows; row++)
            {
                byte* from = rows + row * rowBytes;
                *(ushort*)(scales + 2 * row) = *(ushort*)from;
                for (int j = 0; j < 8; j++)
                    *(uint*)(tile + 64 * j + 4 * row) = *(uint*)(from + 2 + 4 * j) ^ 0x8080_8080;
            }
        }
    }

    /// <summary>Decodes one row, exactly.</summary>
    /// <param name="tile">The tile that holds it.</param>
    /// <param name="type">MXFP4 or Q8_0.</param>
    /// <param name="row">In the tile, 0 to 15.</param>
    /// <param name="columns">A multiple of 32.</param>
    /// <param name="y">Result, shape [columns].</param>
    internal static void DecodeRow(byte* tile, WeightType type, int row, int columns, float* y)
    {
        byte* scales = tile;
        tile += ScaleBytes(type, columns);
        ReadOnlySpan<float> values = Mxfp4.CodeValues;
        for (int block = 0; block < columns / 32; block++, y += 32)
        {
            if (type == WeightType.Mxfp4)
            {
                float scale = Mxfp4.Scale(scales[16 * block + row]);
                for (int i = 0; i < 16; i++)
                {
                    byte code = tile[256L * block + i / 4 * 64 + 4 * row + i % 4];
                    y[i] = values[code & 15] * scale;
                    y[16 + i] = values[code >> 4] * scale;
                }
            }
            else
            {
                float scale = Float16.ToSingle(((ushort*)scales)[16 * block + row]);
                for (int i = 0; i < 32; i++)
                    y[i] = (sbyte)(tile[512L * block + i / 4 * 64 + 4 * row + i % 4] ^ 0x80) * scale;
            }
        }
    }
}
