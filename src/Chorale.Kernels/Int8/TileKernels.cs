using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>Tiles times tokens: for each row of a tile, <c>y = bias + sum over blocks of (sum of q_w * q_x) * (scale_w * scale_x)</c>.</summary>
/// <remarks>
/// The inner sums are exact integers, the outer one runs over the blocks in order: each level, each number of tokens and of tiles gives the same bits
/// (on a CPU that fuses multiply and add). What differs is how many tokens share a vector of weights once it is loaded.
/// </remarks>
static unsafe class TileKernels
{
    const int Kinds = 3, Tiles = 2, MostTokens = 8;

    static readonly byte* Constants = CreateConstants();
    static readonly delegate* unmanaged[SuppressGCTransition]<TileCall*, void>[] Emitted = Emit();

    /// <summary>What this CPU has, slowest first.</summary>
    public static IReadOnlyList<DotLevel> Supported { get; } = [.. Enum.GetValues<DotLevel>().Where(IsSupported)];

    /// <summary>The fastest level of this CPU, or what <c>CHORALE_SIMD</c> (a name of either enumeration) asks for where that is slower.</summary>
    public static readonly DotLevel Level = Choose(Environment.GetEnvironmentVariable("CHORALE_SIMD"), Supported);

    internal static DotLevel Choose(string? asked, IReadOnlyList<DotLevel> supported) =>
        Enum.TryParse(asked, ignoreCase: true, out DotLevel level) && Enum.IsDefined(level) ? supported.Last(other => other <= level) : supported[^1];

    /// <summary>The most tokens that one call may have.</summary>
    public static int MaxTokens(DotLevel level, int tiles) => level == DotLevel.Vnni512 ? TileEmitter.MaxTokens(tiles) : 4;

    /// <summary>Runs a kernel; nothing is checked here.</summary>
    /// <param name="level">One of <see cref="Supported"/>.</param>
    /// <param name="kind">How the weights lie.</param>
    /// <param name="tiles">1, or 2 for unpacked and Q8_0 weights.</param>
    /// <param name="tokens">1 to <see cref="MaxTokens"/>.</param>
    /// <param name="call">Where all lies.</param>
    public static void Run(DotLevel level, TileKind kind, int tiles, int tokens, TileCall* call)
    {
        if (level == DotLevel.Vnni512)
        {
            call->Constants = Constants;
            Emitted[Index(kind, tiles, tokens)](call);
            return;
        }
        TileCall one = *call;
        for (int tile = 0; tile < tiles; tile++)
        {
            RunTile(level, kind, tokens, &one);
            one.Codes += one.CodesStride;
            one.Scales += one.ScalesStride;
            one.Y += TileLayout.Rows;
            one.Bias += TileLayout.Rows;
        }
    }

    /// <summary>Unpacks the codes of a tile of MXFP4 to bytes: twice the value, plus 12.</summary>
    /// <param name="level">One of <see cref="Supported"/>.</param>
    /// <param name="codes">256 bytes a block.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="bytes">512 bytes a block.</param>
    public static void Unpack(DotLevel level, byte* codes, int blocks, byte* bytes)
    {
        if (level >= DotLevel.Vector512)
            Unpack512(codes, blocks, bytes);
        else
            UnpackScalar(codes, blocks, bytes);
    }

    static void RunTile(DotLevel level, TileKind kind, int tokens, TileCall* call)
    {
        switch (level)
        {
            case DotLevel.Vector512: RunTokens<Tile512, Vector512<int>, Vector512<float>>(kind, tokens, call); break;
            case DotLevel.Vnni256: RunTokens<TileVnni256, Vector256<int>, Vector256<float>>(kind, tokens, call); break;
            case DotLevel.Vector256: RunTokens<Tile256, Vector256<int>, Vector256<float>>(kind, tokens, call); break;
            case DotLevel.Vector128: RunTokens<Tile128, Vector128<int>, Vector128<float>>(kind, tokens, call); break;
            default: RunScalar(kind, tokens, call); break;
        }
    }

