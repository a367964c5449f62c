using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Chorale.Kernels;

/// <summary>Keys and values of a block: float32 to what is stored, and back.</summary>
static unsafe class KeyValueCodec
{
    const int BlockSlots = KeyValueLayout.BlockSlots;

    /// <summary>Puts one key and one value of <see cref="KeyValueLayout.HeadDim"/> numbers in a slot of a block.</summary>
    public static void Store(KeyValueLayout layout, float* key, float* value, byte* block, int slot)
    {
        int headDim = layout.HeadDim;
        switch (layout.Format)
        {
            case KeyValueFormat.F32:
                for (int d = 0; d < headDim; d++)
                    ((float*)block)[d * BlockSlots + slot] = key[d];
                new ReadOnlySpan<float>(value, headDim).CopyTo(new((float*)(block + layout.ValuesOffset) + slot * headDim, headDim));
                break;
            case KeyValueFormat.F16:
                ushort* values = (ushort*)(block + layout.ValuesOffset) + slot * headDim;
                Encode(key, values, headDim);                          // where the value goes is room enough for the key on its way
                for (int d = 0; d < headDim; d++)
                    ((ushort*)block)[d * BlockSlots + slot] = values[d];
                Encode(value, values, headDim);
                break;
            default:
                sbyte* bytes = (sbyte*)(block + layout.ValuesOffset) + slot * headDim;
                ((float*)(block + layout.KeyScalesOffset))[slot] = Quantize(key, bytes, headDim);
                for (int d = 0; d < headDim; d++)
                    ((sbyte*)block)[d * BlockSlots + slot] = bytes[d];
                ((float*)(block + layout.ValueScalesOffset))[slot] = Quantize(value, bytes, headDim);
                break;
        }
    }

    /// <summary>One number of a key, the plain way.</summary>
    public static float Key(KeyValueLayout layout, byte* block, int slot, int d) => layout.Format switch
    {
        KeyValueFormat.F32 => ((float*)block)[d * BlockSlots + slot],
        KeyValueFormat.F16 => Float16.ToSingle(((ushort*)block)[d * BlockSlots + slot]),
        _ => ((sbyte*)block)[d * BlockSlots + slot] * ((float*)(block + layout.KeyScalesOffset))[slot],
    };

    /// <summary>One number of a value, the plain way.</summary>
    public static float Value(KeyValueLayout layout, byte* block, int slot, int d) => layout.Format switch
    {
        KeyValueFormat.F32 => ((float*)(block + layout.ValuesOffset))[slot * layout.HeadDim + d],
        KeyValueFormat.F16 => Float16.ToSingle(((ushort*)(block + layout.ValuesOffset))[slot * layout.HeadDim + d]),
        _ => ((sbyte*)(block + layout.ValuesOffset))[slot * layout.HeadDim + d] * ((float*)(block + layout.ValueScalesOffset))[slot],
    };

