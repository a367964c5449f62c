namespace Chorale.Kernels;

/// <summary>What a tile kernel needs of one vector width and its way to add up 8-bit products.</summary>
/// <remarks>Empty structs implement it, as with <see cref="IWidth{TVector}"/>; vectors stay in locals.</remarks>
unsafe interface ITileWidth<TInt, TFloat>
    where TInt : struct
    where TFloat : struct
{
    /// <summary>Rows side by side in a vector: 4, 8 or 16.</summary>
    static abstract int Rows { get; }

    /// <summary>Bytes as they lie.</summary>
    static abstract TInt Load(byte* from);

    /// <summary>The weights of the low codes, as <see cref="DotFp4"/> wants them.</summary>
    static abstract TInt LowFp4(TInt codes);

    /// <summary>The weights of the high codes.</summary>
    static abstract TInt HighFp4(TInt codes);

    /// <summary>What the sum of a block starts at.</summary>
    static abstract TInt StartFp4(byte* record);

    /// <summary>Adds four columns of each row.</summary>
    static abstract TInt DotFp4(TInt sum, TInt weights, byte* quad);

    /// <summary>The whole sum of each row.</summary>
    static abstract TFloat FinishFp4(TInt sum);

    static abstract TInt StartQ8(byte* record);

    /// <summary>Adds four columns of each row; the weights are bytes as stored.</summary>
    static abstract TInt DotQ8(TInt sum, TInt weights, byte* quad);

    static abstract TFloat FinishQ8(TInt sum);

    /// <summary>Powers of two out of scale bytes; 2^-127 counts as 0.</summary>
    static abstract TFloat ScalesFp4(byte* scales);

    /// <summary>Out of float16.</summary>
    static abstract TFloat ScalesQ8(byte* scales);

    static abstract TFloat LoadFloats(float* from);

    static abstract void Store(TFloat x, float* to);

    static abstract TFloat Broadcast(float x);

    static abstract TFloat Multiply(TFloat a, TFloat b);

    /// <summary>a * b + c, fused where the CPU can.</summary>
    static abstract TFloat MultiplyAdd(TFloat a, TFloat b, TFloat c);
}