    static void RunTokens<TTile, TInt, TFloat>(TileKind kind, int tokens, TileCall* call)
        where TTile : ITileWidth<TInt, TFloat>
        where TInt : struct
        where TFloat : struct
    {
        for (int row = 0; row < TileLayout.Rows; row += TTile.Rows)
        {
            int token = 0;
            if (tokens == 4)
            {
                FourTokens<TTile, TInt, TFloat>(kind, row, call);
                token = 4;
            }
            for (; token < tokens; token++)
                OneToken<TTile, TInt, TFloat>(kind, row, token, call);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void OneToken<TTile, TInt, TFloat>(TileKind kind, int row, int token, TileCall* call)
        where TTile : ITileWidth<TInt, TFloat>
        where TInt : struct
        where TFloat : struct
    {
        byte* codes = call->Codes + 4 * row, x = call->X + token * call->XStride;
        byte* scales = call->Scales + (kind == TileKind.Q8 ? 2 * row : row);
        TFloat sum = default;
        for (nint block = call->Blocks; block > 0; block--, x += QuantizedRow.RecordBytes)
        {
            byte* q = x + QuantizedRow.ValuesOffset;
            TFloat scale = TTile.Broadcast(*(float*)(x + QuantizedRow.ScaleOffset));
            if (kind == TileKind.Q8)
            {
                TInt dot = TTile.StartQ8(x);
                for (int j = 0; j < 8; j++)
                    dot = TTile.DotQ8(dot, TTile.Load(codes + 64 * j), q + 4 * j);
                sum = TTile.MultiplyAdd(TTile.FinishQ8(dot), TTile.Multiply(TTile.ScalesQ8(scales), scale), sum);
                codes += 512;
                scales += 32;
                continue;
            }
            TInt dot4 = TTile.StartFp4(x);
            if (kind == TileKind.Mxfp4)
            {
                for (int j = 0; j < 4; j++)
                {
                    TInt packed = TTile.Load(codes + 64 * j);
                    dot4 = TTile.DotFp4(dot4, TTile.LowFp4(packed), q + 4 * j);
                    dot4 = TTile.DotFp4(dot4, TTile.HighFp4(packed), q + 16 + 4 * j);
                }
                codes += 256;
            }
            else
            {
                for (int j = 0; j < 8; j++)
                    dot4 = TTile.DotFp4(dot4, TTile.Load(codes + 64 * j), q + 4 * j);
                codes += 512;
            }
            sum = TTile.MultiplyAdd(TTile.FinishFp4(dot4), TTile.Multiply(TTile.ScalesFp4(scales), scale), sum);
            scales += 16;
        }
        Store<TTile, TInt, TFloat>(kind, sum, row, token, call);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FourTokens<TTile, TInt, TFloat>(TileKind kind, int row, TileCall* call)
        where TTile : ITileWidth<TInt, TFloat>
        where TInt : struct
        where TFloat : struct
    {
        nint stride = call->XStride;
        byte* codes = call->Codes + 4 * row, x = call->X;
        byte* scales = call->Scales + (kind == TileKind.Q8 ? 2 * row : row);
        TFloat sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        for (nint block = call->Blocks; block > 0; block--, x += QuantizedRow.RecordBytes)
        {
            byte* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
            const int Q = QuantizedRow.ValuesOffset;
            TFloat scale, dot0, dot1, dot2, dot3;
            if (kind == TileKind.Q8)
            {
                TInt a = TTile.StartQ8(x), b = TTile.StartQ8(x1), c = TTile.StartQ8(x2), d = TTile.StartQ8(x3);
                for (int j = 0; j < 8; j++)
                {
                    TInt w = TTile.Load(codes + 64 * j);
                    a = TTile.DotQ8(a, w, x + Q + 4 * j);
                    b = TTile.DotQ8(b, w, x1 + Q + 4 * j);
                    c = TTile.DotQ8(c, w, x2 + Q + 4 * j);
                    d = TTile.DotQ8(d, w, x3 + Q + 4 * j);
                }
                (dot0, dot1, dot2, dot3) = (TTile.FinishQ8(a), TTile.FinishQ8(b), TTile.FinishQ8(c), TTile.FinishQ8(d));
                scale = TTile.ScalesQ8(scales);
                codes += 512;
                scales += 32;
            }
            else
            {
                TInt a = TTile.StartFp4(x), b = TTile.StartFp4(x1), c = TTile.StartFp4(x2), d = TTile.StartFp4(x3);
                for (int j = 0; j < 8; j++)
                {
                    TInt w = kind == TileKind.Mxfp4Bytes ? TTile.Load(codes + 64 * j)
                        : j < 4 ? TTile.LowFp4(TTile.Load(codes + 64 * j)) : TTile.HighFp4(TTile.Load(codes + 64 * j - 256));
                    a = TTile.DotFp4(a, w, x + Q + 4 * j);
                    b = TTile.DotFp4(b, w, x1 + Q + 4 * j);
                    c = TTile.DotFp4(c, w, x2 + Q + 4 * j);
                    d = TTile.DotFp4(d, w, x3 + Q + 4 * j);
                }
                (dot0, dot1, dot2, dot3) = (TTile.FinishFp4(a), TTile.FinishFp4(b), TTile.FinishFp4(c), TTile.FinishFp4(d));
                scale = TTile.ScalesFp4(scales);
                codes += kind == TileKind.Mxfp4Bytes ? 512 : 256;
                scales += 16;
            }
            sum0 = TTile.MultiplyAdd(dot0, TTile.Multiply(scale, TTile.Broadcast(*(float*)(x + QuantizedRow.ScaleOffset))), sum0);
            sum1 = TTile.MultiplyAdd(dot1, TTile.Multiply(scale, TTile.Broadcast(*(float*)(x1 + QuantizedRow.ScaleOffset))), sum1);
            sum2 = TTile.MultiplyAdd(dot2, TTile.Multiply(scale, TTile.Broadcast(*(float*)(x2 + QuantizedRow.ScaleOffset))), sum2);
            sum3 = TTile.MultiplyAdd(dot3, TTile.Multiply(scale, TTile.Broadcast(*(float*)(x3 + QuantizedRow.ScaleOffset))), sum3);
        }
        Store<TTile, TInt, TFloat>(kind, sum0, row, 0, call);
        Store<TTile, TInt, TFloat>(kind, sum1, row, 1, call);
        Store<TTile, TInt, TFloat>(kind, sum2, row, 2, call);
        Store<TTile, TInt, TFloat>(kind, sum3, row, 3, call);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TTile, TInt, TFloat>(TileKind kind, TFloat sum, int row, int token, TileCall* call)
        where TTile : ITileWidth<TInt, TFloat>
        where TInt : struct
        where TFloat : struct
    {
        // MXFP4's doubled values are halved here.
        TFloat y = TTile.MultiplyAdd(sum, TTile.Broadcast(kind == TileKind.Q8 ? 1f : 0.5f), TTile.LoadFloats(call->Bias + row));
        TTile.Store(y, (float*)((byte*)call->Y + token * call->YStride) + row);
    }

    static void RunScalar(TileKind kind, int tokens, TileCall* call)
    {
        ReadOnlySpan<byte> values = Fp4PlusTwelve;
        for (int token = 0; token < tokens; token++)
        {
            for (int row = 0; row < TileLayout.Rows; row++)
            {
                byte* codes = call->Codes + 4 * row, x = call->X + token * call->XStride;
                float sum = 0;
                for (int block = 0; block < call->Blocks; block++, x += QuantizedRow.RecordBytes)
                {
                    sbyte* q = (sbyte*)(x + QuantizedRow.ValuesOffset);
                    int dot = 0;
                    for (int column = 0; column < 32; column++)
                    {
                        int at = column / 4 * 64 + column % 4;
                        int weight = kind switch
                        {
                            TileKind.Q8 => codes[at] - 128,
                            TileKind.Mxfp4Bytes => codes[at] - 12,
                            _ => values[column < 16 ? codes[at] & 15 : codes[at - 256] >> 4] - 12,
                        };
                        dot += weight * q[column];
                    }
                    float scale = kind == TileKind.Q8
                        ? Float16.ToSingle(((ushort*)call->Scales)[16 * block + row])
                        : BitConverter.UInt32BitsToSingle((uint)call->Scales[16 * block + row] << 23);
                    sum = MathF.FusedMultiplyAdd(dot, scale * *(float*)(x + QuantizedRow.ScaleOffset), sum);
                    codes += kind == TileKind.Mxfp4 ? 256 : 512;
                }
                ((float*)((byte*)call->Y + token * call->YStride))[row] = MathF.FusedMultiplyAdd(sum, kind == TileKind.Q8 ? 1 : 0.5f, call->Bias[row]);
            }
        }
    }

    static void UnpackScalar(byte* codes, int blocks, byte* bytes)
    {
        ReadOnlySpan<byte> values = Fp4PlusTwelve;
        for (int block = 0; block < blocks; block++, codes += 256, bytes += 512)
        {
            for (int i = 0; i < 256; i++)
            {
                bytes[i] = values[codes[i] & 15];
                bytes[i + 256] = values[codes[i] >> 4];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Unpack512(byte* codes, int blocks, byte* bytes)
    {
        for (; blocks > 0; blocks--, codes += 256, bytes += 512)
        {
            for (int j = 0; j < 4; j++)
            {
                Vector512<int> packed = Tile512.Load(codes + 64 * j);
                Tile512.LowFp4(packed).AsByte().Store(bytes + 64 * j);
                Tile512.HighFp4(packed).AsByte().Store(bytes + 64 * j + 256);
            }
        }
    }

    static ReadOnlySpan<byte> Fp4PlusTwelve => [12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0];

    static bool IsSupported(DotLevel level) => level switch
    {
        DotLevel.Scalar => true,
        DotLevel.Vector128 => Simd.Supported.Contains(SimdLevel.Vector128),
        DotLevel.Vector256 => Simd.Supported.Contains(SimdLevel.Vector256),
        DotLevel.Vnni256 => Simd.Supported.Contains(SimdLevel.Vector256) && System.Runtime.Intrinsics.X86.AvxVnni.IsSupported,
        DotLevel.Vector512 => Simd.Supported.Contains(SimdLevel.Vector512),
        _ => Emitted.Length > 0,
    };

    static int Index(TileKind kind, int tiles, int tokens) => ((int)kind * Tiles + tiles - 1) * MostTokens + tokens - 1;

    static byte* CreateConstants()
    {
        byte* constants = (byte*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(TileEmitter.ConstantBytes, 64);
        for (int i = 0; i < 64; i++)
            (constants[i], constants[64 + i]) = (Fp4PlusTwelve[i % 16], 15);
        return constants;
    }

    /// <summary>All kernels, or none where the CPU has no AVX512-VNNI or the system no executable memory.</summary>
    static delegate* unmanaged[SuppressGCTransition]<TileCall*, void>[] Emit()
    {
        if (!Simd.Supported.Contains(SimdLevel.Vector512) || !HasVnni512())
            return [];
        var emitted = new delegate* unmanaged[SuppressGCTransition]<TileCall*, void>[Kinds * Tiles * MostTokens];
        List<(int Index, int Offset)> places = [];
        using MemoryStream code = new();
        foreach (TileKind kind in Enum.GetValues<TileKind>())
        {
            for (int tiles = 1; tiles <= (kind == TileKind.Mxfp4 ? 1 : 2); tiles++)
            {
                for (int tokens = 1; tokens <= TileEmitter.MaxTokens(tiles); tokens++)
                {
                    places.Add((Index(kind, tiles, tokens), (int)code.Position));
                    code.Write(TileEmitter.Emit(kind, tiles, tokens));
                    while (code.Position % 64 != 0)
                        code.WriteByte(0xCC);
                }
            }
        }
        byte* memory = ExecutableMemory.TryLoad(code.GetBuffer().AsSpan(0, (int)code.Length));
        if (memory is null)
            return [];
        foreach ((int index, int offset) in places)
            emitted[index] = (delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)(memory + offset);
        return emitted;
    }

    /// <summary>AVX512_VNNI: leaf 7, ECX bit 11; that the system keeps the registers is known from AVX-512 itself.</summary>
    static bool HasVnni512() => System.Runtime.Intrinsics.X86.X86Base.IsSupported && (System.Runtime.Intrinsics.X86.X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