    /// <summary>The keys of a block as float32, shape [headDim, 32]: the block itself, or decoded to <paramref name="to"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float* Keys<TWidth, TVector>(KeyValueLayout layout, byte* block, float* to)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int count = BlockSlots * layout.HeadDim;
        switch (layout.Format)
        {
            case KeyValueFormat.F32:
                return (float*)block;
            case KeyValueFormat.F16:
                for (int i = 0; i < count; i += 2 * TWidth.Count)
                {
                    TVector a = TWidth.LoadNormalFloat16((ushort*)block + i), b = TWidth.LoadNormalFloat16((ushort*)block + i + TWidth.Count);
                    TWidth.Store(a, to + i);
                    TWidth.Store(b, to + i + TWidth.Count);
                }
                return to;
            default:
                for (int slot = 0; slot < BlockSlots; slot += TWidth.Count)
                {
                    TVector scale = TWidth.Load((float*)(block + layout.KeyScalesOffset) + slot);
                    for (int i = slot; i < count; i += BlockSlots)
                        TWidth.Store(TWidth.Multiply(TWidth.LoadSBytes((sbyte*)block + i), scale), to + i);
                }
                return to;
        }
    }

    /// <summary>The values of slots <paramref name="first"/> to <paramref name="last"/> of a block as float32, in their places of [32, headDim]: the block's own, or decoded to <paramref name="to"/>.</summary>
    /// <remarks>A head is a whole number of vectors.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float* Values<TWidth, TVector>(KeyValueLayout layout, byte* block, int first, int last, float* to)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        int headDim = layout.HeadDim;
        byte* values = block + layout.ValuesOffset;
        switch (layout.Format)
        {
            case KeyValueFormat.F32:
                return (float*)values;
            case KeyValueFormat.F16:
                for (int i = first * headDim; i < (last + 1) * headDim; i += TWidth.Count)
                    TWidth.Store(TWidth.LoadNormalFloat16((ushort*)values + i), to + i);
                return to;
            default:
                for (int slot = first; slot <= last; slot++)
                {
                    TVector scale = TWidth.Broadcast(((float*)(block + layout.ValueScalesOffset))[slot]);
                    for (int i = slot * headDim; i < (slot + 1) * headDim; i += TWidth.Count)
                        TWidth.Store(TWidth.Multiply(TWidth.LoadSBytes((sbyte*)values + i), scale), to + i);
                }
                return to;
        }
    }

    /// <summary>
    /// Float32 to half precision, to nearest even. What lies beyond 65504 becomes that; infinity and NaN stay. There are no denormals, whose multiplication would cost a hundred
    /// times as much: what lies below 2^-14 becomes 0 or that.
    /// </summary>
    internal static void Encode(ReadOnlySpan<float> x, Span<ushort> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"{x.Length} numbers do not go to {y.Length}.");
        fixed (float* xs = x)
        fixed (ushort* ys = y)
            Encode(xs, ys, x.Length);
    }

    static void Encode(float* x, ushort* y, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8)
            Vector128.Narrow(Encode(Vector128.Load((uint*)x + i)), Encode(Vector128.Load((uint*)x + i + 4))).Store(y + i);
        for (; i < count; i++)
            y[i] = (ushort)Encode(Vector128.CreateScalar(((uint*)x)[i])).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Encode(Vector128<uint> bits)
    {
        Vector128<uint> magnitude = bits & Vector128.Create(0x7FFF_FFFFu), infinity = Vector128.Create(0x7F80_0000u);
        Vector128<uint> held = Vector128.Min(magnitude, Vector128.Create(0x477F_E000u));                        // 65504
        // Half a unit of the last kept place, less one where that place is even; the carry moves the exponent as it should.
        Vector128<uint> normal = (held - Vector128.Create(Float16.ExponentShift) + Vector128.Create(0xFFFu) + ((held >>> 13) & Vector128<uint>.One)) >>> 13;
        Vector128<uint> tiny = Vector128.GreaterThan(held, Vector128.Create(112u << 23)) & Vector128.Create(1u << 10);     // above 2^-15: 2^-14
        Vector128<uint> finite = Vector128.ConditionalSelect(Vector128.LessThan(held, Vector128.Create(113u << 23)), tiny, normal);
        Vector128<uint> other = Vector128.ConditionalSelect(Vector128.Equals(magnitude, infinity), Vector128.Create(0x7C00u), Vector128.Create(0x7E00u));
        return Vector128.ConditionalSelect(Vector128.LessThan(magnitude, infinity), finite, other) | ((bits >>> 16) & Vector128.Create(0x8000u));
    }

    /// <summary>Float32 to bytes; returns what each of them is worth. Where a number is not finite all of them are NaN afterwards.</summary>
    static float Quantize(float* x, sbyte* y, int count)
    {
        float max = 0;
        for (int i = 0; i < count; i++)
            max = MathF.Max(max, MathF.Abs(x[i]));    // a NaN stays
        if (!float.IsFinite(max))
            max = float.NaN;
        float inverse = max > 0 ? 127 / max : 0;
        if (!float.IsFinite(inverse))
            inverse = 0;                              // below 4e-37 all are zero
        for (int i = 0; i < count; i++)
            y[i] = (sbyte)MathF.Round(x[i] * inverse);
        return max / 127;
    }
}
