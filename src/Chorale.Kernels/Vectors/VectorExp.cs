using System.Runtime.CompilerServices;

namespace Chorale.Kernels;

/// <summary>e^x of every lane, within 2 units in the last place: 0 far below, infinity far above, NaN for NaN.</summary>
/// <remarks>
/// Cody and Waite: x = n ln 2 + r with |r| &lt;= ln 2 / 2, e^x = 2^n e^r. The Taylor polynomial of degree 7 errs by 5e-9 there. 2^n is applied in two
/// halves, so that results below 2^-126 round once and those above the largest float become infinity.
/// </remarks>
static class VectorExp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Run<TWidth, TVector>(TVector x)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        TVector inRange = TWidth.Max(TWidth.Min(x, TWidth.Broadcast(89f)), TWidth.Broadcast(-104f));
        TVector n = TWidth.Round(TWidth.Multiply(inRange, TWidth.Broadcast(1.44269504f)));
        TVector r = TWidth.MultiplyAdd(n, TWidth.Broadcast(-0.693359375f), inRange);
        r = TWidth.MultiplyAdd(n, TWidth.Broadcast(2.12194440e-4f), r);

        TVector p = TWidth.Broadcast(1f / 5040);
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 720));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 120));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 24));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 6));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(0.5f));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f));

        TVector half = TWidth.Round(TWidth.Multiply(n, TWidth.Broadcast(0.5f)));
        TVector rest = TWidth.MultiplyAdd(half, TWidth.Broadcast(-1f), n);
        TVector y = TWidth.Multiply(TWidth.Multiply(p, TWidth.PowerOfTwo(half)), TWidth.PowerOfTwo(rest));
        return TWidth.KeepNaN(x, y);
    }

    /// <summary>The same of numbers up to 87, at half the cost: e^-87 below -87, which is nothing beside 1, and NaN for NaN.</summary>
    /// <remarks>Adding 1.5 * 2^23 rounds to a whole number, which then stands in the last bits. Degree 6 errs by 1.2e-7.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RunBounded<TWidth, TVector>(TVector x)
        where TWidth : IWidth<TVector>
        where TVector : struct
    {
        x = TWidth.Max(TWidth.Broadcast(-87f), x);
        TVector shifted = TWidth.MultiplyAdd(x, TWidth.Broadcast(1.44269504f), TWidth.Broadcast(12582912f));
        TVector n = TWidth.Add(shifted, TWidth.Broadcast(-12582912f));
        TVector r = TWidth.MultiplyAdd(n, TWidth.Broadcast(-0.693359375f), x);
        r = TWidth.MultiplyAdd(n, TWidth.Broadcast(2.12194440e-4f), r);

        TVector p = TWidth.Broadcast(1f / 720);
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 120));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 24));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f / 6));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(0.5f));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f));
        p = TWidth.MultiplyAdd(p, r, TWidth.Broadcast(1f));
        return TWidth.Multiply(p, TWidth.PowerOfTwoOfShifted(shifted));
    }
}
