namespace Chorale.Kernels;

/// <summary>What a kernel needs of one vector width, so that its body is written once and compiled for each.</summary>
/// <remarks>
/// The implementations are empty structs: the JIT compiles a generic kernel for each and every call here becomes its instruction.
/// Kernels name the vector type itself, not a struct around it, and keep vectors in locals, so that they stay in registers.
/// </remarks>
unsafe interface IWidth<TVector>
    where TVector : struct
{
    /// <summary>Floats in a vector: 4, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>Vectors that the CPU keeps at hand: 16 or 32.</summary>
    static abstract int Registers { get; }

    static abstract TVector Load(float* x);

    static abstract void Store(TVector x, float* y);

    static abstract TVector Broadcast(float x);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a * b + c, fused where the CPU can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The smaller; b where either is NaN or both are zero (as x86 has it) or NaN (as Arm has it).</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>The larger; b where either is NaN or both are zero (as x86 has it) or NaN (as Arm has it).</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>x where it is NaN, else y.</summary>
    static abstract TVector KeepNaN(TVector x, TVector y);

    /// <summary>The nearest whole numbers.</summary>
    static abstract TVector Round(TVector x);

    /// <summary>2^n for whole n in [-126, 127].</summary>
    static abstract TVector PowerOfTwo(TVector n);

    /// <summary>2^n for whole n in [-126, 127], given n + 1.5 * 2^23: n then stands in the last bits.</summary>
    static abstract TVector PowerOfTwoOfShifted(TVector n);

    /// <summary>Whether any lane of a is greater than that of b.</summary>
    static abstract bool AnyGreater(TVector a, TVector b);

    /// <summary>The sum of all lanes.</summary>
    static abstract float Sum(TVector x);

    /// <summary>Sums of 16 vectors at <paramref name="x"/>, one after the other, to 16 floats.</summary>
    static abstract void Sum16(float* x, float* y);

    /// <summary>The largest lane; any number where one is NaN.</summary>
    static abstract float MaxLane(TVector x);

    static abstract TVector LoadFloat16(ushort* x);

    /// <summary>The same, twice as fast, for numbers among which there are no denormals: they would cost a hundred times as much.</summary>
    static abstract TVector LoadNormalFloat16(ushort* x);

    static abstract TVector LoadBFloat16(ushort* x);

    static abstract TVector LoadSBytes(sbyte* x);

    /// <summary>Bytes widened to 32-bit lanes, each two FP4 codes.</summary>
    static abstract TVector LoadCodes(byte* x);

    /// <summary>The FP4 value of each lane's low code.</summary>
    static abstract TVector LowFp4(TVector codes);

    /// <summary>The FP4 value of each lane's high code.</summary>
    static abstract TVector HighFp4(TVector codes);
}
