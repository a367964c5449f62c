using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <remarks>
/// Many tokens: 16 rows are decoded to float32 once, into memory that stays in the second-level cache, and used for all tokens. A group of tokens
/// walks through the columns in pieces that fit the first-level cache; a tile of 4 rows by 6 tokens (3 where there are but 16 registers)
/// keeps its sums in registers through a piece, and in memory, lane by lane, between pieces. Lanes are added up once at the end,
/// 16 sums at a time.
/// </remarks>
static unsafe partial class MatMul
{
    const int TileRows = 16;
    const int TileTokens = 6;
    const int PieceColumns = 768;

    static void RowsManyTokens<TWidth, TVector>(SimdLevel level, in WeightMatrix w, float* bias, float* x, int tokens, float* y, int yStride, int rowStart, int rowEnd)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int columns = w.Columns;
        int whole = columns / TWidth.Count * TWidth.Count;
        int stride = (columns + 15) / 16 * 16 + 16;   // sixteen more, so that rows do not fall on the same cache sets
        float* sums = Scratch.Floats(checked(TileTokens * TileRows * TWidth.Count + TileRows * stride));
        float* tile = sums + TileTokens * TileRows * TWidth.Count;
        float* sixteen = stackalloc float[TileRows];

        for (int row = rowStart; row < rowEnd; row += TileRows)
        {
            int rows = Math.Min(TileRows, rowEnd - row);
            for (int i = 0; i < TileRows; i++)
                if (i < rows)
                    Dequantize.Row(level, w.Type, w.Row(row + i), columns, tile + i * stride);
                else
                    new Span<float>(tile + i * stride, columns).Clear();

            for (int token = 0; token < tokens; token += TileTokens)
            {
                int group = Math.Min(TileTokens, tokens - token);
                float* xs = x + (long)token * columns;
                new Span<float>(sums, group * TileRows * TWidth.Count).Clear();
                for (int c = 0; c < whole; c += PieceColumns)
                    AddPiece<TWidth, TVector>(tile + c, stride, xs + c, columns, group, Math.Min(PieceColumns, whole - c), sums);

                for (int t = 0; t < group; t++)
                {
                    TWidth.Sum16(sums + t * TileRows * TWidth.Count, sixteen);
                    float* to = y + (long)(token + t) * yStride + row;
                    for (int r = 0; r < rows; r++)
                    {
                        float sum = sixteen[r];
                        for (int c = whole; c < columns; c++)
                            sum += tile[r * stride + c] * xs[t * columns + c];
                        to[r] = bias is null ? sum : sum + bias[row + r];
                    }
                }
            }
        }
    }

    static void AddPiece<TWidth, TVector>(float* tile, int stride, float* x, int xStride, int tokens, int columns, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        for (int row = 0; row < TileRows; row += 4)
        {
            float* w = tile + row * stride;
            float* to = sums + row * TWidth.Count;
            int t = 0;
            if (TWidth.Count == 16)
                for (; t + 6 <= tokens; t += 6)
                    Tile4x6<TWidth, TVector>(w, stride, x + t * xStride, xStride, columns, to + t * TileRows * TWidth.Count);
            for (; t + 3 <= tokens; t += 3)
                Tile4x3<TWidth, TVector>(w, stride, x + t * xStride, xStride, columns, to + t * TileRows * TWidth.Count);
            for (; t < tokens; t++)
                Tile4x1<TWidth, TVector>(w, stride, x + t * xStride, columns, to + t * TileRows * TWidth.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile4x6<TWidth, TVector>(float* w, int stride, float* x, int xStride, int columns, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        float* w0 = w, w1 = w + stride, w2 = w + 2 * stride, w3 = w + 3 * stride;
        float* x0 = x, x1 = x + xStride, x2 = x + 2 * xStride, x3 = x + 3 * xStride, x4 = x + 4 * xStride, x5 = x + 5 * xStride;
        int next = TileRows * TWidth.Count;
        TVector s00 = TWidth.Load(sums), s01 = TWidth.Load(sums + TWidth.Count),
            s02 = TWidth.Load(sums + 2 * TWidth.Count), s03 = TWidth.Load(sums + 3 * TWidth.Count);
        TVector s10 = TWidth.Load(sums + next), s11 = TWidth.Load(sums + next + TWidth.Count),
            s12 = TWidth.Load(sums + next + 2 * TWidth.Count), s13 = TWidth.Load(sums + next + 3 * TWidth.Count);
        TVector s20 = TWidth.Load(sums + 2 * next), s21 = TWidth.Load(sums + 2 * next + TWidth.Count),
            s22 = TWidth.Load(sums + 2 * next + 2 * TWidth.Count), s23 = TWidth.Load(sums + 2 * next + 3 * TWidth.Count);
        TVector s30 = TWidth.Load(sums + 3 * next), s31 = TWidth.Load(sums + 3 * next + TWidth.Count),
            s32 = TWidth.Load(sums + 3 * next + 2 * TWidth.Count), s33 = TWidth.Load(sums + 3 * next + 3 * TWidth.Count);
        TVector s40 = TWidth.Load(sums + 4 * next), s41 = TWidth.Load(sums + 4 * next + TWidth.Count),
            s42 = TWidth.Load(sums + 4 * next + 2 * TWidth.Count), s43 = TWidth.Load(sums + 4 * next + 3 * TWidth.Count);
        TVector s50 = TWidth.Load(sums + 5 * next), s51 = TWidth.Load(sums + 5 * next + TWidth.Count),
            s52 = TWidth.Load(sums + 5 * next + 2 * TWidth.Count), s53 = TWidth.Load(sums + 5 * next + 3 * TWidth.Count);
        for (int c = 0; c < columns; c += TWidth.Count)
        {
            TVector v0 = TWidth.Load(x0 + c), v1 = TWidth.Load(x1 + c), v2 = TWidth.Load(x2 + c), v3 = TWidth.Load(x3 + c), v4 = TWidth.Load(x4 + c), v5 = TWidth.Load(x5 + c);
            TVector u0 = TWidth.Load(w0 + c);
            s00 = TWidth.MultiplyAdd(u0, v0, s00);
            s10 = TWidth.MultiplyAdd(u0, v1, s10);
            s20 = TWidth.MultiplyAdd(u0, v2, s20);
            s30 = TWidth.MultiplyAdd(u0, v3, s30);
            s40 = TWidth.MultiplyAdd(u0, v4, s40);
            s50 = TWidth.MultiplyAdd(u0, v5, s50);
            TVector u1 = TWidth.Load(w1 + c);
            s01 = TWidth.MultiplyAdd(u1, v0, s01);
            s11 = TWidth.MultiplyAdd(u1, v1, s11);
            s21 = TWidth.MultiplyAdd(u1, v2, s21);
            s31 = TWidth.MultiplyAdd(u1, v3, s31);
            s41 = TWidth.MultiplyAdd(u1, v4, s41);
            s51 = TWidth.MultiplyAdd(u1, v5, s51);
            TVector u2 = TWidth.Load(w2 + c);
            s02 = TWidth.MultiplyAdd(u2, v0, s02);
            s12 = TWidth.MultiplyAdd(u2, v1, s12);
            s22 = TWidth.MultiplyAdd(u2, v2, s22);
            s32 = TWidth.MultiplyAdd(u2, v3, s32);
            s42 = TWidth.MultiplyAdd(u2, v4, s42);
            s52 = TWidth.MultiplyAdd(u2, v5, s52);
            TVector u3 = TWidth.Load(w3 + c);
            s03 = TWidth.MultiplyAdd(u3, v0, s03);
            s13 = TWidth.MultiplyAdd(u3, v1, s13);
            s23 = TWidth.MultiplyAdd(u3, v2, s23);
            s33 = TWidth.MultiplyAdd(u3, v3, s33);
            s43 = TWidth.MultiplyAdd(u3, v4, s43);
            s53 = TWidth.MultiplyAdd(u3, v5, s53);
        }
        TWidth.Store(s00, sums);
        TWidth.Store(s01, sums + TWidth.Count);
        TWidth.Store(s02, sums + 2 * TWidth.Count);
        TWidth.Store(s03, sums + 3 * TWidth.Count);
        TWidth.Store(s10, sums + next);
        TWidth.Store(s11, sums + next + TWidth.Count);
        TWidth.Store(s12, sums + next + 2 * TWidth.Count);
        TWidth.Store(s13, sums + next + 3 * TWidth.Count);
        TWidth.Store(s20, sums + 2 * next);
        TWidth.Store(s21, sums + 2 * next + TWidth.Count);
        TWidth.Store(s22, sums + 2 * next + 2 * TWidth.Count);
        TWidth.Store(s23, sums + 2 * next + 3 * TWidth.Count);
        TWidth.Store(s30, sums + 3 * next);
        TWidth.Store(s31, sums + 3 * next + TWidth.Count);
        TWidth.Store(s32, sums + 3 * next + 2 * TWidth.Count);
        TWidth.Store(s33, sums + 3 * next + 3 * TWidth.Count);
        TWidth.Store(s40, sums + 4 * next);
        TWidth.Store(s41, sums + 4 * next + TWidth.Count);
        TWidth.Store(s42, sums + 4 * next + 2 * TWidth.Count);
        TWidth.Store(s43, sums + 4 * next + 3 * TWidth.Count);
        TWidth.Store(s50, sums + 5 * next);
        TWidth.Store(s51, sums + 5 * next + TWidth.Count);
        TWidth.Store(s52, sums + 5 * next + 2 * TWidth.Count);
        TWidth.Store(s53, sums + 5 * next + 3 * TWidth.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile4x3<TWidth, TVector>(float* w, int stride, float* x, int xStride, int columns, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        float* w0 = w, w1 = w + stride, w2 = w + 2 * stride, w3 = w + 3 * stride;
        float* x0 = x, x1 = x + xStride, x2 = x + 2 * xStride;
        int next = TileRows * TWidth.Count;
        TVector s00 = TWidth.Load(sums), s01 = TWidth.Load(sums + TWidth.Count),
            s02 = TWidth.Load(sums + 2 * TWidth.Count), s03 = TWidth.Load(sums + 3 * TWidth.Count);
        TVector s10 = TWidth.Load(sums + next), s11 = TWidth.Load(sums + next + TWidth.Count),
            s12 = TWidth.Load(sums + next + 2 * TWidth.Count), s13 = TWidth.Load(sums + next + 3 * TWidth.Count);
        TVector s20 = TWidth.Load(sums + 2 * next), s21 = TWidth.Load(sums + 2 * next + TWidth.Count),
            s22 = TWidth.Load(sums + 2 * next + 2 * TWidth.Count), s23 = TWidth.Load(sums + 2 * next + 3 * TWidth.Count);
        for (int c = 0; c < columns; c += TWidth.Count)
        {
            TVector v0 = TWidth.Load(x0 + c), v1 = TWidth.Load(x1 + c), v2 = TWidth.Load(x2 + c);
            TVector u0 = TWidth.Load(w0 + c);
            s00 = TWidth.MultiplyAdd(u0, v0, s00);
            s10 = TWidth.MultiplyAdd(u0, v1, s10);
            s20 = TWidth.MultiplyAdd(u0, v2, s20);
            TVector u1 = TWidth.Load(w1 + c);
            s01 = TWidth.MultiplyAdd(u1, v0, s01);
            s11 = TWidth.MultiplyAdd(u1, v1, s11);
            s21 = TWidth.MultiplyAdd(u1, v2, s21);
            TVector u2 = TWidth.Load(w2 + c);
            s02 = TWidth.MultiplyAdd(u2, v0, s02);
            s12 = TWidth.MultiplyAdd(u2, v1, s12);
            s22 = TWidth.MultiplyAdd(u2, v2, s22);
            TVector u3 = TWidth.Load(w3 + c);
            s03 = TWidth.MultiplyAdd(u3, v0, s03);
            s13 = TWidth.MultiplyAdd(u3, v1, s13);
            s23 = TWidth.MultiplyAdd(u3, v2, s23);
        }
        TWidth.Store(s00, sums);
        TWidth.Store(s01, sums + TWidth.Count);
        TWidth.Store(s02, sums + 2 * TWidth.Count);
        TWidth.Store(s03, sums + 3 * TWidth.Count);
        TWidth.Store(s10, sums + next);
        TWidth.Store(s11, sums + next + TWidth.Count);
        TWidth.Store(s12, sums + next + 2 * TWidth.Count);
        TWidth.Store(s13, sums + next + 3 * TWidth.Count);
        TWidth.Store(s20, sums + 2 * next);
        TWidth.Store(s21, sums + 2 * next + TWidth.Count);
        TWidth.Store(s22, sums + 2 * next + 2 * TWidth.Count);
        TWidth.Store(s23, sums + 2 * next + 3 * TWidth.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile4x1<TWidth, TVector>(float* w, int stride, float* x, int columns, float* sums)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        float* w0 = w, w1 = w + stride, w2 = w + 2 * stride, w3 = w + 3 * stride;
        float* x0 = x;
        TVector s00 = TWidth.Load(sums), s01 = TWidth.Load(sums + TWidth.Count),
            s02 = TWidth.Load(sums + 2 * TWidth.Count), s03 = TWidth.Load(sums + 3 * TWidth.Count);
        for (int c = 0; c < columns; c += TWidth.Count)
        {
            TVector v0 = TWidth.Load(x0 + c);
            TVector u0 = TWidth.Load(w0 + c);
            s00 = TWidth.MultiplyAdd(u0, v0, s00);
            TVector u1 = TWidth.Load(w1 + c);
            s01 = TWidth.MultiplyAdd(u1, v0, s01);
            TVector u2 = TWidth.Load(w2 + c);
            s02 = TWidth.MultiplyAdd(u2, v0, s02);
            TVector u3 = TWidth.Load(w3 + c);
            s03 = TWidth.MultiplyAdd(u3, v0, s03);
        }
        TWidth.Store(s00, sums);
        TWidth.Store(s01, sums + TWidth.Count);
        TWidth.Store(s02, sums + 2 * TWidth.Count);
        TWidth.Store(s03, sums + 3 * TWidth.Count);
    }
}
